"""A planned keep through the nights: it begins if whoever planned it still may, ends by itself, and its
message is true all along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.clock.drift import DriftWatch
from handlers.clock.due import DueClock
from handlers.clock.notices import NoticeBoard
from handlers.ports.store import CatalogChange
from handlers.words.step import Verdict
from policies.access.grants import Grant
from policies.access.people import Role
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import WEEK, ClockStage, at, scheduled
from tests.handlers.clock.test_afterlife import Channel
from tests.handlers.kinds import Free, Scripted, done, probe, step, waiting
from tests.handlers.world import DEV, OLU, World


@pytest.fixture
def stage() -> ClockStage:
    """Monday, 18:00; staging is up until 20:00."""
    world = World().catalogue()
    world.clock.at = at(18)
    return ClockStage(scheduled(world), posts=FakePosts())


def keep(stage: ClockStage, words: str, **rest: Any) -> str:
    said = stage.ask("keep", "staging", arguments={"words": words}, **rest)
    assert telling.status(said) == "succeeded", said
    return telling.operation_of(said)


def lit(stage: ClockStage) -> bool:
    return any(stage.desired().values())


def made(stage: ClockStage, override_id: str) -> Override:
    found = stage.store.book.overrides.find(override_id)
    assert found is not None
    return found


def test_what_the_schedule_stops_is_started_when_a_plan_begins_and_stopped_at_its_end(
    stage: ClockStage,
) -> None:
    keep(stage, 'Tue 05:00-06:30 "demo"')
    stage.until(at(4, 59, day=1))
    assert not lit(stage)
    stage.until(at(5, 5, day=1))
    assert lit(stage)
    stage.until(at(6, 29, day=1))
    assert lit(stage)
    stage.until(at(6, 45, day=1))
    assert not lit(stage)
    stage.until(at(8, 15, day=1))
    assert lit(stage)
    assert stage.claimed() == {
        "stop Mon 20:00": "opened",
        "start Tue 05:00": "opened",
        "stop Tue 06:30": "opened",
        "start Tue 08:00": "opened",
    }


def test_the_beginning_is_an_operation_of_whoever_planned_it(stage: ClockStage) -> None:
    keep(stage, "Tue 05:00-06:30")
    stage.until(at(5, 5, day=1))
    begun = [e for e in stage.entries("started") if e.operation == "keep" and e.source == "clock"]
    assert [(e.actor, e.environment) for e in begun] == [(DEV.id, "staging")]


def test_a_stop_within_a_plan_is_put_off_to_its_end(stage: ClockStage) -> None:
    keep(stage, "Mon 19:45-22:00")
    stage.until(at(21, 59))
    assert lit(stage)
    stage.until(at(22, 15))
    assert not lit(stage)
    assert stage.claimed() == {"start Mon 19:45": "opened", "stop Mon 22:00": "opened"}


def test_a_plan_to_keep_off_stops_after_a_notice_and_the_schedule_starts_again(stage: ClockStage) -> None:
    keep(stage, "off Tue 12:00-14:00", who=OLU)
    stage.until(at(11, 59, day=1))
    assert lit(stage)
    assert [place[1] for place in stage.store.memory.notices] == [at(20), at(12, day=1)]
    stage.until(at(12, 5, day=1))
    assert not lit(stage)
    stage.until(at(14, 5, day=1))
    assert lit(stage)


LOST: dict[str, Callable[[ClockStage], object]] = {
    "grant": lambda stage: stage.store.catalog.write(
        CatalogChange(
            remove_grants=tuple(g for g in stage.store.catalog.read().grants if g.subject == DEV.id)
        )
    ),
    "role": lambda stage: stage.store.catalog.write(
        CatalogChange(put_grants=(Grant(DEV.id, Role.VIEWER, "staging"),))
    ),
    "account": lambda stage: stage.world.people.accounts.update(
        {DEV.user: replace(stage.world.people.accounts[DEV.user], deleted=True)}
    ),
    "observed": lambda stage: stage.store.catalog.write(
        CatalogChange(put_schedules=(ScheduleRow("staging", WEEK, mode="observe", since=at(18)),))
    ),
    "kept off": lambda stage: keep(stage, "off until Tue 07:00", who=OLU),
}


@pytest.mark.parametrize("lost", LOST)
def test_a_plan_does_not_begin_if_it_would_not_be_allowed_now_and_its_message_says_so(
    stage: ClockStage, lost: str, golden: Golden
) -> None:
    channel = Channel(stage)
    planned = keep(stage, "Tue 05:00-06:30")
    channel.beat()
    stage.until(at(4, day=1))
    LOST[lost](stage)
    stage.until(at(5, 10, day=1))
    if lost == "kept off":
        assert made(stage, planned).begun, "the newest begins"
        assert lit(stage)
        return
    assert not lit(stage)
    assert not made(stage, planned).begun
    channel.beat()
    assert channel.shown[planned].headline == golden
    assert channel.shown[planned].offers == ()
    refused = [e for e in stage.entries("refused") if e.source == "clock"]
    assert len(refused) == 1


def test_nothing_starts_before_it_is_decided_however_long_that_takes(stage: ClockStage) -> None:
    planned, later = keep(stage, "Tue 05:00-06:30"), list[Callable[[], None]]()
    stage.until(at(4, 50, day=1))
    ask, board = stage.gate.handle, NoticeBoard(stage.parts, stage.posts)
    watch = DriftWatch(stage.parts, ask, stage.posts)
    stage.clock = DueClock(stage.parts, ask, board, watch, run=later.append)
    stage.until(at(5, 3, day=1))
    assert (len(later), lit(stage)) == (1, False)
    later.pop()()
    assert made(stage, planned).begun
    stage.minute()
    later.pop()()
    stage.minute()
    assert lit(stage)


def test_a_plan_waits_while_slack_cannot_say_who_planned_it(stage: ClockStage) -> None:
    planned = keep(stage, "Tue 05:00-06:30")
    stage.until(at(4, 59, day=1))
    stage.world.people.silent = True
    stage.until(at(5, 20, day=1))
    assert (lit(stage), made(stage, planned).waits(at(5, 20, day=1))) == (False, True)
    stage.world.people.silent = False
    stage.until(at(5, 30, day=1))
    assert lit(stage)
    assert made(stage, planned).begun


def test_the_message_of_a_plan_is_true_at_every_stage(stage: ClockStage, golden: Golden) -> None:
    channel, told = Channel(stage), []
    planned = keep(stage, 'Tue 05:00-06:30 "demo"')
    for moment in (at(18, 5), at(4, day=1), at(5, 30, day=1), at(7, day=1)):
        stage.until(moment)
        channel.beat()
        shown = channel.shown[planned]
        told.append((telling.headline(shown), [o.label for o in shown.offers]))
    assert told == golden
    assert channel.untrue() == []


def test_a_plan_has_a_message_of_its_own_although_a_notice_stands(stage: ClockStage) -> None:
    channel = Channel(stage)
    stage.until(at(19, 35))
    planned = keep(stage, "Tue 05:00-06:30")
    channel.beat()
    assert "will be kept on" in channel.shown[planned].headline
    stage.ask("resume", "staging", who=OLU, arguments={"override": planned})
    channel.beat()
    assert list(channel.shown) == [planned]
    assert "Olu cancelled the planned keep" in channel.shown[planned].headline
    assert channel.untold() == []


ENDS: dict[str, Callable[[ClockStage, str], object]] = {
    "cancelled": lambda stage, name: stage.ask("resume", "staging", who=OLU, arguments={"override": name}),
    "replaced": lambda stage, name: stage.ask(
        "keep", "staging", who=OLU, arguments={"words": "Tue 04:30-06:30", "instead": name}
    ),
    "not run": lambda stage, _: stage.jump(at(7, day=1)),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_message_says_why_a_plan_never_began(stage: ClockStage, how: str, golden: Golden) -> None:
    channel = Channel(stage)
    planned = keep(stage, 'Tue 05:00-06:00 "demo"')
    channel.beat()
    ENDS[how](stage, planned)
    stage.minute()
    channel.beat()
    shown = channel.shown[planned]
    assert telling.headline(shown) == golden
    assert shown.offers == ()
    stage.until(max(stage.world.clock.at, at(4, 20, day=1)))
    if how == "cancelled":
        stage.until(at(7, day=1))
        assert "start Tue 05:00" not in stage.claimed()


def test_an_undo_of_a_plan_that_has_begun_brings_back_what_it_replaced(stage: ClockStage) -> None:
    keep(stage, "until Tue 06:00", who=OLU)
    planned = keep(stage, "Tue 05:00-07:30")
    stage.until(at(5, 10, day=1))
    assert [o.actor_name for o in stage.store.book.overrides.current(stage.world.clock.at)] == ["Dev"]
    stage.ask("resume", "staging", arguments={"override": planned})
    held = stage.store.book.overrides.current(stage.world.clock.at)
    assert [(o.actor_name, o.until) for o in held] == [("Olu", at(6, day=1))]


def test_a_plan_that_does_no_more_than_what_is_in_force_does_not_begin(
    stage: ClockStage, golden: Golden
) -> None:
    keep(stage, "until Tue 07:30", who=OLU)
    planned = keep(stage, "Tue 05:00-06:00")
    stage.until(at(5, 10, day=1))
    assert not made(stage, planned).begun
    assert made(stage, planned).not_begun == golden
    assert [o.actor_name for o in stage.store.book.overrides.current(stage.world.clock.at)] == ["Olu"]
    stage.until(at(7, 29, day=1))
    assert lit(stage)


def test_a_bot_that_was_down_lets_a_plan_begin_late(stage: ClockStage) -> None:
    keep(stage, "Tue 05:00-06:30")
    stage.until(at(21))
    stage.jump(at(5, 30, day=1))
    heir = ClockStage(stage.world, posts=stage.posts, holder="heir")
    stage.world.store.pass_time(3_600)
    heir.until(at(5, 40, day=1))
    assert lit(heir)
    heir.until(at(6, 50, day=1))
    assert not lit(heir)


def test_a_stop_by_hand_within_a_plan_ends_it(stage: ClockStage) -> None:
    planned = keep(stage, "Tue 05:00-07:30")
    stage.until(at(5, 10, day=1))
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(5, 20, day=1))
    assert not lit(stage)
    assert made(stage, planned).ended_by == "Olu"


def test_a_plan_begins_once_however_many_replicas_tick(stage: ClockStage) -> None:
    keep(stage, "Tue 05:00-06:30")
    other = ClockStage(stage.world, posts=stage.posts, holder="other")
    while stage.world.clock.at < at(5, 10, day=1):
        stage.minute()
        other.beat()
    begun = [e for e in stage.entries("started") if e.operation == "keep" and e.source == "clock"]
    assert len(begun) == 1
    assert [name for name, _ in stage.clocked() if name == "start"] == ["start"]
    assert stage.world.clock.at - timedelta(minutes=15) < at(5, day=1)


@dataclass
class Crowded:
    """An environment in which Olu's operation runs until it is told to end."""

    stage: ClockStage
    ends: bool = False

    def begin(self) -> None:
        assert telling.status(self.stage.ask("probe", "staging", who=OLU)) == "running"

    def look(self) -> Verdict[Free]:
        return done("It is over.") if self.ends else waiting(self.stage.world.clock.at + timedelta(minutes=1))


@pytest.fixture
def crowded() -> Crowded:
    world = World().catalogue()
    world.clock.at = at(18)
    kind = Scripted(deadline=timedelta(hours=2)).says("look", "a", lambda: found.look())
    probing = probe(step("a"), conflicts="override")
    found = Crowded(ClockStage(scheduled(world), posts=FakePosts(), operations=[probing], kinds=[kind]))
    return found


def by_clock(stage: ClockStage, kind: str) -> list[tuple[str, str]]:
    return [
        (e.operation, e.rule) for e in stage.entries(kind) if e.source == "clock" and e.operation == "keep"
    ]


def test_a_plan_waits_without_a_word_until_its_environment_is_free(crowded: Crowded, golden: Golden) -> None:
    stage = crowded.stage
    channel = Channel(stage)
    planned = keep(stage, 'Tue 05:00-06:30 "demo"')
    stage.until(at(4, 59, day=1))
    crowded.begin()
    counted = len(stage.entries())
    stage.until(at(5, 12, day=1))
    assert (len(stage.entries()), lit(stage)) == (counted, False)
    channel.beat()
    shown = channel.shown[planned]
    assert (telling.headline(shown), [o.label for o in shown.offers]) == golden
    crowded.ends = True
    stage.until(at(5, 20, day=1))
    assert made(stage, planned).begun
    assert lit(stage)
    channel.beat()
    assert "stays on until 06:30" in telling.headline(channel.shown[planned])


def test_a_plan_whose_end_passes_while_it_waits_ends_with_one_sentence_and_one_entry(
    crowded: Crowded, golden: Golden
) -> None:
    stage = crowded.stage
    channel = Channel(stage)
    planned = keep(stage, 'Tue 05:00-05:30 "demo"')
    stage.until(at(4, 59, day=1))
    crowded.begin()
    stage.until(at(5, 29, day=1))
    channel.beat()
    counted = len(stage.entries())
    stage.world.forward(60)
    channel.beat()
    told = telling.headline(channel.shown[planned])
    stage.until(at(5, 50, day=1))
    channel.beat()
    assert telling.headline(channel.shown[planned]) == told
    assert told == golden
    assert channel.shown[planned].offers == ()
    assert [e.kind for e in stage.entries()[counted:]] == ["refused"]
    stage.clock = stage.begin()
    stage.until(at(6, day=1))
    assert by_clock(stage, "refused") == [("keep", "gate.busy")]
    assert not made(stage, planned).begun
    assert not lit(stage)


def test_a_plan_that_waited_and_is_free_only_at_its_end_does_not_begin(crowded: Crowded) -> None:
    stage = crowded.stage
    planned = keep(stage, 'Tue 05:00-05:30 "demo"')
    stage.until(at(4, 59, day=1))
    crowded.begin()
    stage.until(at(5, 29, day=1))
    crowded.ends = True
    stage.world.forward(60)
    stage.tick()
    assert stage.running() == []
    stage.until(at(5, 40, day=1))
    assert by_clock(stage, "refused") == [("keep", "keep.too-late")]
    assert not made(stage, planned).begun


def test_a_plan_waits_without_a_word_while_slack_cannot_say_who_planned_it(stage: ClockStage) -> None:
    planned = keep(stage, "Tue 05:00-05:30")
    stage.until(at(4, 59, day=1))
    stage.world.people.silent = True
    stage.until(at(5, 20, day=1))
    assert by_clock(stage, "refused") == []
    assert made(stage, planned).waits(stage.world.clock.at)
    stage.until(at(5, 45, day=1))
    assert by_clock(stage, "refused") == [("keep", "people.unknown")]
    assert made(stage, planned).not_begun
