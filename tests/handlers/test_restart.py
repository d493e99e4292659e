"""`/env restart`: what it plans, what it asks, what it refuses in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.words.errors import Absent, Denied, Throttled, Trouble, Unanswered
from policies.record.lifecycle import State
from policies.service.facts import Deployment, ServiceDeployment
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NEW, OLU, TAG, World, service


def test_it_deploys_the_running_revision_once_and_says_when_it_is_healthy(
    stage: Stage, world: World, golden: Golden
) -> None:
    answer = stage.ask("restart", "staging", "orders-api")
    assert answer.headline == golden
    (planned,) = stage.operation().steps
    assert (planned.step.kind, planned.step.on) == ("deploy", "orders-api")
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED
    assert world.deploys() == 1


def test_a_moved_tag_is_shown_with_both_digests_and_asked_about(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().images.push(TAG, NEW)
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "needs confirmation"
    assert answer.headline == golden
    assert telling.notes(answer)[0] == golden
    assert telling.notes(answer)[1] == golden
    assert [o.label for o in telling.offers(answer)] == golden
    assert (world.deploys(), stage.operations(), stage.entries()) == (0, [], [])


def test_where_one_task_is_desired_the_gap_is_said_before_and_during(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.put(service(desired=1))
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    assert telling.notes(asked)[1] == golden
    pressed = stage.press(telling.offers(asked)[1])
    assert telling.notes(pressed)[0] == golden


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


def test_the_new_image_is_deployed_where_that_is_chosen(stage: Stage, world: World) -> None:
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


def test_a_registry_that_cannot_be_read_does_not_hold_up_a_restart(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.put(replace(service(), images=(replace(service().images[0], image="other/x:1"),)))
    answer = stage.ask("restart", "staging", "orders-api")
    assert (telling.status(answer), world.deploys()) == ("running", 1)
    assert telling.notes(answer)[0] == golden


def test_a_restart_of_images_that_are_all_read_needs_no_note(stage: Stage) -> None:
    notes = telling.notes(stage.ask("restart", "staging", "orders-api"))
    assert not any("cannot be told" in note for note in notes)


def test_the_same_image_is_bound_to_the_tasks_that_were_shown(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().images.push(TAG, NEW)
    asked = stage.ask("restart", "staging", "orders-api")
    known = world.aws().services.known()["orders-api"]
    fresh = replace(known.tasks[1], id=f"{9:032x}")
    world.aws().services.change("orders-api", tasks=(known.tasks[0], fresh))
    again = stage.press(telling.offers(asked)[1])
    assert telling.status(again) == "needs confirmation"
    assert again.headline == golden
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


@pytest.mark.parametrize(
    ("fields", "rule", "said"),
    [
        ({"controller": "CODE_DEPLOY"}, "safeguards.controller", "CodeDeploy deploys it"),
        ({"controller": "EXTERNAL"}, "safeguards.controller", "an external controller deploys it"),
        ({"scheduling": "DAEMON"}, "safeguards.daemon", "is a daemon: one task on every instance"),
        ({"express": True}, "safeguards.express", "is an ECS Express service"),
        ({"status": "DRAINING"}, "safeguards.inactive", "is DRAINING in ECS"),
        ({"desired": 0}, "safeguards.stopped", "is stopped (desired count 0); nothing to restart"),
        (
            {"deployments": (Deployment("ecs-svc/9", "PRIMARY", "r", 2, 1, 1, 0, START, "IN_PROGRESS"),)},
            "safeguards.in-flight",
            "`ecs-svc/9` (IN_PROGRESS, 1 of 2 tasks running) of `orders-api` is still in progress",
        ),
        (
            {
                "strategy": "BLUE_GREEN",
                "service_deployment": ServiceDeployment(
                    "arn:aws:ecs:x:service-deployment/s/o/abc", "IN_PROGRESS", START, stage="BAKE_TIME"
                ),
            },
            "safeguards.in-flight",
            "`abc` (IN_PROGRESS, stage BAKE_TIME) of `orders-api` is still in progress",
        ),
    ],
)
def test_what_cannot_be_restarted_from_here_is_refused_in_words(
    stage: Stage, world: World, fields: dict[str, Any], rule: str, said: str
) -> None:
    world.aws().services.change("orders-api", **fields)
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "refused"
    assert said in answer.headline
    assert (stage.last().rule, stage.last().target) == (rule, "orders-api")
    assert (world.deploys(), stage.operations()) == (0, [])


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            Throttled("ECS takes no more calls just now.", retry_helps=True),
            "ECS takes no more calls just now. Trying again in a minute may help.",
        ),
        (Denied("AWS denies it."), "AWS denies it. Trying again will not help by itself."),
        (Absent("The cluster is gone."), "The cluster is gone. Trying again will not help by itself."),
        (Unanswered("ECS did not answer."), "ECS did not answer. Trying again will not help by itself."),
    ],
)
def test_facts_that_cannot_be_read_open_nothing(
    stage: Stage, world: World, error: Trouble, said: str
) -> None:
    world.aws().services.fail("facts", replace(error, code="SomeException", request_id="request-8"))
    answer = stage.ask("restart", "staging", "orders-api")
    assert (telling.status(answer), answer.headline) == ("failed", said)
    assert (stage.operations(), world.deploys()) == ([], 0)
    entry = stage.last()
    assert (entry.kind, entry.rule, entry.reason) == ("refused", "facts.unread", error.sentence)
    assert (entry.evidence, entry.request_ids) == ({"code": "SomeException"}, ("request-8",))


@pytest.mark.parametrize("error", [Throttled, Denied, Absent])
def test_a_deployment_that_aws_refuses_closes_as_failed_with_its_code(
    stage: Stage, world: World, error: type[Denied], one_golden: Golden
) -> None:
    said = error("AWS said no.", code="SomeException", request_id="request-9")
    world.aws().services.fail("deploy", said)
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "failed"
    assert answer.headline == one_golden
    closed = stage.last()
    assert (closed.kind, closed.outcome, closed.request_ids) == ("closed", "failed", ("request-9",))
    assert closed.evidence["0 deploy orders-api"]["code"] == "SomeException"
    assert world.deploys() == 1


def test_a_lost_answer_is_adopted_and_the_entry_says_so(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.fail("deploy", Unanswered("ECS did not answer."), after_effect=True)
    first = stage.ask("restart", "staging", "orders-api")
    assert first.headline == golden
    stage.forward(2)
    assert stage.operation().steps[0].sentence == golden
    stage.finish()
    evidence = stage.last().evidence["0 deploy orders-api"]
    assert (evidence["adopted"], evidence["answer"]) == (True, "lost")
    assert (stage.operation().state, world.deploys()) == (State.SUCCEEDED, 1)


def test_a_call_that_never_arrived_is_said_to_have_done_nothing(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.fail("deploy", Unanswered("ECS did not answer."))
    stage.ask("restart", "staging", "orders-api")
    for _ in range(4):
        stage.forward(9)
    assert stage.operation().state is State.RUNNING
    stage.forward(9)
    assert stage.operation().state is State.INTERRUPTED
    assert stage.last().summary == golden
    assert world.deploys() == 1, "it is never sent a second time"


def test_an_operator_by_pattern_may_restart_too(stage: Stage, golden: Golden) -> None:
    stage.ask("restart", "staging", "orders-api", who=OLU)
    assert stage.last().reason == golden


def test_facts_that_stay_unreadable_after_the_call_end_as_unknown(
    stage: Stage, world: World, golden: Golden
) -> None:
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(answer) == "running"
    for nth in range(1, 400):
        world.aws().services.fail("facts", Throttled("ECS is busy."), nth=nth)
    stage.forward(5)
    assert stage.operation().steps[0].sentence == golden
    stage.finish()
    assert stage.operation().state is State.INTERRUPTED
    assert stage.last().summary == golden
    assert (stage.last().outcome, world.deploys()) == ("interrupted", 1)
