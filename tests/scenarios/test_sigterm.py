"""SIGTERM: the bot takes no new work, finishes the call in hand and hands over its leases. ``make bench``
measures how long that takes.
"""

from __future__ import annotations

from sqlalchemy import select

from bot.db.tables import leases, operations
from bot.db.tables.types import database_now
from policies.record.lifecycle import State
from tests.scenarios.killing import (
    RESTART,
    ensure_patient,
    found_in,
    hold,
    outward_calls,
    record_of,
    rows_of,
    said,
    start,
    told_to_its_end,
    was_adopted,
)
from tests.scenarios.stage import DEV, Stage, kinds_of
from tests.scenarios.world import WAITING


def test_an_idle_bot_ends_at_once_and_cleanly(stage: Stage) -> None:
    ensure_patient(stage)
    _terminate(stage)
    start(stage)
    stage.types(DEV, "/env whoami")
    stage.hears(DEV, "You are Dev Das")


def test_a_running_operation_is_handed_over_and_reported_to_its_end(stage: Stage) -> None:
    ensure_patient(stage)
    place = stage.environment(WAITING)
    stage.types(DEV, RESTART.format(place))
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)
    stage.until("its answer is recorded", lambda: _found(stage, place) == "answered")
    _terminate(stage)
    assert kinds_of(stage.audit(place)) == ["started"]
    start(stage)
    stage.bring_on(place)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1)
    assert not was_adopted(entry)
    told_to_its_end(stage, entry)


def test_the_call_in_hand_is_finished_and_recorded(stage: Stage) -> None:
    """AWS answers the deployment two seconds after the signal, and the answer is not lost."""
    ensure_patient(stage)
    place = stage.environment()
    rule = stage.fault("delay", "ecs.UpdateService", about=place, phase="after_effect", seconds=2)
    stage.types(DEV, RESTART.format(place))
    stage.until("the call is in hand", lambda: _hit(stage, rule))
    _terminate(stage)
    assert _found(stage, place) == "answered"
    start(stage)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place), was_adopted(entry)) == ("succeeded", 1, False)
    assert entry.request_ids
    told_to_its_end(stage, entry)


def test_a_command_in_hand_is_opened_and_left_to_the_next_bot(stage: Stage) -> None:
    ensure_patient(stage)
    place = stage.environment()
    rule = stage.fault("delay", "ecs.ListServices", about=place, phase="after_effect", seconds=2)
    stage.types(DEV, RESTART.format(place))
    stage.until("it is being handled", lambda: _hit(stage, rule))
    _terminate(stage)
    assert _found(stage, place) == "planned"
    assert stage.world.deploys(place) == 0
    start(stage)
    entry = stage.closed(place)
    assert (entry.outcome, stage.world.deploys(place)) == ("succeeded", 1)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    told_to_its_end(stage, entry)


def test_unanswered_calls_do_not_keep_the_bot_from_ending(stage: Stage) -> None:
    """One call comes before anything was opened; the other has begun a deployment without the bot knowing."""
    calls = outward_calls(stage)
    ensure_patient(stage)
    asking = next(c for c in calls if c.method == "ecr.DescribeImages")
    acting = next(c for c in calls if c.method == "ecs.UpdateService")
    unopened, begun = hold(stage, asking, "before_effect"), hold(stage, acting, "after_effect")
    _terminate(stage)
    stage.control.delete("/faults")
    assert (_found(stage, unopened.environment), said(stage, unopened.environment)) == ("nothing", [])
    assert _found(stage, begun.environment) == "began"
    start(stage)
    entry = stage.closed(begun.environment)
    assert (entry.outcome, stage.world.deploys(begun.environment)) == ("succeeded", 1)
    assert was_adopted(entry)
    told_to_its_end(stage, entry)
    assert stage.audit(unopened.environment) == []


def _terminate(stage: Stage) -> None:
    """Send SIGTERM and assert that the bot ends by itself and holds nothing, so that nobody waits for its
    lease of five minutes.
    """
    mine = f"%:{stage.control.get('')['bot']['pid']}:%"
    stage.until("it holds its leases", lambda: _held(stage, mine))
    ended = stage.control.post("/bot", {"signal": "TERM"})
    assert ended["exit_code"] == 0, ended
    assert _held(stage, mine) == []


def _held(stage: Stage, mine: str) -> list[str]:
    """Return the leases and operations that the holder with this pid in its name still has."""
    running = operations.c.state == State.RUNNING, operations.c.held_until > database_now()
    kept = select(operations.c.id).where(operations.c.holder.like(mine), *running)
    held = select(leases.c.name).where(leases.c.holder.like(mine), leases.c.held_until > database_now())
    with rows_of(stage) as rows, rows.store.read() as connection:
        return [*connection.scalars(held), *connection.scalars(kept)]


def _found(stage: Stage, environment: str) -> str:
    with rows_of(stage) as rows:
        return found_in(record_of(rows, environment))


def _hit(stage: Stage, rule: int) -> bool:
    return any(r["id"] == rule and r["hits"] for r in stage.control.get("/faults")["rules"])
