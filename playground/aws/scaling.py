"""Application Auto Scaling that acts: bounds, suspensions, alarms, scheduled actions (facts/ecs 3.2).

moto stores scalable targets and moves nothing. Here a target hangs on its service, and what moves the
service's desired count says so in ``moved``. Who asked is not counted as a call of UpdateService: on AWS it
is Application Auto Scaling's own.
"""

from __future__ import annotations

from dataclasses import replace

from playground.aws.ecs_services import ServiceCalls
from playground.aws.entities import ScalableTarget, SimService, Suspended
from playground.aws.errors import AwsError
from playground.aws.releases import NATIVE


class Scaling:
    """What changes targets and what they change; hold the fleet's lock."""

    def __init__(self, calls: ServiceCalls) -> None:
        self._calls = calls

    def register(
        self,
        service: SimService,
        minimum: int | None = None,
        maximum: int | None = None,
        suspended: Suspended | None = None,
    ) -> ScalableTarget:
        """Make or change a target; only what is given changes. ``ValidationException`` on bad bounds.

        Then the desired count is moved into the bounds at once, suspended or not, given or not: the flags
        are about alarms, policies and scheduled actions alone.
        """
        now = self._bounded(service, minimum, maximum)
        service.scaling = now if suspended is None else replace(now, suspended=suspended)
        self._clamp(service)
        return service.scaling

    def alarm(self, service: SimService, *, out: bool) -> str:
        """An alarm asks for one task more or less; why nothing happened, or empty."""
        target = of(service)
        if target.suspended.scaling_out if out else target.suspended.scaling_in:
            return "suspended"
        desired = int(service.row.desired_count)
        if not out and in_deployment(service):
            return "a deployment is in progress"
        wanted = _after_alarm(target, desired, out=out)
        if wanted == desired:
            return "at its bound"
        self._move(service, wanted)
        return ""

    def scheduled_action(self, service: SimService, minimum: int | None, maximum: int | None) -> str:
        """The owner's scheduled action sets bounds and moves the count; why nothing happened, or empty."""
        if of(service).suspended.scheduled:
            return "suspended"
        self.register(service, minimum, maximum)
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

    def _clamp(self, service: SimService) -> None:
        target, desired = of(service), int(service.row.desired_count)
        if service.row.status == "ACTIVE":
            self._move(service, min(max(desired, target.minimum), target.maximum))

    def _move(self, service: SimService, desired: int) -> None:
        if desired != service.row.desired_count:
            self._calls.update(service, {"desiredCount": desired})


def of(service: SimService) -> ScalableTarget:
    """The service's target; ``ObjectNotFoundException`` if it has none."""
    if service.scaling is None:
        raise AwsError("ObjectNotFoundException", f"No scalable target found for service {service.name}.")
    return service.scaling


def in_deployment(service: SimService) -> bool:
    """facts/ecs 3.2: scale-in is off meanwhile, scale-out is not."""
    if service.strategy in NATIVE:
        return not service.release.ended
    return service.primary.state == "IN_PROGRESS"


def _after_alarm(target: ScalableTarget, desired: int, *, out: bool) -> int:
    """Below the minimum a scale-out lifts to it and goes on, a scale-in does nothing (facts/ecs 3.2).

    Above the maximum it is the other way about; that half is our own reading.
    """
    if out:
        return desired if desired >= target.maximum else min(max(desired, target.minimum) + 1, target.maximum)
    return desired if desired <= target.minimum else max(min(desired, target.maximum) - 1, target.minimum)


def invalid(message: str) -> AwsError:
    """How Application Auto Scaling refuses a bad request; the wording is our own."""
    return AwsError("ValidationException", message)
