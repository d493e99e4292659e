"""The deployment circuit breaker and what a roll-back does (facts/ecs 2.3 and 2.4)."""

from __future__ import annotations

import math
from datetime import datetime

from playground.aws.entities import SimService
from playground.aws.lifecycle import Lifecycle
from playground.aws.moment import Moment
from playground.aws.releases import NATIVE, Deployment, nineteen_digits

LEAST, MOST, SHARE = 3, 200, 50
FAILED_TO_START = "ECS deployment circuit breaker: tasks failed to start."


def threshold(service: SimService) -> int:
    """Return how many failures trip the breaker: half of the desired count, at least 3 and at most 200, or as
    configured.
    """
    breaker = service.configuration.get("deploymentCircuitBreaker") or {}
    configured = breaker.get("thresholdConfiguration") or {}
    kind, value = configured.get("type", "BOUNDED_PERCENT"), configured.get("value", SHARE)
    if kind == "COUNT":
        return int(value)
    share: int = math.ceil(service.wanted * value / 100)
    return max(1, share) if kind == "UNBOUNDED_PERCENT" else max(LEAST, min(MOST, share))


def check(service: SimService, lifecycle: Lifecycle, moment: Moment) -> None:
    """Trip the breaker if it is on and the running deployment has failed often enough."""
    breaker = service.configuration.get("deploymentCircuitBreaker") or {}
    primary = service.primary
    if not breaker.get("enable") or primary.state != "IN_PROGRESS" or primary.failed < threshold(service):
        return
    primary.release.tripped = True
    service.say(
        f"(service {service.name}) (deployment {primary.id}) deployment failed: tasks failed to start.",
        moment.at,
    )
    if primary.release.rollback is not None:
        primary.moved("FAILED", FAILED_TO_START, moment.at)
        primary.release.close("ROLLBACK_FAILED", FAILED_TO_START, moment.at)
    elif breaker.get("rollback") and service.good is not None:
        roll_back(service, lifecycle, moment, reason=FAILED_TO_START)
    else:
        # With nothing to return to, or no roll-back wanted, the service stalls: no new tasks (facts/ecs 2.4).
        primary.moved("FAILED", FAILED_TO_START, moment.at)
        primary.release.close("STOPPED", "Service deployment stopped: tasks failed to start.", moment.at)


def roll_back(service: SimService, lifecycle: Lifecycle, moment: Moment, *, reason: str) -> None:
    """Return to the last good revision. The caller has checked that there is one.

    With rolling deployments, that revision gets a new PRIMARY deployment, with its digests. With native
    strategies, the deployment that still carries the traffic becomes PRIMARY again; that half is our own
    reading of ECS.
    """
    failed, good = service.primary, service.good
    assert good is not None
    failed.moved("FAILED", reason, moment.at)
    failed.status = "ACTIVE"
    _mark(failed, good, reason, moment.at)
    service.row.task_definition = good.revision.task_definition
    service.say(f"(service {service.name}) rolling back to deployment {good.id}.", moment.at)
    if service.strategy in NATIVE and good in service.deployments:
        service.deployments.remove(good)
        good.status, good.updated_at = "PRIMARY", moment.at
        service.deployments.insert(0, good)
    else:
        service.deployments.insert(0, _return(service, failed, good, moment.at))
    why = f"Scaling activity initiated by (deployment {failed.id})"
    for task in service.live(failed):
        lifecycle.stop(task, service, moment, code="ServiceSchedulerInitiated", reason=why)


def _mark(failed: Deployment, good: Deployment, reason: str, at: datetime) -> None:
    release = failed.release
    release.status, release.reason, release.updated_at, release.hook = (
        "ROLLBACK_IN_PROGRESS",
        reason,
        at,
        None,
    )
    release.rollback = {"reason": reason, "startedAt": at, "serviceRevisionArn": good.revision.arn}


def _return(service: SimService, failed: Deployment, good: Deployment, at: datetime) -> Deployment:
    back = Deployment(
        id=f"ecs-svc/{nineteen_digits()}",
        revision=good.revision,
        release=failed.release,
        created_at=at,
        updated_at=at,
        target_groups=good.target_groups,
    )
    back.reason = f"ECS deployment circuit breaker: rolling back to deploymentId {good.id}."
    return back
