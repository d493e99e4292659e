"""How a service stands now, for ``status``."""

from __future__ import annotations

from typing import Any

import pytest

from policies.service.facts import Event
from policies.service.health import Health, Judgement
from policies.service.status import describe
from tests.golden import Golden
from tests.policies.make import after, deployment, facts, failed, release, target, task

SETTLED: dict[str, Any] = {"deployments": (deployment(rollout="COMPLETED"),)}
TROUBLE = (Event(after(0), "(service api) was unable to place a task."),)
UNKNOWN = (task(1, health="UNKNOWN"), task(2, health="UNKNOWN"))
TIMED_OUT = (target(1), target(2, "unhealthy", reason="Target.Timeout"))
PAUSED = release(stage="BAKE_TIME", paused=True)
FALTERING = (deployment(failed_tasks=2, running=1),)
BROKEN = deployment(rollout="FAILED", rollout_reason="ECS deployment circuit breaker: tasks failed to start.")
FAILED = (deployment(rollout="FAILED", rollout_reason="tasks failed."),)
BACKWARDS, BACK = (release(f"ROLLBACK_{how}", reason="alarm") for how in ("IN_PROGRESS", "SUCCESSFUL"))
STATES: dict[str, tuple[dict[str, Any], Health]] = {
    "healthy": ({}, Health.HEALTHY),
    "running": ({"tasks": ()}, Health.UNMEASURED),
    "not measured": ({"tasks": UNKNOWN}, Health.UNMEASURED),
    "cannot be placed": ({"tasks": (), "running": 1, "events": TROUBLE}, Health.UNHEALTHY),
    "one exited": ({"tasks": (task(1), failed(2))}, Health.UNHEALTHY),
    "failing its check": ({"tasks": (task(1), task(2, health="UNHEALTHY"))}, Health.UNHEALTHY),
    "unhealthy target": ({"target_groups": ("tg-a",), "targets": TIMED_OUT}, Health.UNHEALTHY),
    "stopped": ({"desired": 0, "running": 0, "tasks": ()}, Health.STOPPED),
    "stopping": ({"desired": 0, "running": 1}, Health.STOPPED),
    "draining": ({"status": "DRAINING"}, Health.UNKNOWN),
    "no deployment": ({"deployments": ()}, Health.UNKNOWN),
    "deploying": ({"deployments": (deployment(),)}, Health.IN_PROGRESS),
    "deploying badly": (
        {"deployments": FALTERING, "tasks": ()},
        Health.IN_PROGRESS,
    ),
    "failed": (
        {"deployments": FAILED},
        Health.FAILED,
    ),
    "rolling back": (
        {"service_deployment": BACKWARDS},
        Health.ROLLED_BACK,
    ),
    "rolling back beside new tasks": ({"service_deployment": BACKWARDS, "running": 4}, Health.ROLLED_BACK),
    "given up by the circuit breaker": ({"deployments": (BROKEN,)}, Health.FAILED),
    "rolled back": ({"service_deployment": BACK}, Health.HEALTHY),
    "paused": ({"strategy": "BLUE_GREEN", "service_deployment": PAUSED}, Health.IN_PROGRESS),
    "CodeDeploy": ({"controller": "CODE_DEPLOY", "deployments": ()}, Health.UNMEASURED),
    "external": ({"controller": "EXTERNAL", "deployments": (), "running": 1}, Health.UNHEALTHY),
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_word_and_its_reason(state: str, golden: Golden) -> None:
    changes, health = STATES[state]
    judged = describe(facts(**SETTLED | changes))
    assert judged.health is health
    assert judged.sentence == golden


def test_the_gravest_state_comes_first_and_a_running_service_is_healthy() -> None:
    def gravity(health: Health) -> int:
        return Judgement(health, "x").gravity

    assert gravity(Health.HEALTHY) == gravity(Health.UNMEASURED) == 0
    assert sorted(Health, key=gravity)[-3:] == [Health.UNHEALTHY, Health.ROLLED_BACK, Health.FAILED]
    assert all(gravity(health) > 0 for health in Health if health not in (Health.HEALTHY, Health.UNMEASURED))
