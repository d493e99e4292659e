"""What takes effect at once: whoever asks meanwhile has their turn, or a button to ask again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import StoreLost
from handlers.words.result import Reply
from policies.access.people import SlackPerson
from policies.record.lifecycle import State
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, OLU, World

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    """Monday 10:00 in Berlin; up until 20:00."""
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def keep(stage: Stage, until: str, **rest: Any) -> Reply:
    return stage.ask("keep", "staging", arguments={"words": f"until {until}"}, **rest)


def hours(stage: Stage) -> list[int]:
    return [o.until.hour for o in stage.store.book.overrides.current(stage.world.clock.now())]


@pytest.mark.parametrize("who", [DEV, OLU], ids=["the same person", "another"])
def test_a_keep_asked_for_while_another_is_being_told_to_slack_has_its_turn(
    stage: Stage, world: World, who: SlackPerson
) -> None:
    """Slack takes its time over a message. The lock is free before that: the keep only writes a row. When the
    first is shown at last, the second has replaced it.
    """
    replies: list[Reply] = []

    def meanwhile(_operation: str) -> None:
        world.messages.on_show = lambda _operation: None
        replies.append(keep(stage, "23:00", who=who))

    world.messages.on_show = meanwhile
    replies.append(keep(stage, "22:00"))
    assert [telling.status(reply) for reply in replies] == ["succeeded", "superseded"]
    assert hours(stage) == [22], "until 23:00 in Berlin, which was asked for last"
    assert [e.kind for e in stage.entries()] == ["started", "closed"] * 2
    assert len(world.messages.shown) == 2, "each is shown once, as it ended"


def test_what_changes_something_outside_is_shown_before_it_begins(stage: Stage, world: World) -> None:
    seen: list[int] = []
    world.messages.on_show = lambda _operation: seen.append(world.deploys())
    stage.ask("restart", "staging", "web")
    assert seen[0] == 0


def test_where_one_is_still_in_the_way_the_refusal_says_to_try_again_with_a_button(
    stage: Stage, world: World, golden: Golden
) -> None:
    def lost(call: str) -> None:
        if call == "operations.mark":
            raise StoreLost("The database did not answer.")

    stage.store.memory.before_call = lost
    keep(stage, "22:00", who=OLU)
    stage.store.memory.before_call = str
    refused = keep(stage, "23:00")
    assert (telling.status(refused), telling.rule(refused)) == ("busy", "gate.busy")
    assert telling.headline(refused) == golden
    (again,) = telling.offers(refused)
    assert (again.label, again.operation, dict(again.arguments)) == (
        "Try again",
        "keep",
        {"words": "until 23:00"},
    )
    assert telling.status(stage.press(again)) == "busy", "the press is decided again, and uses nothing up"
    stage.finish()
    assert telling.status(stage.press(again)) == "succeeded"
    assert hours(stage) == [22]
    assert {o.state for o in stage.operations()} == {State.SUCCEEDED}


def test_what_takes_long_has_no_such_button(stage: Stage) -> None:
    """Pressed after a restart has ended, it would restart once more."""
    stage.ask("restart", "staging", "web")
    again = stage.ask("restart", "staging", "web", who=OLU)
    assert telling.rule(again) == "gate.busy"
    assert not telling.offers(again)
