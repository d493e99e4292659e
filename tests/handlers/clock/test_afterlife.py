"""A message keeps telling what its operation left, and tells the end of that, whoever caused it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.gate.afterlife import settle
from handlers.ports.store import CatalogChange, OperationRecord
from handlers.tell.glance import SIGNS, Sign
from handlers.tell.reply import message
from handlers.words.errors import StoreLost
from handlers.words.message import Message, Status
from policies.schedule.rows import ScheduleRow
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import DEV, OLU, World
from tests.telling import headline


class Channel:
    """What the channel shows of operations: each message as it was last drawn, by the operation that it
    belongs to.
    """

    def __init__(self, stage: ClockStage) -> None:
        self._stage, self.shown = stage, dict[str, Message]()

    def beat(self) -> None:
        """Tick the messages once, as the bot does."""
        store = self._stage.store
        self.settle()
        for row in store.messages.behind(at(23, day=40), 100):
            if not row.told_by:
                owner = row.joined or row.operation_id
                self.shown[owner] = self._now(owner)
                row = replace(row, ts=f"ts of {owner}")
            store.messages.shown(replace(row, version_shown=row.version_wanted))

    def settle(self) -> None:
        settle(self._stage.parts.ground, self._stage.store.messages, self._stage.world.clock.now())

    def untrue(self) -> list[str]:
        """Return the messages of closed operations that do not say what is true now."""
        ended = [one for one in self.shown if all(record.state.ended for record in self._told(one))]
        return [
            f"{self.shown[one]}, not {self._now(one)}" for one in ended if self.shown[one] != self._now(one)
        ]

    def untold(self) -> list[str]:
        """Return the operations that no message tells of."""
        told = {record.id for one in self.shown for record in self._told(one)}
        rows = self._stage.world.store.memory.messages.values()
        return [row.operation_id for row in rows if not row.told_by and row.operation_id not in told]

    def _told(self, owner: str) -> Sequence[OperationRecord]:
        """Return all operations that the message of this one tells of."""
        rows = self._stage.store.messages.together(owner)
        return self._stage.store.records.these([row.operation_id for row in rows])

    def _now(self, owner: str) -> Message:
        return self._stage.parts.told(self._told(owner))


@pytest.fixture
def stage() -> ClockStage:
    """Monday, 10:00; staging is up until 20:00."""
    return begun()


def begun() -> ClockStage:
    world = World().catalogue()
    world.clock.at = at(9, 59)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(10))
    return stage


def keep(stage: ClockStage, words: str, **rest: Any) -> None:
    stage.ask("keep", "staging", arguments={"words": words}, **rest)


def minutes(stage: ClockStage, channel: Channel, count: int) -> None:
    for _ in range(count):
        stage.minute()
    channel.beat()


ENDS: dict[str, Callable[[ClockStage], object]] = {
    "resumed": lambda stage: stage.ask("resume", "staging", who=OLU),
    "prolonged": lambda stage: keep(stage, "until tomorrow 02:00", who=OLU),
    "stopped": lambda stage: stage.sure("stop", "staging", who=OLU),
    "not in the catalog": lambda stage: stage.store.catalog.write(
        CatalogChange(remove_environments=("staging",))
    ),
    "its time": lambda stage: stage.until(at(23, 1)),
    "prolonged by the same": lambda stage: keep(stage, "until tomorrow 00:00"),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_message_of_a_keep_tells_how_it_ended_and_offers_nothing_more(
    stage: ClockStage, golden: Golden, how: str
) -> None:
    channel = Channel(stage)
    keep(stage, 'until 23:00 "smoke test"')
    channel.beat()
    (first,) = channel.shown
    assert [o.operation for o in channel.shown[first].offers] == ["resume"]
    minutes(stage, channel, 30)
    assert [o.operation for o in channel.shown[first].offers] == ["resume"], "it goes on"
    ENDS[how](stage)
    minutes(stage, channel, 1)
    assert channel.shown[first].headline == golden
    assert channel.shown[first].offers == ()
    assert SIGNS[channel.shown[first].status] is Sign.NOTHING, "nothing goes on"


def test_a_keep_that_shortened_another_cannot_be_undone_and_still_tells_its_end(
    stage: ClockStage, golden: Golden
) -> None:
    channel = Channel(stage)
    keep(stage, "until 23:00")
    (held,) = stage.store.book.overrides.current(stage.world.clock.now())
    stage.ask("keep", "staging", arguments={"words": "until 22:00", "shorten": held.id})
    channel.beat()
    *_, last = channel.shown
    assert channel.shown[last].offers == ()
    stage.until(at(22, 1))
    channel.beat()
    assert channel.shown[last].headline == golden


def test_a_keep_that_holds_again_has_a_message_of_its_own(stage: ClockStage, golden: Golden) -> None:
    channel = Channel(stage)
    keep(stage, "until 22:00")
    minutes(stage, channel, 1)
    keep(stage, "until 23:00", who=OLU)
    minutes(stage, channel, 1)
    _, second = channel.shown
    (undo,) = channel.shown[second].offers
    stage.ask(undo.operation, "staging", arguments=undo.arguments, who=OLU)
    minutes(stage, channel, 1)
    *_, third = channel.shown
    assert third != second
    assert (channel.shown[second].headline, channel.shown[third].headline) == golden(name="held again")
    stage.ask("resume", "staging", who=OLU)
    minutes(stage, channel, 1)
    assert channel.shown[third].headline == golden(name="removed at last")


@pytest.mark.parametrize("name", ["undone", "undoable"])
def test_a_row_of_another_release_is_read_with_its_undo(stage: ClockStage, name: str) -> None:
    keep(stage, "until 23:00")
    record = stage.operation()
    left = {k: v for k, v in record.after["override"].items() if k != "undoable"}  # type: ignore[union-attr]
    for told, offered in (({}, 1), ({name: True}, 1), ({name: False}, 0)):
        said = stage.parts.report(replace(record, after={"override": {**left, **told}}))
        assert len(said.offers) == offered, told


def test_the_number_of_queries_does_not_depend_on_the_number_of_live_messages(stage: ClockStage) -> None:
    counts = []
    for hour in (22, 23):
        keep(stage, f"until {hour}:00")
        Channel(stage).settle()
        calls: list[str] = []
        stage.store.memory.before_call = calls.append
        Channel(stage).settle()
        stage.store.memory.before_call = str
        counts.append(sorted(calls))
    assert counts[0] == counts[1]


def test_the_message_of_a_running_keep_is_kept_current(stage: ClockStage) -> None:
    """The date changes at midnight, and the schedule may have changed since."""
    channel = Channel(stage)
    keep(stage, "until tomorrow 12:00", who=OLU)
    channel.beat()
    (first,) = channel.shown
    assert "until 12:00 tomorrow" in headline(channel.shown[first])
    assert "by its schedule until 20:00 tomorrow" in headline(channel.shown[first])
    row = ScheduleRow("staging", "Mon-Fri 08:00-18:00 UTC", since=stage.world.clock.now())
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    minutes(stage, channel, 1)
    assert "by its schedule until 18:00 tomorrow" in headline(channel.shown[first])
    stage.jump(at(0, 1, day=1))
    minutes(stage, channel, 1)
    assert "until 12:00 (UTC), and then by its schedule until 18:00" in headline(channel.shown[first])


def test_one_unreadable_message_holds_back_no_other(stage: ClockStage) -> None:
    keep(stage, "until 23:00")
    Channel(stage).beat()
    stage.ask("restart", "staging", "web")

    def lost(call: str) -> None:
        if call == "overrides.these":
            raise StoreLost("The database does not answer.", retry_helps=True)

    stage.store.memory.before_call = lost
    trouble = settle(stage.parts.ground, stage.store.messages, stage.world.clock.now())
    assert isinstance(trouble, StoreLost)
    behind = stage.store.messages.behind(at(23, day=40), 100)
    assert [stage.store.memory.operations[row.operation_id].name for row in behind] == ["restart"]


def noticed(stage: ClockStage) -> Channel:
    """The notice of the stop at 20:00 stands."""
    stage.until(at(19, 31))
    assert stage.notice().status == Status.STOPPING_SOON
    return Channel(stage)


@pytest.mark.parametrize("label", ["Pause tonight", "+2 h"])
def test_a_press_at_a_notice_is_told_only_by_the_notice(stage: ClockStage, label: str) -> None:
    channel = noticed(stage)
    stage.press(next(offer for offer in stage.notice().offers if offer.label == label))
    minutes(stage, channel, 1)
    assert stage.notice().status == Status.KEPT_ON
    stage.press(stage.notice().offers[0], who=OLU)
    minutes(stage, channel, 1)
    assert stage.notice().status == Status.STOPPING_SOON
    assert (channel.shown, len(stage.posts.posted)) == ({}, 1)


def test_a_typed_command_is_told_by_the_notice_that_stands(stage: ClockStage) -> None:
    channel = noticed(stage)
    stage.ask("pause", "staging")
    minutes(stage, channel, 1)
    assert stage.notice().status == Status.KEPT_ON
    assert channel.shown == {}


def test_a_stop_at_a_notice_is_told_only_by_the_notice(stage: ClockStage) -> None:
    channel = noticed(stage)
    asks = stage.press(next(offer for offer in stage.notice().offers if offer.label == "Stop now"), who=OLU)
    stage.press(message(asks).offers[0], who=OLU)
    minutes(stage, channel, 3)
    assert headline(stage.notice()) == "`staging` was stopped at 19:32 (UTC) by Olu."
    assert (channel.shown, len(stage.posts.posted)) == ({}, 1)


def test_a_stop_after_the_stop_of_the_notice_has_a_message_of_its_own(stage: ClockStage) -> None:
    channel = noticed(stage)
    stage.until(at(20, 5))
    stage.ask("start", "staging", who=DEV)
    minutes(stage, channel, 5)
    stage.sure("stop", "staging", who=OLU)
    minutes(stage, channel, 3)
    assert [stage.store.memory.operations[one].name for one in channel.shown] == ["start", "stop"]


def test_a_keep_that_outlasts_the_notice_has_a_message_of_its_own(stage: ClockStage) -> None:
    channel = noticed(stage)
    keep(stage, "until Thu 09:00", who=OLU)
    channel.beat()
    assert len(channel.shown) == 1


def test_the_end_of_a_keep_is_told_only_by_its_own_message(stage: ClockStage) -> None:
    channel = Channel(stage)
    keep(stage, "until 23:00")
    channel.beat()
    stage.ask("resume", "staging", who=OLU)
    minutes(stage, channel, 1)
    (told,) = channel.shown.values()
    assert told.offers == ()


def test_a_notice_ends_without_a_button(stage: ClockStage) -> None:
    noticed(stage)
    stage.ask("pause", "staging")
    stage.ask("keep", "staging", arguments={"words": "until Thu 09:00"}, who=OLU)
    stage.until(at(12, 30, day=1))
    assert stage.posts.stands["ts-00001"].offers == ()


def test_a_working_day_of_five_developers_is_eighteen_messages(stage: ClockStage) -> None:
    """Fifteen restarts, two keeps, a pause and an undo, plus the notice in the evening."""
    channel = Channel(stage)
    for number in range(15):
        stage.ask("restart", "staging", ("orders-api", "web")[number % 2])
        stage.finish()
        minutes(stage, channel, 5)
    for words in ("until 21:00", "until 22:00"):
        keep(stage, words)
        minutes(stage, channel, 5)
    stage.until(at(21, 31))
    stage.press(stage.notice().offers[0])
    stage.until(at(21, 35))
    stage.press(stage.notice().offers[0], who=OLU)
    stage.until(at(22, 30))
    assert ("stop", "succeeded") in stage.clocked()
    channel.beat()
    assert len(channel.shown) + len(stage.posts.posted) <= 18


def test_a_day_of_restarts_in_bursts_is_a_message_for_each_burst(stage: ClockStage, golden: Golden) -> None:
    """Fifteen restarts in eight bursts, each within a minute."""
    channel = Channel(stage)
    for number in range(15):
        stage.ask("restart", "staging", ("orders-api", "web")[number % 2])
        if number % 2:
            minutes(stage, channel, 5)
    stage.finish()
    channel.beat()
    assert len([o for o in stage.operations() if o.name == "restart"]) == 15
    assert len(channel.shown) + len(stage.posts.posted) == 8
    assert headline(next(iter(channel.shown.values()))) == golden
    assert channel.untrue() == []


def burst(stage: ClockStage) -> None:
    """Ask for the same kind of thing several times within a minute."""
    for service in ("orders-api", "web"):
        stage.ask("restart", "staging", service, who=DEV)
        stage.world.forward(5)
    for words in ("until 22:00", "until 23:00"):
        keep(stage, words)
        stage.world.forward(5)


def test_keeps_of_one_minute_are_one_message_that_tells_of_the_last(stage: ClockStage) -> None:
    channel = Channel(stage)
    for words in ("until 21:00", "until 22:00"):
        keep(stage, words)
    channel.beat()
    (said,) = channel.shown.values()
    assert "until 22:00" in headline(said)
    assert [offer.operation for offer in said.offers] == ["resume"]
    stage.ask("resume", "staging", who=OLU)
    minutes(stage, channel, 1)
    (said,) = channel.shown.values()
    assert said.offers == ()
    assert channel.untrue() == []


DOINGS: dict[str, Callable[[ClockStage], object]] = {
    "burst": burst,
    "keep": lambda stage: keep(stage, "3h"),
    "longer": lambda stage: keep(stage, "until tomorrow 01:00", who=OLU),
    "pause": lambda stage: stage.ask("pause", "staging", who=DEV),
    "resume": lambda stage: stage.ask("resume", "staging", who=OLU),
    "stop": lambda stage: stage.sure("stop", "staging", who=OLU),
    "start": lambda stage: stage.ask("start", "staging", who=DEV),
    "off": lambda stage: keep(stage, "off 2h", who=OLU),
    "hours": lambda stage: stage.until(stage.world.clock.now() + timedelta(hours=5)),
}


@settings(max_examples=15)
@given(st.lists(st.sampled_from(sorted(DOINGS)), min_size=2, max_size=7))
def test_every_message_is_true_a_minute_after_anybody_does_anything(doings: list[str]) -> None:
    stage = begun()
    channel = Channel(stage)
    for doing in doings:
        DOINGS[doing](stage)
        minutes(stage, channel, 1)
        assert channel.untrue() == []
        assert channel.untold() == []
