"""Orders about EC2 capacity: create, resize and remove an Auto Scaling group with its capacity provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.aws.account import ecs
from playground.aws.capacity import Group
from playground.aws.environments import ensure_cluster
from playground.aws.fleet import Fleet
from playground.aws.order_fields import Order, count_of, need


class CapacityOrders:
    """The orders about capacity; hold the fleet's lock. None of them is counted among a group's calls."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {
            "capacity.create": self.create,
            "capacity.resize": self.resize,
            "capacity.remove": self.remove,
        }

    def create(self, order: Order) -> Order:
        """Create a group and a provider of the same name from ``{cluster, name, min?, max?, desired?}``.

        Services use it with ``capacity_provider: name``; its instances are in service at once.
        """
        name, cluster = need(order, "name"), need(order, "cluster")
        if name in self._fleet.capacity.groups:
            raise ValueError(f"there is a group {name} already")
        low = count_of(order, "min") or 0
        desired = count_of(order, "desired")
        desired = max(low, 1) if desired is None else desired
        high = count_of(order, "max")
        high = desired if high is None else high
        if not low <= desired <= high:
            raise ValueError(f"desired {desired} must be between min {low} and max {high}")
        ensure_cluster(cluster)
        group = Group(name, name, cluster, low, high, desired, self._fleet.moment.at)
        self._fleet.capacity.add(group)
        ecs().create_capacity_provider(name, {"autoScalingGroupArn": group.arn}, [])
        row: Any = ecs().clusters[cluster]
        row.capacity_providers = [*(row.capacity_providers or []), name]
        return of_group(group)

    def resize(self, order: Order) -> Order:
        """Resize ``{name, min?, max?, desired?}`` as somebody else would; refused where the call would be."""
        group = self._group(order)
        sizes = (count_of(order, key) for key in ("min", "max", "desired"))
        self._fleet.capacity.resize(group, self._fleet.moment, *sizes)
        return of_group(group)

    def remove(self, order: Order) -> Order:
        """Remove the group ``{name}``, its instances and its provider at once."""
        group = self._group(order)
        self.forget(group)
        return {"removed": group.name}

    def remove_of(self, cluster: str) -> None:
        """Remove every group of a cluster that is being torn down."""
        for group in list(self._fleet.capacity.groups.values()):
            if group.cluster == cluster:
                self.forget(group)

    def forget(self, group: Group) -> None:
        self._fleet.capacity.groups.pop(group.name)
        ecs().capacity_providers.pop(group.provider, None)
        row: Any = ecs().clusters.get(group.cluster)
        if row is not None:
            row.capacity_providers = [p for p in row.capacity_providers or [] if p != group.provider]

    def _group(self, order: Order) -> Group:
        found = self._fleet.capacity.groups.get(need(order, "name"))
        if found is None:
            raise ValueError(f"no group {order['name']}")
        return found


def of_group(group: Group) -> dict[str, Any]:
    """Return what a group is and its calls so far; orders that create or resize a group answer with this."""
    return {
        "name": group.name,
        "provider": group.provider,
        "cluster": group.cluster,
        "min": group.minimum,
        "max": group.maximum,
        "desired": group.desired,
        "instances": {instance.id: instance.state for instance in group.instances},
        "calls": dict(group.calls),
    }
