"""Orders about capacity that others move: alarms, scheduled actions, Terraform, protected tasks."""

from __future__ import annotations

from collections.abc import Callable

from playground.aws.ecs_services import ServiceCalls
from playground.aws.entities import SimService
from playground.aws.fleet import Fleet
from playground.aws.order_fields import Order, count_of, need, service_of
from playground.aws.protection import protect
from playground.aws.scaling import Scaling


class ScalingOrders:
    """The orders about scaling; hold the fleet's lock. None of them is counted among a service's calls."""

    def __init__(self, fleet: Fleet, calls: ServiceCalls, scaling: Scaling) -> None:
        self._fleet, self._calls, self._scaling = fleet, calls, scaling

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {
            "alarm": self.alarm,
            "scheduled_action": self.scheduled_action,
            "terraform": self.terraform,
            "protect": self.protect,
            "predictive_scaling": self.predictive_scaling,
        }

    def alarm(self, order: Order) -> Order:
        """Set off a scaling policy's alarm: ``{cluster, service, direction: "out" | "in"}``."""
        service, direction = service_of(self._fleet, order), order.get("direction")
        if direction not in ("out", "in"):
            raise ValueError(f'direction must be "out" or "in", not {direction!r}')
        return _told(service, self._scaling.alarm(service, out=direction == "out"))

    def scheduled_action(self, order: Order) -> Order:
        """Run the owner's own scheduled action: ``{cluster, service, min?, max?}``."""
        service, least, most = service_of(self._fleet, order), count_of(order, "min"), count_of(order, "max")
        return _told(service, self._scaling.scheduled_action(service, least, most))

    def terraform(self, order: Order) -> Order:
        """Apply a Terraform configuration with ``{cluster, service, desired?, min?, max?}``.

        The suspended flags stay as they are; that is our reading of a configuration that does not name them.
        """
        service, desired = service_of(self._fleet, order), count_of(order, "desired")
        least, most = count_of(order, "min"), count_of(order, "max")
        if desired is None and least is None and most is None:
            raise ValueError("the order terraform needs desired, min or max")
        if least is not None or most is not None:
            self._scaling.register(service, least, most)
        if desired is not None:
            self._calls.update(service, {"desiredCount": desired})
        return _told(service, "")

    def predictive_scaling(self, order: Order) -> Order:
        """Give a scalable service a predictive policy that never acts here: ``{cluster, service, policy,
        mode?}``. ``mode`` is ForecastAndScale by default.
        """
        service = service_of(self._fleet, order)
        service.predictive[need(order, "policy")] = str(order.get("mode") or "ForecastAndScale")
        return _told(service, "")

    def protect(self, order: Order) -> Order:
        """Protect a service's running tasks, or one, from scale-in: ``{cluster, service, minutes, task?}``.

        0 minutes end the protection.
        """
        service, minutes = service_of(self._fleet, order), float(need(order, "minutes"))
        wanted = order.get("task")
        tasks = [
            task
            for task in service.tasks.values()
            if task.desired_status == "RUNNING" and wanted in (None, task.id, task.task_arn)
        ]
        if not tasks:
            raise ValueError(f"{service.name} has no such running task")
        for task in tasks:
            protect(task, minutes, self._fleet.moment)
        service.steady = False
        return {"tasks": [task.task_arn for task in tasks], "minutes": minutes}


def _told(service: SimService, unmoved: str) -> Order:
    """Answer the count and bounds; ``unmoved`` is why nothing happened, or empty."""
    target = service.scaling
    return {
        "desired": service.row.desired_count,
        "min": target.minimum if target else None,
        "max": target.maximum if target else None,
        "acted": not unmoved,
        "why": unmoved,
    }
