"""How a service is as it stands, for ``status``."""

from __future__ import annotations

from typing import Any

import pytest

from policies.service.facts import Event
from policies.service.health import Health, Judgement
from policies.service.status import describe
from tests.policies.make import after, deployment, facts, failed, release, target, task

SETTLED: dict[str, Any] = {"deployments": (deployment(rollout="COMPLETED"),)}
TROUBLE = (Event(after(0), "(service api) was unable to place a task."),)
UNKNOWN = (task(1, health="UNKNOWN"), task(2, health="UNKNOWN"))


@pytest.mark.parametrize(
    ("changes", "health", "said"),
    [
        ({}, Health.HEALTHY, "2 of 2 tasks healthy"),
        ({"tasks": ()}, Health.UNMEASURED, "2 of 2 tasks running"),
        ({"tasks": UNKNOWN}, Health.UNMEASURED, "health not measured"),
        (
            {"tasks": (), "running": 1, "events": TROUBLE},
            Health.UNHEALTHY,
            "1 of 2 tasks running; (service api) was unable",
        ),
        (
            {"tasks": (task(1), failed(2))},
            Health.UNHEALTHY,
            "1 of 2 tasks healthy; Essential container in task exited",
        ),
        (
            {"tasks": (task(1), task(2, health="UNHEALTHY"))},
            Health.UNHEALTHY,
            "1 failing the container health check",
        ),
        (
            {
                "target_groups": ("tg-a",),
                "targets": (target(1), target(2, "unhealthy", reason="Target.Timeout")),
            },
            Health.UNHEALTHY,
            "1 of 2 tasks healthy; target unhealthy: Target.Timeout",
        ),
        ({"desired": 0, "running": 0, "tasks": ()}, Health.STOPPED, "stopped"),
        ({"desired": 0, "running": 1}, Health.STOPPED, "stopping: 1 task is left"),
        ({"status": "DRAINING"}, Health.UNKNOWN, "DRAINING"),
        ({"deployments": ()}, Health.UNKNOWN, "no deployment"),
        ({"deployments": (deployment(),)}, Health.IN_PROGRESS, "deploying: 2 of 2 new tasks healthy"),
        (
            {"deployments": (deployment(failed_tasks=2, running=1),), "tasks": ()},
            Health.IN_PROGRESS,
            "1 of 2 new tasks running; 2 failed so far",
        ),
        (
            {"deployments": (deployment(rollout="FAILED", rollout_reason="tasks failed."),)},
            Health.FAILED,
            "the deployment failed: tasks failed.",
        ),
        (
            {"service_deployment": release("ROLLBACK_IN_PROGRESS", reason="alarm")},
            Health.ROLLED_BACK,
            "rolling back: alarm",
        ),
        (
            {"service_deployment": release("ROLLBACK_SUCCESSFUL", reason="alarm")},
            Health.HEALTHY,
            "the last deployment was rolled back: alarm",
        ),
        (
            {"strategy": "BLUE_GREEN", "service_deployment": release(stage="BAKE_TIME", paused=True)},
            Health.IN_PROGRESS,
            "deploying, stage bake time, paused until somebody continues it",
        ),
        ({"controller": "CODE_DEPLOY", "deployments": ()}, Health.UNMEASURED, "deployed by CodeDeploy"),
        (
            {"controller": "EXTERNAL", "deployments": (), "running": 1},
            Health.UNHEALTHY,
            "1 of 2 tasks running",
        ),
    ],
)
def test_each_state_has_its_word_and_its_reason(changes: dict[str, Any], health: Health, said: str) -> None:
    judged = describe(facts(**SETTLED | changes))
    assert judged.health is health
    assert said in judged.sentence


def test_the_gravest_comes_first_and_what_runs_is_well() -> None:
    def gravity(health: Health) -> int:
        return Judgement(health, "x").gravity

    assert gravity(Health.HEALTHY) == gravity(Health.UNMEASURED) == 0
    assert sorted(Health, key=gravity)[-3:] == [Health.UNHEALTHY, Health.ROLLED_BACK, Health.FAILED]
    assert all(gravity(health) > 0 for health in Health if health not in (Health.HEALTHY, Health.UNMEASURED))
