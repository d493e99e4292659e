"""Makers of facts, as short as the cases need them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from policies.service.environment import ClusterPick, Environment, Tier
from policies.service.facts import (
    Container,
    ContainerImage,
    Deployment,
    ServiceDeployment,
    ServiceFacts,
    Target,
    Task,
)
from policies.service.health import Tracked

BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
OLD, OURS, THEIRS = "ecs-svc/1", "ecs-svc/2", "ecs-svc/3"
RELEASE = "arn:aws:ecs:eu-west-1:111122223333:service-deployment/staging/orders-api/abc"
REVISION = "arn:aws:ecs:eu-west-1:111122223333:task-definition/orders-api:7"


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def deployment(id: str = OURS, **changes: Any) -> Deployment:
    made = Deployment(
        id=id,
        status="PRIMARY" if id != OLD else "ACTIVE",
        revision=REVISION,
        desired=2,
        running=2,
        pending=0,
        failed_tasks=0,
        created_at=BEGAN - timedelta(hours=1) if id == OLD else BEGAN,
        rollout="IN_PROGRESS" if id != OLD else "COMPLETED",
    )
    return replace(made, **changes)


def task(n: int, of: str = OURS, **changes: Any) -> Task:
    made = Task(
        id=f"{n:032x}",
        deployment=of,
        revision=REVISION,
        last_status="RUNNING",
        created_at=BEGAN,
        health="HEALTHY",
        ip=f"10.0.0.{n}",
        containers=(Container("app"),),
    )
    return replace(made, **changes)


def failed(n: int, of: str = OURS, **changes: Any) -> Task:
    values: dict[str, Any] = {
        "last_status": "STOPPED",
        "health": "UNKNOWN",
        "stop_code": "EssentialContainerExited",
        "stopped_reason": "Essential container in task exited",
        "stopped_at": after(n),
        "containers": (Container("app", exit_code=1),),
    }
    return task(n, of, **(values | changes))


def facts(**changes: Any) -> ServiceFacts:
    """Facts of ``orders-api``: both of its new tasks are healthy, no old task is left, and the rollout is in
    progress.
    """
    made = ServiceFacts(
        name="orders-api",
        cluster="staging",
        arn="arn:aws:ecs:eu-west-1:111122223333:service/staging/orders-api",
        at=after(38),
        status="ACTIVE",
        desired=2,
        running=2,
        pending=0,
        revision=REVISION,
        deployments=(deployment(),),
        tasks=(task(1), task(2)),
        images=(
            ContainerImage("app", "registry/app:live", log_group="/staging/orders-api", log_prefix="ecs"),
        ),
    )
    return replace(made, **changes)


def release(status: str = "IN_PROGRESS", **changes: Any) -> ServiceDeployment:
    return replace(ServiceDeployment(arn=RELEASE, status=status, created_at=BEGAN), **changes)


def tracked(**changes: Any) -> Tracked:
    return replace(Tracked(OURS, RELEASE, BEGAN, timedelta(minutes=15)), **changes)


def target(n: int, state: str = "healthy", group: str = "tg-a", reason: str = "") -> Target:
    return Target(group, f"10.0.0.{n}", state, reason)


def environment(name: str = "staging", **changes: Any) -> Environment:
    made = Environment(name, Tier.NONPRODUCTION, "111122223333", "eu-west-1", ClusterPick(name))
    return replace(made, **changes)
