"""How an operation ends if its deployment was on its way when the bot was killed, or its answer was lost."""

from __future__ import annotations

from tests.scenarios.killing import (
    RESTART,
    SHORT,
    Call,
    begin_anew,
    ensure_patient,
    found_in,
    hold,
    kill,
    kill_at,
    outward_calls,
    record_of,
    release,
    rows_of,
    start,
    told_to_its_end,
    was_adopted,
)
from tests.scenarios.stage import DEV, Stage

ELEVEN_MINUTES = 660


def test_a_deployment_whose_answer_was_lost_in_a_kill_is_adopted(stage: Stage) -> None:
    call = _update(stage)
    begin_anew(stage, env=SHORT)
    held = hold(stage, call, "after_effect")
    kill_at(stage, [held])
    assert stage.world.deploys(held.environment) == 1
    start(stage)
    entry = stage.closed(held.environment)
    assert (entry.outcome, stage.world.deploys(held.environment)) == ("succeeded", 1)
    evidence = entry.evidence["0 deploy api"]
    assert isinstance(evidence, dict)
    assert (evidence["answer"], evidence["adopted"]) == ("lost", True)
    assert evidence["deployment"] == entry.after["api"]["deployment"]
    told_to_its_end(stage, entry)


def test_a_deployment_that_never_arrived_counts_as_undone_after_thirty_seconds(stage: Stage) -> None:
    """The bot must wait that long, because the deployment could still be on its way."""
    call = _update(stage)
    begin_anew(stage, env=SHORT)
    held = hold(stage, call, "before_effect")
    kill_at(stage, [held])
    start(stage)
    entry = stage.closed(held.environment)
    assert (entry.outcome, stage.world.deploys(held.environment)) == ("interrupted", 0)
    assert entry.summary == "AWS never began the deployment; nothing was done."
    assert entry.seconds is not None and entry.seconds >= 30
    assert not was_adopted(entry)
    told_to_its_end(stage, entry)
    stage.types(DEV, RESTART.format(held.environment))
    stage.until("it can be asked again", lambda: stage.world.deploys(held.environment) == 1)


def test_a_deployment_that_arrives_only_after_the_new_start_is_adopted(stage: Stage) -> None:
    """The deployment was on its way when the bot was killed, and lands while the next bot looks for it."""
    call = _update(stage)
    ensure_patient(stage)
    held = hold(stage, call, "before_effect")
    kill(stage)
    start(stage, lease_over=True)
    release(stage, held.rule, drop=False)
    entry = stage.closed(held.environment)
    assert (entry.outcome, stage.world.deploys(held.environment)) == ("succeeded", 1)
    assert was_adopted(entry)
    told_to_its_end(stage, entry)


def test_an_operation_not_begun_within_ten_minutes_is_closed_as_interrupted(stage: Stage) -> None:
    ensure_patient(stage)
    facts_before = next(
        c for c in outward_calls(stage) if (c.method, c.nth) == ("ecs.DescribeServiceDeployments", 2)
    )
    held = hold(stage, facts_before, "before_effect")
    kill_at(stage, [held])
    with rows_of(stage) as rows:
        assert found_in(record_of(rows, held.environment)) == "planned"
    stage.control.post("/clock", {"advance": ELEVEN_MINUTES})
    start(stage, lease_over=True)
    entry = stage.closed(held.environment)
    assert (entry.outcome, stage.world.deploys(held.environment)) == ("interrupted", 0)
    assert entry.summary == "Nothing was done: it was found too late."
    assert stage.world.asked("ecs.UpdateService", held.environment) == []
    told_to_its_end(stage, entry)


def _update(stage: Stage) -> Call:
    return next(call for call in outward_calls(stage) if call.method == "ecs.UpdateService")
