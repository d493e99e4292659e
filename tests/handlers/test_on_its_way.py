"""While a start or a stop is under way, every answer says so, and none tells the state before or after
instead.
"""

from __future__ import annotations

import pytest

from handlers.words.result import Reply
from policies.capacity.facts import Capacity, SavedCapacity
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import FullStage, Night
from tests.handlers.world import OLU, VIC

READS = ("status", "list", "schedule", "forecast")


@pytest.fixture
def stage() -> FullStage:
    """Stopped in the evening, at 21:00 in Berlin."""
    stage = FullStage(Night().catalogue().scheduled())
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    return stage


@pytest.fixture
def starting(stage: FullStage) -> FullStage:
    """Olu starts staging and keeps it on until 23:00; nothing is up yet."""
    stage.ask("start", "staging", who=OLU, arguments={"until": "until 23:00"})
    assert [o.name for o in stage.running()] == ["start"]
    return stage


@pytest.fixture
def stopping(starting: FullStage) -> FullStage:
    starting.finish()
    starting.sure("stop", "staging", who=OLU)
    assert [o.name for o in starting.running()] == ["stop"]
    return starting


def read(stage: FullStage, operation: str) -> Reply:
    return stage.ask(operation, "" if operation in ("list", "forecast") else "staging", who=OLU)


def said(reply: Reply) -> list[str]:
    """Return everything that the answer says about the environment's state."""
    cells = [c for block in telling.tables(reply) for row in block.rows for c in row if row[0] == "staging"]
    return [
        line
        for line in (reply.headline, *telling.notes(reply), *cells)
        if "schedule" in line or "kept" in line
    ]


@pytest.mark.parametrize("operation", READS)
def test_a_start_under_way_is_called_so(starting: FullStage, operation: str, golden: Golden) -> None:
    told = said(read(starting, operation))
    assert any("starting" in line for line in told), told
    assert not any("stopped" in line for line in told), told
    assert told == golden


@pytest.mark.parametrize("operation", READS)
def test_a_stop_under_way_is_called_so(stopping: FullStage, operation: str, golden: Golden) -> None:
    told = said(read(stopping, operation))
    assert any("stopping" in line for line in told), told
    assert told == golden


@pytest.mark.parametrize("operation", READS)
def test_an_environment_stopped_in_its_window_is_called_stopped(
    starting: FullStage, operation: str, golden: Golden
) -> None:
    """At 10:00 the next day the schedule says *up*."""
    starting.finish()
    starting.world.forward(13 * 3_600)
    starting.sure("stop", "staging", who=OLU)
    starting.finish()
    told = said(read(starting, operation))
    assert any("stopped, though its schedule has it up" in line for line in told), told
    assert told == golden


def test_a_pause_during_a_start_pauses_for_tonight_and_says_so(starting: FullStage, golden: Golden) -> None:
    done = starting.ask("pause", "staging")
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert [o.name for o in starting.running()] == ["start"], "the start goes on"


def test_a_keep_during_a_start_keeps_the_environment_on(starting: FullStage, golden: Golden) -> None:
    done = starting.ask("keep", "staging", arguments={"words": "4h"})
    assert telling.status(done) == "succeeded"
    assert done.headline == golden


def test_a_starting_environment_is_not_kept_off(starting: FullStage, golden: Golden) -> None:
    answer = starting.ask("keep", "staging", arguments={"words": "off until Thu 08:00"}, who=OLU)
    assert telling.rule(answer) == "keep.on"
    assert answer.headline == golden


@pytest.mark.parametrize(("operation", "arguments"), [("pause", {}), ("keep", {"words": "4h"})])
def test_a_stopping_environment_is_not_kept_on_and_a_start_ends_the_stop(
    stopping: FullStage, golden: Golden, operation: str, arguments: dict[str, str]
) -> None:
    answer = stopping.ask(operation, "staging", arguments=arguments)
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden(name="said")
    [start] = telling.offers(answer)
    stopping.press(start)
    stopping.finish()
    assert stopping.world.lit()  # type: ignore[attr-defined]


def test_a_stopping_environment_may_be_kept_off(stopping: FullStage, golden: Golden) -> None:
    done = stopping.ask("keep", "staging", arguments={"words": "off until Thu 08:00"}, who=OLU)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden


def test_a_resume_during_a_start_says_that_the_environment_starts(
    starting: FullStage, golden: Golden
) -> None:
    starting.ask("resume", "staging")
    again = starting.ask("resume", "staging")
    assert again.headline == golden


def test_a_keep_during_a_start_hides_the_start_from_nobody(starting: FullStage) -> None:
    """Both concern the whole environment; the keep has not been carried out yet."""

    def meanwhile(method: str) -> None:
        if method == "overrides.put":
            starting.world.store.before_call(str)
            status = starting.ask("status", "staging", who=VIC)
            assert any("starting" in line for line in telling.notes(status))

    starting.world.store.before_call(meanwhile)
    starting.ask("keep", "staging", arguments={"words": "4h"})


def test_a_restart_of_a_service_at_zero_during_a_stop_says_so(stopping: FullStage, golden: Golden) -> None:
    answer = stopping.ask("restart", "staging", "orders-api")
    assert telling.rule(answer) == "restart.asleep"
    assert answer.headline == golden
    assert [o.operation for o in telling.offers(answer)] == ["start"]


def test_a_restart_of_a_service_already_at_zero_does_not_say_that_all_is_off(starting: FullStage) -> None:
    """After a start that succeeded only in part, something is still saved although the environment is on."""
    starting.finish()
    starting.store.book.capacities.write("staging", SavedCapacity({"web": Capacity(3)}))
    answer = starting.ask("restart", "staging", "jobs")
    assert telling.status(answer) == "not now"
    assert telling.rule(answer) != "restart.asleep"
