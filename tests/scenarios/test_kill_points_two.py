"""Two bots on one PostgreSQL: operations act once, and each bot takes over from the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.scenarios.killing import (
    PATIENT,
    RESTART,
    SHORT,
    begin_anew,
    record_of,
    rows_of,
    start,
    told_to_its_end,
)
from tests.scenarios.stage import DEV, Stage, kinds_of
from tests.scenarios.world import WAITING

POSTGRESQL = pytest.mark.only("postgresql")


@pytest.fixture
def lease() -> dict[str, str]:
    return SHORT


@pytest.fixture
def second(stage: Stage, lease: dict[str, str]) -> Iterator[Callable[[], bool]]:
    """Start a second bot on the playground's database, and return whether it still runs. Over HTTP, Slack's
    requests go to the first bot alone; the second has the clock, the database and AWS.
    """
    begin_anew(stage, env=lease)
    stage.control.post("/bot", {"start": True, "second": True, "env": lease})

    def runs() -> bool:
        return stage.control.get("")["second"]["pid"] is not None

    yield runs
    if runs():
        stage.control.post("/bot", {"signal": "KILL", "second": True})


@POSTGRESQL
@pytest.mark.parametrize("lease", [PATIENT], ids=["patient"])
def test_two_bots_side_by_side_act_once(stage: Stage, second: Callable[[], bool]) -> None:
    places = [stage.environment() for _ in range(6)]
    for place in places:
        stage.types(DEV, RESTART.format(place))
    for place in places:
        entry = stage.closed(place)
        assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1), entry
        assert kinds_of(stage.audit(place)) == ["started", "closed"]
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()
    assert second()


@POSTGRESQL
def test_the_second_bot_takes_over_when_the_first_is_killed(stage: Stage, second: Callable[[], bool]) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, RESTART.format(place))
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)
    stage.control.post("/bot", {"signal": "KILL"})
    stage.until("the other holds it", lambda: _fence(stage, place) == 2)
    stage.bring_on(place)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    told_to_its_end(stage, entry)
    start(stage)


@POSTGRESQL
def test_a_bot_that_was_paused_longer_than_its_lease_finds_its_operation_taken(
    stage: Stage, second: Callable[[], bool]
) -> None:
    """The bot gets SIGSTOP in mid-operation. When it runs again, the fence keeps it from writing anything."""
    place = stage.environment(WAITING)
    stage.types(DEV, RESTART.format(place))
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)
    stage.control.post("/bot", {"signal": "STOP"})
    stage.until("the other holds it", lambda: _fence(stage, place) == 2)
    stage.control.post("/bot", {"signal": "CONT"})
    stage.bring_on(place)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def _fence(stage: Stage, environment: str) -> int:
    with rows_of(stage) as rows:
        found = record_of(rows, environment)
    return found.fence if found else 0
