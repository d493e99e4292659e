"""Application Auto Scaling that acts: bounds, suspensions, alarms, scheduled actions (facts/ecs 3.2).

moto stores scalable targets and moves nothing. Here a target belongs to its service and moves that service's
desired count. Such a move is not counted as a call of UpdateService, because on AWS it is Application Auto
Scaling's own call.
"""

from __future__ import annotations

import uuid
from dataclasses import replace

from playground.aws.ecs_services import ServiceCalls
from playground.aws.entities import ScalableTarget, SimService, Suspended
from playground.aws.errors import AwsError
from playground.aws.releases import NATIVE


class Scaling:
    """Changes scalable targets and the counts that follow them; hold the fleet's lock."""

    def __init__(self, calls: ServiceCalls) -> None:
        self._calls = calls

    def register(
        self,
        service: SimService,
        minimum: int | None = None,
        maximum: int | None = None,
        suspended: Suspended | None = None,
        cause: str = "",
    ) -> ScalableTarget:
        """Create or change a target; only what is given changes. ``ValidationException`` on bad bounds.

        Then the desired count moves into the bounds at once, whether or not scaling is suspended or a bound
        was given: the flags apply only to alarms, policies and scheduled actions.
        """
        now = self._bounded(service, minimum, maximum)
        service.scaling = now if suspended is None else replace(now, suspended=suspended)
        self._clamp(service, cause)
        return service.scaling

    def alarm(self, service: SimService, *, out: bool) -> str:
        """Raise or lower the count by one task, as an alarm asks; return why it failed, or an empty text."""
        target = of(service)
        if target.suspended.scaling_out if out else target.suspended.scaling_in:
            return "suspended"
        desired = int(service.row.desired_count)
        if not out and in_deployment(service):
            return "a deployment is in progress"
        wanted = _after_alarm(target, desired, out=out)
        if wanted == desired:
            return "at its bound"
        way = "high" if out else "low"
        self._move(
            service, wanted, f"monitor alarm {service.name}-cpu-{way} in state ALARM triggered policy cpu"
        )
        return ""

    def scheduled_action(self, service: SimService, minimum: int | None, maximum: int | None) -> str:
        """Set bounds and move the count, as a scheduled action does; return why this failed, or an empty
        text.
        """
        if of(service).suspended.scheduled:
            return "suspended"
        self.register(service, minimum, maximum, cause="scheduled action name office-hours was triggered")
        return ""

    def _bounded(self, service: SimService, minimum: int | None, maximum: int | None) -> ScalableTarget:
        old = service.scaling
        if old is None and (minimum is None or maximum is None):
            raise invalid("MinCapacity and MaxCapacity are required when registering a new scalable target.")
        if service.row.scheduling_strategy == "DAEMON":
            raise invalid("A service with the DAEMON scheduling strategy cannot be a scalable target.")
        fresh = old or ScalableTarget(0, 0, self._calls.fleet.moment.at)
        low = fresh.minimum if minimum is None else minimum
        high = fresh.maximum if maximum is None else maximum
        if low < 0 or high < low:
            raise invalid("Maximum capacity cannot be less than minimum capacity, nor minimum less than 0.")
        return replace(fresh, minimum=low, maximum=high)

    def _clamp(self, service: SimService, cause: str) -> None:
        target, desired = of(service), int(service.row.desired_count)
        bound, limit = (
            ("minimum", target.minimum) if desired < target.minimum else ("maximum", target.maximum)
        )
        if service.row.status == "ACTIVE":
            wanted = min(max(desired, target.minimum), target.maximum)
            self._move(service, wanted, cause or f"{bound} capacity was set to {limit}")

    def _move(self, service: SimService, desired: int, cause: str) -> None:
        """Change the count, which leaves an activity. The sentences follow AWS's examples (facts/ecs 3.2)."""
        if desired == service.row.desired_count:
            return
        self._calls.update(service, {"desiredCount": desired})
        at, said = self._calls.fleet.moment.at, f"set desired count to {desired}."
        activity = {
            "ActivityId": str(uuid.uuid4()),
            "Description": f"Setting desired count to {desired}.",
            "Cause": cause,
            "StartTime": at,
            "EndTime": at,
            "StatusCode": "Successful",
            "StatusMessage": f"Successfully {said} Change successfully fulfilled by ecs.",
        }
        service.activities.insert(0, activity)


def of(service: SimService) -> ScalableTarget:
    """Return the service's target; ``ObjectNotFoundException`` if it has none."""
    if service.scaling is None:
        raise AwsError("ObjectNotFoundException", f"No scalable target found for service {service.name}.")
    return service.scaling


def in_deployment(service: SimService) -> bool:
    """Return whether a deployment is in progress; scale-in is then off, scale-out is not (facts/ecs 3.2)."""
    if service.strategy in NATIVE:
        return not service.release.ended
    return service.primary.state == "IN_PROGRESS"


def _after_alarm(target: ScalableTarget, desired: int, *, out: bool) -> int:
    """Return the count after an alarm. Below the minimum, a scale-out lifts the count to the minimum and adds
    one, and a scale-in does nothing (facts/ecs 3.2).

    Above the maximum, the roles are reversed; that half is our own reading.
    """
    if out:
        return desired if desired >= target.maximum else min(max(desired, target.minimum) + 1, target.maximum)
    return desired if desired <= target.minimum else max(min(desired, target.maximum) - 1, target.minimum)


def invalid(message: str) -> AwsError:
    """Return Application Auto Scaling's refusal of a bad request; the wording is our own."""
    return AwsError("ValidationException", message)
