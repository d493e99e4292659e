"""`/env why`: the cause first; what ECS forgot is still readable."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.words.codec import encode
from handlers.words.errors import Denied
from handlers.words.message import Log
from handlers.words.result import Answer, Missing
from handlers.words.step import Left, StepState
from policies.record.lifecycle import State
from policies.service.facts import Container, Deployment, Event, ServiceDeployment, ServiceFacts, Target, Task
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.past import deployed
from tests.handlers.stage import Stage
from tests.handlers.world import VIC, World, service, task

LACKS = "FATAL: missing environment variable DATABASE_URL"
SECRET = "connecting with password=hunter2hunter2"


def crashed(number: int, deployment: str, code: int = 1, **fields: Any) -> Task:
    ended = Container("app", exit_code=code)
    given: dict[str, Any] = {
        "last_status": "STOPPED",
        "stop_code": "EssentialContainerExited",
        "stopped_reason": "Essential container in task exited",
        "stopped_at": START,
        "containers": (ended,),
    }
    return task(number, deployment, **(given | fields))


def failing(world: World, **fields: Any) -> ServiceFacts:
    """Let the newest deployment of orders-api fail: its tasks exit 1 for want of a variable."""
    aws = world.aws()
    new = Deployment(
        "ecs-svc/new",
        "PRIMARY",
        "staging-orders-api:2",
        2,
        0,
        0,
        3,
        START,
        "FAILED",
        "tasks failed to start.",
    )
    tasks = (crashed(1, "ecs-svc/new"), crashed(2, "ecs-svc/new"))
    given: dict[str, Any] = {"deployments": (new,), "tasks": tasks, "running": 0}
    facts = service(**(given | fields))
    aws.services.put(facts)
    for each in facts.tasks:
        aws.logs.write("/staging/orders-api", f"ecs/app/{each.id}", SECRET, LACKS)
    deployed(aws.services, 1)
    deployed(aws.services, 2, "STOPPED", variables=("APP_ENV",))
    return facts


def test_a_failing_service_says_its_cause_first_and_what_its_revision_lacks(
    stage: Stage, world: World, golden: Golden
) -> None:
    targets = (Target("g", "10.0.0.1", "unhealthy", "Target.Timeout"),)
    events = (Event(START, "(service orders-api) was unable to place a task. Reason: RESOURCE:FARGATE."),)
    failing(world, targets=targets, events=events)

    answer = stage.ask("why", "staging", "orders-api", who=VIC)

    assert isinstance(answer, Answer)
    assert telling.headline(answer) == golden
    assert [(f.label, f.value) for f in telling.fields(answer)] == golden
    changes, ended = telling.tables(answer)
    assert changes.rows == (("variable DATABASE_URL of app", "there", "absent"),)
    assert ended.rows == golden
    first, *_ = telling.logs(answer)
    assert LACKS in first.lines and "hunter2" not in repr(answer)
    assert telling.notes(answer) == golden


def test_what_was_captured_stays_readable_after_ecs_forgot_the_tasks(
    stage: Stage, world: World, golden: Golden
) -> None:
    services, logs = world.aws().services, world.aws().logs
    deployed(services, 1)
    stage.ask("restart", "staging", "orders-api")
    made = services.known()["orders-api"]
    primary = made.deployments[0]
    dead = crashed(9, primary.id)
    logs.write("/staging/orders-api", f"ecs/app/{dead.id}", LACKS)
    broken = replace(primary, rollout="FAILED", rollout_reason="tasks failed to start.", failed_tasks=3)
    services.change("orders-api", deployments=(broken,), tasks=(dead,), running=0)
    stage.forward(10)
    stage.finish()
    assert made.service_deployment is not None
    mine = deployed(services, 8, "STOPPED")
    ours = replace(mine, arn=made.service_deployment.arn)
    services.remember("orders-api", *services.past.deployments["orders-api"][1:], ours)

    services.change("orders-api", tasks=())
    world.forward(7200)
    answer = stage.ask("why", "staging", "orders-api", who=VIC)

    assert telling.headline(answer) == golden
    assert any(LACKS in log.lines for log in telling.logs(answer))
    assert telling.note(answer, "captured") == golden
    assert next(f.value for f in telling.fields(answer) if f.label == "Changed by").startswith(
        "`staging-orders-api:8`: Dev deployed it with `restart`"
    )


def test_a_service_that_was_rolled_back_runs_its_old_revision(
    stage: Stage, world: World, golden: Golden
) -> None:
    services = world.aws().services
    good = deployed(services, 1)
    deployed(services, 2, "ROLLBACK_SUCCESSFUL", variables=("APP_ENV",), back_to=good.revision)
    known = services.known()["orders-api"]
    services.change("orders-api", tasks=(*known.tasks, crashed(9, "ecs-svc/bad", stopped_at=START)))
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert telling.headline(answer) == golden


def test_a_healthy_service_says_so_and_what_changed_last(stage: Stage, world: World, golden: Golden) -> None:
    deployed(world.aws().services, 1)
    deployed(world.aws().services, 2, digest="b")
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert telling.headline(answer) == golden
    assert telling.table(answer).rows == (("image digest of app", "a" * 12, "b" * 12),)
    assert telling.logs(answer) == () and world.aws().script.count("last_lines") == 0


def test_a_stopped_service_says_what_holds_it(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.put(service(desired=0))
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert (telling.headline(answer), *telling.notes(answer)) == golden


def test_an_environment_lists_what_is_unhealthy_the_gravest_first(
    stage: Stage, world: World, golden: Golden
) -> None:
    failing(world)
    short = service("web", running=1, tasks=(task(7, "ecs-svc/web-0"),))
    world.aws().services.put(short)
    world.aws().services.put(service("worker"))

    answer = stage.ask("why", "staging", who=VIC)

    assert [(row[0], row[1]) for row in telling.table(answer).rows] == [
        ("orders-api", "failed"),
        ("web", "unhealthy"),
    ]
    assert telling.headline(answer) == golden
    assert telling.table(answer).rows == golden
    assert [(o.label, o.target) for o in telling.offers(answer)] == [
        ("Why orders-api", "orders-api"),
        ("Why web", "web"),
    ]
    one = stage.press(telling.offers(answer)[0], who=VIC)
    assert telling.headline(one).startswith("`orders-api` in `staging`")


def test_an_environment_in_which_nothing_fails_says_so(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("why", "staging", who=VIC)
    assert telling.headline(answer) == golden
    assert telling.tables(answer) == ()


def test_a_log_that_cannot_be_read_takes_nothing_else_away(stage: Stage, world: World) -> None:
    failing(world)
    world.aws().logs.script.fail(
        "last_lines", Denied("AWS did not allow the bot to read logs.", "AccessDenied")
    )
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert any("not readable" in line for log in telling.logs(answer) for line in log.lines)
    assert "DATABASE_URL" in telling.headline(answer)


def test_an_unknown_service_is_missing(stage: Stage) -> None:
    assert isinstance(stage.ask("why", "staging", "order-api", who=VIC), Missing)


def test_older_evidence_than_the_newest_deployment_explains_nothing(stage: Stage, world: World) -> None:
    failing(world, tasks=())
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert not any("captured" in note for note in telling.notes(answer))


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"])
def test_whoever_had_a_deployment_rolled_back_is_named(
    stage: Stage, world: World, golden: Golden, status: str
) -> None:
    services = world.aws().services
    asked = "Service deployment rolled back because of a StopServiceDeployment request."
    good = deployed(services, 1)
    tried = deployed(services, 2, "IN_PROGRESS", variables=("APP_ENV",))
    now = services.known()["orders-api"]
    new = Deployment("ecs-svc/new", "PRIMARY", tried.definition, 2, 1, 0, 0, START, "IN_PROGRESS")
    old = replace(now.deployments[0], status="ACTIVE")
    release = ServiceDeployment(tried.arn, "IN_PROGRESS", START)
    services.change(
        "orders-api", deployments=(new, old), current_deployment=tried.arn, service_deployment=release
    )
    stage.ask("rollback", "staging", "orders-api")
    if status == "ROLLBACK_SUCCESSFUL":
        stage.finish()
    ended = replace(tried, status=status, back_to=good.revision, reason=asked)
    services.remember("orders-api", good, ended)
    release = ServiceDeployment(tried.arn, status, START, reason=asked)
    services.change("orders-api", service_deployment=release, current_deployment=tried.arn, running=4)

    answer = stage.ask("why", "staging", "orders-api", who=VIC)

    fields = {f.label: f.value for f in telling.fields(answer)}
    assert (telling.headline(answer), fields["Health"], fields["Changed by"]) == golden
    assert "Dev" in fields["Changed by"] and "rolling back: rolling back" not in repr(answer)


def test_a_healthy_revision_is_not_set_against_the_one_that_worked_last(stage: Stage, world: World) -> None:
    """It works itself."""
    deployed(world.aws().services, 1)
    deployed(world.aws().services, 2, digest="b")
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    labels = {f.label: f.value for f in telling.fields(answer)}
    assert "Worked last" not in labels
    assert labels["Worked before"].startswith("`staging-orders-api:1`")


def test_lines_that_were_shared_explain_no_failure(stage: Stage, world: World) -> None:
    """They are newer than what was captured when the restart failed, and say nothing of why."""
    failing(world, tasks=())
    deployed(world.aws().services, 2, "STOPPED")
    stage.ask("restart", "staging", "orders-api")
    memory = world.store.memory
    (record,) = memory.operations.values()
    left = Left(captured=(Log("Log", (LACKS,)),), cause="DATABASE_URL is missing")
    step = replace(record.steps[0], state=StepState.FAILED, evidence=encode(left), ended_at=world.clock.at)
    memory.operations[record.id] = replace(record, state=State.FAILED, steps=(step,))
    world.forward(60)
    world.aws().logs.say("/staging/orders-api", f"ecs/app/{1:032x}", world.clock.at, "GET /health 200")
    world.aws().services.change("orders-api", tasks=(task(1, "ecs-svc/new"),))
    stage.ask("share", "staging", "orders-api")
    stage.finish()
    ended = list(stage.world.store.memory.operations.values())[-1]
    assert (ended.name, ended.state) == ("share", State.SUCCEEDED)
    world.aws().services.change("orders-api", tasks=(), running=0)
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert any(LACKS in log.lines for log in telling.logs(answer))
    assert "GET /health" not in repr(answer)


def test_what_failed_of_another_service_explains_nothing_here(stage: Stage, world: World) -> None:
    failing(world, tasks=())
    stage.ask("restart", "staging", "orders-api")
    memory = stage.world.store.memory
    record = list(memory.operations.values())[-1]
    left = encode(Left(captured=(Log("Log", ("boom",)),), cause="boom"))
    (step,) = record.steps
    other = replace(step, step=replace(step.step, on="web"), state=StepState.FAILED, evidence=left)
    closed = replace(record, state=State.FAILED, steps=(replace(step, state=StepState.DONE), other))
    memory.operations[record.id] = closed
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    assert "boom" not in repr(answer)
    assert telling.offers(answer) == ()


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL", "NEW_ONE"])
def test_why_there_is_no_record_of_deployments_that_others_make_is_said(
    stage: Stage, world: World, controller: str, golden: Golden
) -> None:
    world.aws().services.change("orders-api", controller=controller)
    answer = stage.ask("why", "staging", "orders-api", who=VIC)
    compared = stage.ask("diff", "staging", "orders-api", who=VIC)
    assert (telling.notes(answer), telling.notes(compared)) == golden
