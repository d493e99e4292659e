"""`/env rollback`: what it plans, what it asks, what it refuses in words, and what it leaves to be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.words.errors import Rejected, Throttled, Unanswered
from handlers.words.step import StepState
from policies.record.lifecycle import State
from policies.service.facts import Deployment, ServiceDeployment
from policies.service.history import DefinedContainer, Definition, PastDeployment, RevisionImage
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NEW, OLD, OLU, VIC, World, service

NAME = "orders-api"
FAMILY = service().revision.rsplit(":", 1)[0]
RELEASE = service().arn.replace(":service/", ":service-deployment/") + "/going"


def revision(number: int) -> str:
    return f"{FAMILY}:{number}"


def past(number: int, hours_ago: float, digest: str = OLD) -> PastDeployment:
    image = RevisionImage("app", f"registry/orders-api:v{number}", digest)
    at = START - timedelta(hours=hours_ago)
    return PastDeployment(
        f"{RELEASE}-{hours_ago}", "SUCCESSFUL", at, definition=revision(number), images=(image,)
    )


def defined(number: int, image: str = "", **fields: Any) -> Definition:
    container = DefinedContainer("app", image or f"registry/orders-api:v{number}")
    made = Definition(revision(number), "ACTIVE", (container,), registered_by="ci")
    return replace(made, **fields)


@pytest.fixture
def remembered(world: World) -> World:
    """A service that runs revision 7; 6 and 5 worked before it, each with a tag that never moved."""
    aws = world.aws()
    aws.services.remember(NAME, past(7, 1, NEW), past(6, 20), past(5, 44))
    aws.services.define(*(defined(number) for number in (5, 6, 7)))
    for number in (5, 6):
        aws.images.push(f"registry/orders-api:v{number}", OLD)
    return world


def under_way(world: World, status: str = "IN_PROGRESS", **fields: Any) -> None:
    """Let somebody else deploy revision 8, which does not come up."""
    facts = world.aws().services.known()[NAME]
    new = Deployment("ecs-svc/new", "PRIMARY", revision(8), 2, 0, 0, 3, START, rollout="IN_PROGRESS")
    old = replace(facts.deployments[0], status="ACTIVE")
    release = replace(ServiceDeployment(RELEASE, status, START), **fields)
    world.aws().services.change(
        NAME,
        revision=revision(8),
        deployments=(new, old),
        current_deployment=RELEASE,
        service_deployment=release,
    )


def calls(world: World) -> list[tuple[object, ...]]:
    made = world.aws().script.calls
    return [(c.method, *c.arguments) for c in made if c.method in ("deploy back", "stop deployment")]


def test_a_finished_service_goes_back_once_the_revision_was_shown(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    asked = stage.ask("rollback", "staging", NAME)
    assert telling.status(asked) == "needs confirmation"
    assert (telling.headline(asked), telling.notes(asked)) == golden(name="asked")
    (button,) = telling.offers(asked)
    assert button.label == "Roll back to staging-orders-api:6"
    assert (calls(remembered), stage.operations()) == ([], [])
    assert telling.status(stage.press(button)) == "running"
    assert calls(remembered) == [("deploy back", NAME, revision(6))]
    stage.finish()
    ended = stage.operation()
    assert ended.state == State.SUCCEEDED
    assert ended.summary == golden(name="ended")
    assert remembered.aws().services.known()[NAME].revision == revision(6)
    assert stage.entries("started")[0].before[NAME]["revision"] == revision(7)
    assert stage.entries("closed")[0].after[NAME]["revision"] == revision(6)


def test_a_named_revision_is_shown_and_deployed(stage: Stage, remembered: World) -> None:
    asked = stage.ask("rollback", "staging", NAME, arguments={"to": "5"})
    assert "staging-orders-api:5" in telling.headline(asked)
    stage.press(telling.offers(asked)[0])
    assert calls(remembered) == [("deploy back", NAME, revision(5))]


def test_a_shared_tag_is_said_to_bring_the_same_image(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    aws = remembered.aws()
    aws.services.define(defined(6, "registry/orders-api:live"))
    aws.images.push("registry/orders-api:live", NEW)
    asked = stage.ask("rollback", "staging", NAME)
    assert telling.note(asked, "same image") == golden
    pressed = stage.press(telling.offers(asked)[0])
    assert "code would not go back" in telling.note(pressed, "same image")


def test_a_tag_that_moves_between_question_and_press_is_shown_again(stage: Stage, remembered: World) -> None:
    asked = stage.ask("rollback", "staging", NAME)
    remembered.aws().images.push("registry/orders-api:v6", NEW)
    again = stage.press(telling.offers(asked)[0])
    assert (telling.status(again), calls(remembered)) == ("needs confirmation", [])
    assert telling.note(again, "names another image")
    assert telling.status(stage.press(telling.offers(again)[0])) == "running"


def test_a_deployment_that_begins_after_the_question_is_not_stopped_unseen(
    stage: Stage, remembered: World
) -> None:
    asked = stage.ask("rollback", "staging", NAME)
    under_way(remembered)
    again = stage.press(telling.offers(asked)[0])
    assert telling.status(again) != "running"
    assert calls(remembered) == []


def test_a_deployment_in_progress_is_stopped_at_once_without_a_word_of_tags(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    under_way(remembered)
    started = stage.ask("rollback", "staging", NAME)
    assert telling.status(started) == "running"
    assert telling.notes(started) == golden(name="notes")
    assert calls(remembered) == [("stop deployment", NAME, RELEASE, "")]
    stage.finish()
    ended = stage.operation()
    assert ended.state == State.SUCCEEDED
    assert ended.summary == golden(name="ended")
    assert ended.steps[0].evidence.get("left") is None or "undo" not in str(ended.steps[0].evidence)


def test_a_deployment_that_waits_at_a_hook_is_ended_there(stage: Stage, remembered: World) -> None:
    under_way(remembered, paused=True, hook="hook-1", stage="POST_TEST_TRAFFIC_SHIFT")
    stage.ask("rollback", "staging", NAME)
    assert calls(remembered) == [("stop deployment", NAME, RELEASE, "hook-1")]
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


def test_a_rollback_under_way_is_told_and_left_alone(stage: Stage, remembered: World, golden: Golden) -> None:
    under_way(remembered, "ROLLBACK_IN_PROGRESS", reason="tasks failed to start.")
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.status(answer) == "unchanged"
    assert telling.headline(answer) == golden
    assert calls(remembered) == []


def test_after_a_rollback_by_ecs_nobody_goes_further_back_by_mistake(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    done = ServiceDeployment(RELEASE, "ROLLBACK_SUCCESSFUL", START, reason="tasks failed to start.")
    remembered.aws().services.change(NAME, current_deployment=RELEASE, service_deployment=done)
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.status(answer) == "unchanged"
    assert telling.headline(answer) == golden
    (button,) = telling.offers(answer)
    assert (button.label, button.arguments) == golden(name="button")
    asked = stage.press(button)
    assert (telling.status(asked), calls(remembered)) == ("needs confirmation", [])


def test_a_restart_under_way_is_ended_by_a_rollback(stage: Stage, remembered: World) -> None:
    stage.ask("restart", "staging", NAME)
    release = remembered.aws().services.known()[NAME].service_deployment
    assert release is not None
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.status(answer) == "running"
    assert calls(remembered) == [("stop deployment", NAME, release.arn, "")]
    stage.finish()
    states = {record.name: record.state for record in stage.operations()}
    assert states == {"restart": State.CANCELLED, "rollback": State.SUCCEEDED}


def test_undo_brings_back_the_revision_it_came_from(stage: Stage, remembered: World) -> None:
    aws = remembered.aws()
    stage.sure("rollback", "staging", NAME)
    stage.finish()
    undo = {"to": "staging-orders-api:7", "expected": "staging-orders-api:6"}
    done = stage.operation()
    assert done.steps[0].evidence["undo"] == undo
    aws.services.remember(NAME, past(6, -1), past(7, 1, NEW), past(6, 20), past(5, 44))
    undone = stage.ask("rollback", "staging", NAME, arguments=undo)
    assert telling.status(undone) == "running"
    assert calls(remembered)[1:] == [("deploy back", NAME, revision(7))]


def test_undo_asks_if_another_revision_runs_by_then(stage: Stage, remembered: World, golden: Golden) -> None:
    undo = {"to": "staging-orders-api:5", "expected": "staging-orders-api:6"}
    asked = stage.ask("rollback", "staging", NAME, arguments=undo)
    assert telling.status(asked) == "needs confirmation"
    assert telling.headline(asked) == golden
    assert calls(remembered) == []
    assert telling.status(stage.press(telling.offers(asked)[0])) == "needs confirmation"


def test_what_did_not_work_before_is_not_brought_back_by_an_undo(stage: Stage, remembered: World) -> None:
    facts = remembered.aws().services.known()[NAME]
    bad = replace(facts.deployments[0], revision=revision(8), rollout="FAILED")
    remembered.aws().services.change(NAME, revision=revision(8), deployments=(bad,))
    stage.sure("rollback", "staging", NAME)
    assert calls(remembered) == [("deploy back", NAME, revision(7))]
    stage.finish()
    assert "undo" not in stage.operation().steps[0].evidence


def test_an_earlier_revision_that_fails_too_is_a_failure_that_names_what_runs(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    stage.sure("rollback", "staging", NAME)
    services = remembered.aws().services
    facts = services.known()[NAME]
    ours, old = facts.deployments
    back = replace(old, id="ecs-svc/back", status="PRIMARY", rollout_reason="rolling back to ecs-svc/0.")
    services.change(NAME, deployments=(back, replace(ours, status="ACTIVE", rollout="FAILED")))
    stage.forward(5)
    ended = stage.operation()
    assert ended.state == State.FAILED
    assert ended.summary == golden


def test_what_somebody_deploys_between_plan_and_call_stays(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    """The call waits for its turn, and meanwhile the pipeline deploys."""
    remembered.aws().services.fail("deploy back", Throttled("Too much is being asked.", retry_helps=True))
    stage.sure("rollback", "staging", NAME)
    remembered.aws().services.change(NAME, revision=revision(9))
    for _ in range(3):
        stage.forward(10)
    ended = stage.operation()
    assert ended.state == State.FAILED
    assert ended.steps[0].sentence == golden
    assert len(calls(remembered)) == 1, "the one that waited"


@pytest.mark.parametrize("wanted", ["12", "4", "web:6"])
def test_a_revision_that_does_not_exist_or_never_ran_here_is_refused(
    stage: Stage, remembered: World, wanted: str
) -> None:
    answer = stage.ask("rollback", "staging", NAME, arguments={"to": wanted})
    assert telling.rule(answer) == "rollback.never-ran"
    assert "`staging-orders-api:6`, `staging-orders-api:5`" in telling.headline(answer)
    assert [(o.label, dict(o.arguments)) for o in telling.offers(answer)] == [
        (f"Roll back to staging-orders-api:{number}", {"to": f"staging-orders-api:{number}"})
        for number in (6, 5)
    ]
    assert telling.status(stage.press(telling.offers(answer)[1])) == "needs confirmation"
    assert calls(remembered) == []


def test_a_deregistered_revision_is_refused(stage: Stage, remembered: World) -> None:
    remembered.aws().services.define(defined(6, status="INACTIVE"))
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.rule(answer) == "rollback.deregistered"
    assert [o.label for o in telling.offers(answer)] == ["Roll back to staging-orders-api:5"]


def test_a_revision_whose_pinned_image_is_gone_is_refused(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    image = f"registry/orders-api@{OLD}"
    remembered.aws().services.define(defined(6, image))
    remembered.aws().images.push(image, OLD)
    remembered.aws().images.expire(OLD)
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.rule(answer) == "rollback.image-gone"
    assert telling.headline(answer) == golden


def test_nothing_to_go_back_to_is_said(stage: Stage, world: World) -> None:
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.rule(answer) == "rollback.nothing"


def test_a_service_that_sleeps_with_its_environment_is_started_first(
    stage: Stage, remembered: World, golden: Golden
) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    answer = stage.ask("rollback", "staging", NAME)
    assert telling.rule(answer) == "rollback.asleep"
    assert telling.headline(answer) == golden
    assert [offer.operation for offer in telling.offers(answer)] == ["start"]


def test_a_service_that_others_deploy_is_refused(stage: Stage, remembered: World) -> None:
    remembered.aws().services.change(NAME, controller="CODE_DEPLOY")
    assert telling.rule(stage.ask("rollback", "staging", NAME)) == "rollback.controller"


def test_a_viewer_may_not(stage: Stage, remembered: World) -> None:
    assert telling.status(stage.ask("rollback", "staging", NAME, who=VIC)) == "refused"


@pytest.mark.parametrize("wanted", ["0", "latest", "orders-api", "orders-api:", ":7", "-1", "7.5", ""])
def test_what_is_no_revision_never_reaches_the_gate(stage: Stage, remembered: World, wanted: str) -> None:
    answer = stage.ask("rollback", "staging", NAME, arguments={"to": wanted})
    assert telling.status(answer) == "not understood"


def test_a_call_that_aws_refuses_is_told_with_its_words(stage: Stage, remembered: World) -> None:
    under_way(remembered)
    refusal = Rejected("AWS refused to roll orders-api back: it is SUCCESSFUL.", "ConflictException")
    remembered.aws().services.fail("stop deployment", refusal)
    stage.ask("rollback", "staging", NAME)
    assert stage.operation().state is State.FAILED
    assert "SUCCESSFUL" in stage.operation().summary


@pytest.mark.parametrize("after_effect", [True, False])
@pytest.mark.parametrize("method", ["deploy back", "stop deployment"])
def test_a_lost_answer_is_looked_for_and_never_sent_again(
    stage: Stage, remembered: World, method: str, after_effect: bool
) -> None:
    if method == "stop deployment":
        under_way(remembered)
    error = Unanswered("AWS did not answer.")
    remembered.aws().services.fail(method, error, after_effect=after_effect)
    stage.sure("rollback", "staging", NAME)
    for _ in range(12):
        stage.forward(5)
        if after_effect:
            remembered.move()
    assert len(calls(remembered)) == 1
    ended = stage.operation()
    assert ended.state is (State.SUCCEEDED if after_effect else State.INTERRUPTED)
    assert ended.steps[0].state is (StepState.DONE if after_effect else StepState.UNDONE)
    assert bool(ended.steps[0].evidence.get("adopted")) is after_effect


def test_a_deployment_of_another_revision_is_not_taken_for_ours(stage: Stage, remembered: World) -> None:
    remembered.aws().services.fail("deploy back", Unanswered("AWS did not answer."))
    stage.sure("rollback", "staging", NAME)
    under_way(remembered)
    for _ in range(12):
        stage.forward(5)
    assert stage.operation().state is State.INTERRUPTED


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("ROLLBACK_FAILED", State.FAILED),
        ("SUCCESSFUL", State.FAILED),
        ("STOPPED", State.SUPERSEDED),
        ("ROLLBACK_IN_PROGRESS", State.TIMED_OUT),
    ],
)
def test_a_deployment_that_does_not_go_back_ends_as_what_it_became(
    stage: Stage, remembered: World, status: str, state: State, golden: Golden
) -> None:
    under_way(remembered)
    stage.ask("rollback", "staging", NAME)
    release = remembered.aws().services.known()[NAME].service_deployment
    assert release is not None
    remembered.aws().services.change(NAME, service_deployment=replace(release, status=status))
    stage.forward(901 if state is State.TIMED_OUT else 5)
    ended = stage.operation()
    assert ended.state == state
    assert ended.summary == golden
