"""The step *deploy*: judged by its own deployment id, with its milestones kept, never sent twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.gate.verdicts import judged
from handlers.ports.scope import Scope
from handlers.steps.deploy import Deploy, Deployed, deploy_step, state_of
from handlers.words.message import Log
from handlers.words.step import End, Repeat, StepRecord, StepState, Verdict
from policies.service.facts import Deployment, ServiceFacts
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.rowed import Rowed
from tests.handlers.world import OLD, World, service, task

Place = Callable[[], Scope]
KIND = Rowed(Deploy())
NAME = "orders-api"


def begun(place: Scope) -> StepRecord:
    """Return the step as its row stands after the call was answered."""
    step = deploy_step(place.services.facts(NAME))
    record = StepRecord(0, step, StepState.BEGAN, began_at=place.now, before=KIND.before(place, step))
    return replace(record, evidence=KIND.act(place, record), answered=True)


def looked(place: Scope, record: StepRecord) -> tuple[StepRecord, Verdict[Any]]:
    return KIND.looked(place, record)


def change(world: World, **fields: Any) -> ServiceFacts:
    return world.aws().services.change(NAME, **fields)


def ours(world: World, **fields: Any) -> None:
    """Change our own, newest deployment."""
    facts = world.aws().services.known()[NAME]
    change(world, deployments=(replace(facts.deployments[0], **fields), *facts.deployments[1:]))


def test_a_deployment_is_never_repeated_and_has_fifteen_minutes() -> None:
    assert (KIND.repeat, KIND.deadline) == (Repeat.NEVER, timedelta(minutes=15))


def test_existing_deployments_are_noted_before_the_call(world: World, place: Place) -> None:
    before = KIND.before(place(), deploy_step(service()))
    assert before == {
        "deployments": ["ecs-svc/orders-api-0"],
        "revision": service().revision,
        "arn": service().arn,
    }


def test_the_answer_names_what_was_begun(world: World, place: Place) -> None:
    record = begun(place())
    assert record.evidence["deployment"] == "ecs-svc/orders-api-1"
    assert str(record.evidence["service_deployment"]).endswith("/orders-api/1")
    assert record.evidence["request_ids"] == ["request-1"]


def test_the_step_keeps_when_new_tasks_are_healthy_and_when_old_ones_are_gone(
    world: World, place: Place
) -> None:
    """*healthy after 38 s*, then *done after 5 m 40 s* (facts/ecs 2.4)."""
    record = begun(place())
    fresh = tuple(task(n, "ecs-svc/orders-api-1") for n in (11, 12))
    world.forward(38)
    change(world, tasks=(*fresh, *service().tasks))
    record, verdict = looked(place(), record)
    assert verdict.end is End.WAITS
    assert record.evidence["healthy_at"] == (START + timedelta(seconds=38)).isoformat()
    world.forward(300)
    change(world, tasks=fresh)
    ours(world, rollout="COMPLETED")
    record, verdict = looked(place(), record)
    assert verdict.end is End.WAITS
    assert verdict.until == place().now + timedelta(seconds=2), "one more look has to confirm it"
    world.forward(2)
    record, verdict = looked(place(), record)
    assert verdict.end is End.DONE
    assert "38 s" in verdict.sentence and "5 m 40 s" in verdict.sentence
    assert verdict.left.after == state_of(world.aws().services.known()[NAME])


def test_a_break_in_health_resets_the_milestone(world: World, place: Place) -> None:
    record = begun(place())
    fresh = tuple(task(n, "ecs-svc/orders-api-1") for n in (11, 12))
    change(world, tasks=fresh)
    record, _ = looked(place(), record)
    assert record.evidence["healthy_at"]
    change(world, tasks=(fresh[0], replace(fresh[1], health="UNHEALTHY")))
    record, verdict = looked(place(), record)
    assert (record.evidence.get("healthy_at"), verdict.end) == (None, End.WAITS)


def test_a_running_deployment_is_looked_at_again_in_five_seconds(
    world: World, place: Place, golden: Golden
) -> None:
    _, verdict = looked(place(), begun(place()))
    assert verdict.end is End.WAITS
    assert verdict.until == START + timedelta(seconds=5)
    assert verdict.sentence == golden


@pytest.mark.parametrize("held", [{"paused": True}, {"stage": "BAKE_TIME"}])
def test_paused_and_bake_time_do_not_count_against_the_deadline(
    world: World, place: Place, held: dict[str, Any], golden: Golden
) -> None:
    change(world, strategy="BLUE_GREEN")
    record = begun(place())
    release = world.aws().services.known()[NAME].service_deployment
    assert release is not None
    change(world, service_deployment=replace(release, **held))
    for _ in range(12):
        world.forward(600)
        record, verdict = looked(place(), record)
        assert verdict.end is End.WAITS
    assert record.evidence["not_counted_seconds"] == 11 * 600
    change(world, service_deployment=replace(release, stage="SCALE_UP"))
    world.forward(290)
    record, verdict = looked(place(), record)
    assert verdict.end is End.WAITS, "600 s before the first look and 290 s now are all that counts"
    world.forward(20)
    record, verdict = looked(place(), record)
    assert verdict.end is End.TIMED_OUT
    assert verdict.sentence == golden(name="timed out")


def test_the_step_times_out_at_the_deadline_with_what_was_seen(
    world: World, place: Place, golden: Golden
) -> None:
    record = begun(place())
    world.forward(901)
    _, verdict = looked(place(), record)
    assert verdict.end is End.TIMED_OUT
    assert verdict.sentence == golden
    assert verdict.left.after


def test_a_failure_carries_the_reason_the_last_log_lines_and_the_events(
    world: World, place: Place, golden: Golden
) -> None:
    record = begun(place())
    broken = task(
        9,
        "ecs-svc/orders-api-1",
        last_status="STOPPED",
        stop_code="EssentialContainerExited",
        stopped_reason="Essential container in task exited",
        containers=(replace(task(9, "").containers[0], exit_code=1),),
    )
    change(world, tasks=(broken,))
    ours(world, rollout="FAILED", rollout_reason="ECS deployment circuit breaker: tasks failed to start.")
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{9:032x}", *(f"line {n}" for n in range(20)))
    _, verdict = looked(place(), record)
    assert verdict.end is End.FAILED
    why, log = verdict.left.captured
    assert "exit code 1" in why.lines[0]
    assert verdict.sentence == golden
    last = tuple(f"line {n}" for n in range(8, 20))
    assert log == Log(f"Log /staging/orders-api ecs/app/{9:032x}", last, tail=True)


def test_a_rollback_is_not_a_success(world: World, place: Place) -> None:
    record = begun(place())
    facts = world.aws().services.known()[NAME]
    back = replace(facts.deployments[1], id="ecs-svc/back", status="PRIMARY", created_at=START + timedelta(1))
    back = replace(back, rollout="COMPLETED", rollout_reason="ECS deployment rolled back to ecs-svc/0.")
    failed = replace(facts.deployments[0], status="INACTIVE", rollout="FAILED")
    change(world, deployments=(back, failed))
    _, verdict = looked(place(), record)
    assert verdict.end is End.ROLLED_BACK
    assert verdict.sentence.startswith("rolled back")


def test_a_deployment_that_somebody_else_made_supersedes_ours(
    world: World, place: Place, golden: Golden
) -> None:
    record = begun(place())
    world.forward(20)
    facts = world.aws().services.known()[NAME]
    theirs = Deployment(
        "ecs-svc/theirs", "PRIMARY", facts.revision, 2, 0, 0, 0, place().now, rollout="IN_PROGRESS"
    )
    change(world, deployments=(theirs, replace(facts.deployments[0], status="ACTIVE")))
    _, verdict = looked(place(), record)
    assert verdict.end is End.SUPERSEDED
    assert verdict.sentence == golden


def test_a_service_that_was_stopped_meanwhile_supersedes_or_waits_but_never_succeeds(
    world: World, place: Place, golden: Golden
) -> None:
    record = begun(place())
    change(world, desired=0, running=0, tasks=())
    _, verdict = looked(place(), record)
    assert verdict.end is End.SUPERSEDED
    assert verdict.sentence == golden


# recovery


def lost(place: Scope) -> StepRecord:
    """Return a step that began and whose answer was never recorded."""
    return replace(begun(place), evidence={}, answered=False)


def test_a_deployment_that_appeared_since_is_adopted(world: World, place: Place) -> None:
    found = KIND.recover(place(), lost(place()))
    assert found.end is End.ADOPTED
    assert isinstance(found.evidence, Deployed)
    assert (found.evidence.deployment, found.evidence.adopted) == ("ecs-svc/orders-api-1", True)
    assert found.evidence.service_deployment.endswith("/orders-api/1")


def test_the_first_of_two_new_deployments_is_ours(world: World, place: Place) -> None:
    record = lost(place())
    world.forward(3)
    place().services.deploy(NAME)
    found = KIND.recover(place(), record)
    assert found.end is End.ADOPTED
    assert isinstance(found.evidence, Deployed)
    assert found.evidence.deployment == "ecs-svc/orders-api-1"


def test_an_existing_deployment_is_never_adopted(world: World, place: Place, golden: Golden) -> None:
    step = deploy_step(service())
    record = StepRecord(0, step, StepState.BEGAN, began_at=START, before=KIND.before(place(), step))
    found = KIND.recover(place(), record)
    assert found.end is End.WAITS
    assert found.until == START + timedelta(seconds=5)
    record, _ = judged(record, found, now=START)
    world.forward(29)
    assert KIND.recover(place(), record).end is End.WAITS
    world.forward(1)
    undone = KIND.recover(place(), record)
    assert undone.end is End.UNDONE
    assert undone.sentence == golden


def test_the_thirty_seconds_begin_with_the_first_look_however_late_it_is(world: World, place: Place) -> None:
    step = deploy_step(service())
    record = StepRecord(0, step, StepState.BEGAN, began_at=START, before=KIND.before(place(), step))
    world.forward(90)
    assert KIND.recover(place(), record).end is End.WAITS


def test_an_old_deployment_that_was_not_listed_before_is_not_ours(world: World, place: Place) -> None:
    facts = world.aws().services.known()[NAME]
    early = replace(facts.deployments[0], id="ecs-svc/early", created_at=START - timedelta(minutes=6))
    step = deploy_step(facts)
    record = StepRecord(0, step, StepState.BEGAN, began_at=START, before=KIND.before(place(), step))
    change(world, deployments=(early,))
    assert KIND.recover(place(), record).end is End.WAITS


def test_an_entry_keeps_plain_facts_of_a_service() -> None:
    assert state_of(service()) == {
        NAME: {
            "desired": 2,
            "running": 2,
            "revision": service().revision,
            "deployment": "ecs-svc/orders-api-0",
            "digests": {"app": OLD},
        }
    }
    assert state_of(replace(service(), deployments=()))[NAME]["deployment"] == ""  # type: ignore[index,call-overload]


def test_instants_survive_the_row_they_are_kept_in(world: World, place: Place) -> None:
    change(world, tasks=(), deployments=service().deployments)
    record = begun(place())
    record, _ = looked(place(), record)
    looked_at = record.evidence["looked_at"]
    assert isinstance(looked_at, str)
    assert datetime.fromisoformat(looked_at) == START
