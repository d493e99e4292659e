"""A deployment that does not succeed ends as what it was: failed, rolled back, superseded, timed out."""

from __future__ import annotations

import pytest

from tests.scenarios.seen import Seen
from tests.scenarios.stage import DEV, SHARED, Stage, kinds_of
from tests.scenarios.world import API, EXITS, WAITING

SECRET = "playground-not-a-secret"


def _detail(stage: Stage, message: Seen) -> str:
    """Return what was captured, from the one reply in the message's thread."""
    stage.until("the detail is in the thread", lambda: stage.thread_of(message))
    (reply,) = stage.thread_of(message)
    return reply.words


def test_failing_new_tasks_are_a_failure_with_their_output_in_the_thread(stage: Stage) -> None:
    place = stage.environment({**API, "breaker": "on", "behave": EXITS})
    stage.types(DEV, f"/env restart {place} api")
    message = stage.message_of(place, f"`api` failed to start in `{place}`")
    first = message.raw["blocks"][0]["text"]["text"]
    assert f"`api` failed to start in `{place}`: exit code 1, DATABASE_URL is missing" in first
    detail = _detail(stage, message)
    assert detail.index("FATAL: missing environment variable") < detail.index("Essential container in task")
    for words in ("Essential container in task exited", "exit code 1", "FATAL: missing environment variable"):
        assert words in detail
    closed = stage.closed(place)
    assert closed.outcome == "failed"
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert "FATAL: missing environment variable" in str(closed.evidence)
    assert closed.before and closed.after and closed.seconds
    for said in (message.words, detail, str(closed)):
        assert SECRET not in said


def test_task_output_is_kept_out_of_a_channel_that_another_company_reads(stage: Stage) -> None:
    place = stage.environment({**API, "breaker": "on", "behave": EXITS})
    stage.types(DEV, f"/env restart {place} api", channel=SHARED)
    message = stage.message_of(place, f"`api` failed to start in `{place}`")
    assert "FATAL" in _detail(stage, message)
    assert not [m for m in stage.messages(SHARED, DEV) if "FATAL" in m.words]


def test_a_rollback_by_ecs_is_reported_and_recorded_as_one(stage: Stage) -> None:
    place = stage.environment({**API, "breaker": "rollback", "behave": EXITS})
    stage.types(DEV, f"/env restart {place} api")
    message = stage.message_of(place, "rolled back")
    assert "Essential container in task exited" in _detail(stage, message)
    assert stage.closed(place).outcome == "rolled back"
    assert stage.world.deploys(place) == 1


def test_a_deployment_somebody_else_makes_meanwhile_supersedes_ours(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "0 of 1 new tasks")
    theirs = stage.world.order("deploy", cluster=place, service="api", by="ci")["deployment"]
    told = stage.message_of(place, "superseded", "superseded by another deployment")
    assert theirs not in told.words
    closed = stage.closed(place)
    assert closed.outcome == "superseded"
    assert theirs in str(closed.after)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]


def test_tasks_that_never_become_healthy_time_out_with_the_reason(stage: Stage) -> None:
    place = stage.environment({**API, "behave": "never_healthy"})
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "0 of 1 new tasks")
    stage.control.post("/clock", {"advance": 16 * 60})
    message = stage.message_of(place, "timed out", "not settled after")
    assert "failed container health checks" in message.words + _detail(stage, message)
    assert stage.closed(place).outcome == "timed out"


def test_an_image_that_cannot_be_pulled_is_reported_as_such(stage: Stage) -> None:
    place = stage.environment({**API, "breaker": "on", "behave": "pull_error"})
    stage.types(DEV, f"/env restart {place} api")
    message = stage.message_of(place, f"`api` failed to start in `{place}`")
    assert "CannotPullContainerError" in _detail(stage, message)
    assert stage.closed(place).outcome == "failed"


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"controller": "CODE_DEPLOY"}, "CodeDeploy"),
        ({"controller": "EXTERNAL"}, "an external controller"),
        ({"scheduling": "DAEMON"}, "is a daemon"),
        ({"desired": 0}, "is stopped (desired count 0)"),
    ],
)
def test_a_service_that_ecs_would_not_deploy_from_here_is_answered_in_words(
    stage: Stage, spec: dict[str, object], said: str
) -> None:
    place = stage.environment({**API, **spec})
    stage.types(DEV, f"/env restart {place} api")
    stage.nobody_else_sees(stage.hears(DEV, said))
    assert kinds_of(stage.audit(place)) == ["refused"]
    assert stage.world.asked("ecs.UpdateService", place) == []


def test_a_blue_green_service_is_judged_by_its_service_deployment(stage: Stage) -> None:
    place = stage.environment({**API, "load_balancer": True, "strategy": "BLUE_GREEN"})
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "succeeded")
    assert stage.world.service(place)["service_deployments"][0]["status"] == "SUCCESSFUL"
    assert stage.closed(place).outcome == "succeeded"
