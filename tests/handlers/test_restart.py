"""`/env restart`: what a restart plans, what it asks, and what it refuses in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Absent, Denied, Throttled, Trouble, Unanswered
from handlers.words.result import Refusal
from handlers.words.step import StepState
from policies.record.lifecycle import State
from policies.service.environment import Bound, ClusterPick
from policies.service.facts import Deployment, ServiceDeployment
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NEW, OLU, QA, STAGING, TAG, World, service


def test_a_restart_deploys_the_running_revision_once_and_says_when_healthy(
    stage: Stage, world: World
) -> None:
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "running"
    (planned,) = stage.operation().steps
    assert (planned.step.kind, planned.step.on) == ("deploy", "orders-api")
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED
    assert stage.operation().summary.startswith("healthy after ")
    assert world.deploys() == 1


def test_a_moved_tag_is_shown_with_both_digests_and_asked_about(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().images.push(TAG, NEW)
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "needs confirmation"
    assert answer.headline == golden
    moved, gentle = telling.notes(answer)
    assert "aaaaaaaaaaaa" in moved and "is bbbbbbbbbbbb now" in moved
    assert gentle == golden
    assert [o.operation for o in telling.offers(answer)] == ["redeploy", "restart"]
    assert [o.label for o in telling.offers(answer)] == golden
    assert (world.deploys(), stage.operations(), stage.entries()) == (0, [], [])


def test_the_gap_of_a_single_task_is_told_before_and_during_the_restart(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.put(service(desired=1))
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    assert telling.notes(asked)[1] == golden
    pressed = stage.press(telling.offers(asked)[1])
    assert "gap" in telling.notes(pressed)[0]


def test_the_same_image_is_restarted_task_by_task_and_never_deployed(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    stage.press(telling.offers(asked)[1])
    opened = stage.operation()
    assert [s.step.kind for s in opened.steps] == ["stop task", "stop task"]
    assert [s.step.after for s in opened.steps] == [(), (0,)]
    stage.finish()
    ended = stage.operation()
    assert (ended.state, world.deploys()) == (State.SUCCEEDED, 0)
    assert ended.summary == golden


def test_the_new_image_is_deployed_if_chosen(stage: Stage, world: World) -> None:
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    stage.press(telling.offers(asked)[0])
    assert stage.operation().name == "redeploy"
    assert world.deploys() == 1


def test_new_typed_out_deploys_a_moved_tag_without_asking(stage: Stage, world: World) -> None:
    world.aws().images.push(TAG, NEW)
    assert (
        telling.status(stage.ask("restart", "staging", "orders-api", arguments={"image": "new"})) == "running"
    )
    assert world.deploys() == 1


def test_a_registry_that_cannot_be_read_does_not_hold_up_a_restart(stage: Stage, world: World) -> None:
    world.aws().services.put(replace(service(), images=(replace(service().images[0], image="other/x:1"),)))
    answer = stage.ask("restart", "staging", "orders-api")
    assert (telling.status(answer), world.deploys()) == ("running", 1)
    assert "`x:1`" in telling.notes(answer)[0]


def test_a_restart_of_images_that_are_all_read_needs_no_note(stage: Stage) -> None:
    notes = telling.notes(stage.ask("restart", "staging", "orders-api"))
    assert not any("cannot be told" in note for note in notes)


def test_the_same_image_is_bound_to_the_tasks_that_were_shown(stage: Stage, world: World) -> None:
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    known = world.aws().services.known()["orders-api"]
    fresh = replace(known.tasks[1], id=f"{9:032x}")
    world.aws().services.change("orders-api", tasks=(known.tasks[0], fresh))
    again = stage.press(telling.offers(asked)[1])
    assert telling.status(again) == "needs confirmation"
    assert (stage.operations(), world.aws().script.count("stop")) == ([], 0)
    assert telling.status(stage.press(telling.offers(again)[0])) == "running"
    assert [s.step.arguments["task"] for s in stage.operation().steps] == [f"{1:032x}", f"{9:032x}"]


def test_the_same_image_is_not_restarted_under_a_deployment_made_since_it_was_shown(
    stage: Stage, world: World
) -> None:
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    known = world.aws().services.known()["orders-api"]
    theirs = replace(known.deployments[0], id="ecs-svc/theirs")
    tasks = tuple(replace(t, deployment=theirs.id) for t in known.tasks)
    world.aws().services.change("orders-api", deployments=(theirs,), tasks=tasks)
    assert telling.status(stage.press(telling.offers(asked)[1])) == "needs confirmation"
    assert world.aws().script.count("stop") == 0


@pytest.mark.parametrize("operation", ["restart", "redeploy", "rollback"])
def test_a_service_at_zero_tasks_is_scaled_up_first_by_a_button_where_the_catalog_allows_it(
    operation: str,
) -> None:
    world = World().catalogue(replace(STAGING, scale=(Bound("orders-api", 2, 4),)), QA)
    world.aws().services.change("orders-api", desired=0)
    stage = Stage(world)
    assert telling.offers(stage.ask(operation, "staging", "orders-api")) == (), "scaling needs another role"
    answer = stage.ask(operation, "staging", "orders-api", who=OLU)
    assert answer.headline.endswith("Scale it up first.")
    (button,) = telling.offers(answer)
    assert (button.label, button.operation, button.arguments) == ("Scale to 2", "scale", {"count": "2"})
    stage.press(button, who=OLU)
    assert world.aws().services.known()["orders-api"].desired == 2
    world.catalogue(STAGING, QA)
    world.aws().services.change("orders-api", desired=0)
    assert telling.offers(Stage(world).ask(operation, "staging", "orders-api", who=OLU)) == ()


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"controller": "CODE_DEPLOY"}, "safeguards.controller"),
        ({"controller": "EXTERNAL"}, "safeguards.controller"),
        ({"scheduling": "DAEMON"}, "safeguards.daemon"),
        ({"express": True}, "safeguards.express"),
        ({"status": "DRAINING"}, "safeguards.inactive"),
        ({"desired": 0}, "safeguards.stopped"),
        (
            {"deployments": (Deployment("ecs-svc/9", "PRIMARY", "r", 2, 1, 1, 0, START, "IN_PROGRESS"),)},
            "safeguards.in-flight",
        ),
        (
            {
                "strategy": "BLUE_GREEN",
                "service_deployment": ServiceDeployment(
                    "arn:aws:ecs:x:service-deployment/s/o/abc", "IN_PROGRESS", START, stage="BAKE_TIME"
                ),
            },
            "safeguards.in-flight",
        ),
    ],
    ids=["CodeDeploy", "external", "daemon", "express", "draining", "stopped", "rolling", "baking"],
)
def test_a_service_that_cannot_be_restarted_is_refused_in_words(
    stage: Stage, world: World, fields: dict[str, Any], rule: str, golden: Golden
) -> None:
    world.aws().services.change("orders-api", **fields)
    answer = stage.ask("restart", "staging", "orders-api")
    assert isinstance(answer, Refusal)
    assert answer.headline == golden
    assert (stage.last().rule, stage.last().target) == (rule, "orders-api")
    assert (world.deploys(), stage.operations()) == (0, [])


@pytest.mark.parametrize(
    "error",
    [
        Throttled("ECS takes no more calls just now.", retry_helps=True),
        Denied("AWS denies it."),
        Absent("The cluster is gone."),
        Unanswered("ECS did not answer."),
    ],
)
def test_facts_that_cannot_be_read_open_nothing(stage: Stage, world: World, error: Trouble) -> None:
    world.aws().services.fail("facts", replace(error, code="SomeException", request_id="request-8"))
    answer = stage.ask("restart", "staging", "orders-api")
    assert (telling.status(answer), answer.headline) == ("failed", str(error))
    assert (stage.operations(), world.deploys()) == ([], 0)
    entry = stage.last()
    assert (entry.kind, entry.rule, entry.reason) == ("refused", "facts.unread", error.sentence)
    assert (entry.evidence, entry.request_ids) == ({"code": "SomeException"}, ("request-8",))


@pytest.mark.parametrize("error", [Throttled, Denied, Absent])
def test_a_deployment_that_aws_refuses_closes_as_failed_with_its_code(
    stage: Stage, world: World, error: type[Denied]
) -> None:
    said = error("AWS said no.", code="SomeException", request_id="request-9")
    world.aws().services.fail("deploy", said)
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "failed"
    assert str(said).rstrip(".") in answer.headline
    closed = stage.last()
    assert (closed.kind, closed.outcome, closed.request_ids) == ("closed", "failed", ("request-9",))
    assert closed.evidence["0 deploy orders-api"]["code"] == "SomeException"
    assert world.deploys() == 1


def test_a_lost_answer_is_adopted_and_the_entry_says_so(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.fail("deploy", Unanswered("ECS did not answer."), after_effect=True)
    first = stage.ask("restart", "staging", "orders-api")
    assert telling.status(first) == "running"
    stage.forward(2)
    assert stage.operation().steps[0].sentence == golden
    stage.finish()
    evidence = stage.last().evidence["0 deploy orders-api"]
    assert (evidence["adopted"], evidence["answer"]) == (True, "lost")
    assert (stage.operation().state, world.deploys()) == (State.SUCCEEDED, 1)


@pytest.mark.parametrize("answer", ["came", "was lost"])
def test_a_service_re_tagged_during_its_restart_is_still_looked_at(
    stage: Stage, world: World, answer: str
) -> None:
    """The service is re-tagged while its deployment rolls: how the deployment ends is still known."""
    if answer == "was lost":
        world.aws().services.fail("deploy", Unanswered("ECS did not answer."), after_effect=True)
    stage.ask("restart", "staging", "orders-api")
    world.move()
    world.aws().services.lose("orders-api")
    stage.finish()
    assert (stage.operation().state, world.deploys()) == (State.SUCCEEDED, 1)
    assert stage.last().after["orders-api"]["deployment"] == stage.operation().steps[0].evidence["deployment"]


def test_an_environment_moved_elsewhere_does_not_change_the_restarts_end(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api")
    place = world.store.catalog.read().environment("staging")
    assert place is not None
    moved = replace(place, pick=ClusterPick("elsewhere"))
    world.store.catalog.write(CatalogChange(put_environments=(moved,)))
    stage.finish()
    assert (stage.operation().state, world.deploys()) == (State.SUCCEEDED, 1)


def test_a_service_deleted_meanwhile_leaves_its_restart_unknown(
    stage: Stage, world: World, golden: Golden
) -> None:
    stage.ask("restart", "staging", "orders-api")
    world.aws().services.remove("orders-api")
    stage.finish()
    assert (stage.operation().state, stage.operation().steps[0].state) == (
        State.INTERRUPTED,
        StepState.UNKNOWN,
    )
    assert stage.operation().summary == golden


def test_a_call_that_never_arrived_is_said_to_have_done_nothing(stage: Stage, world: World) -> None:
    world.aws().services.fail("deploy", Unanswered("ECS did not answer."))
    stage.ask("restart", "staging", "orders-api")
    for _ in range(4):
        stage.forward(9)
    assert stage.operation().state is State.RUNNING
    stage.forward(9)
    assert stage.operation().state is State.INTERRUPTED
    assert [s.state for s in stage.operation().steps] == [StepState.UNDONE]
    assert world.deploys() == 1, "it is never sent a second time"


def test_an_operator_by_pattern_may_restart_too(stage: Stage, golden: Golden) -> None:
    stage.ask("restart", "staging", "orders-api", who=OLU)
    assert stage.last().rule == "access.grant"
    assert stage.last().reason == golden


def test_facts_that_stay_unreadable_after_the_call_end_as_unknown(stage: Stage, world: World) -> None:
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "running"
    for nth in range(1, 400):
        world.aws().services.fail("facts", Throttled("ECS is busy."), nth=nth)
    stage.forward(5)
    assert "ECS is busy." in stage.operation().steps[0].sentence
    stage.finish()
    assert stage.operation().state is State.INTERRUPTED
    assert [s.state for s in stage.operation().steps] == [StepState.UNKNOWN]
    assert (stage.last().outcome, world.deploys()) == ("interrupted", 1)
