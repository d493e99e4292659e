"""Auto Scaling groups behind capacity providers, and where tasks of their services may run (facts/ecs 3.3).

Managed scaling is off: only a call or an order changes a group. A task of such a service stays PROVISIONING
until an instance is in service, and stops when its instance goes away; both are our own reading. How many
tasks fit on an instance is not simulated.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from playground.aws.account import ACCOUNT, REGION, arn
from playground.aws.errors import AwsError
from playground.aws.moment import Moment

LAUNCH_SECONDS = 20.0
TERMINATE_SECONDS = 10.0
"""Our own durations; on AWS an instance takes a minute or two."""
State = Literal["Pending", "InService", "Terminating"]


@dataclass
class Instance:
    """One EC2 instance. ``due`` is when a state other than InService ends, in elapsed seconds."""

    id: str
    arn: str
    state: State = "InService"
    due: float = 0.0


@dataclass
class Group:
    """One Auto Scaling group. ``provider`` is the capacity provider in front of it; its instances join
    ``cluster``.
    """

    name: str
    provider: str
    cluster: str
    minimum: int
    maximum: int
    desired: int
    created_at: datetime
    instances: list[Instance] = field(default_factory=list)
    calls: dict[str, int] = field(
        default_factory=lambda: {"UpdateAutoScalingGroup": 0, "SetDesiredCapacity": 0}
    )

    @property
    def arn(self) -> str:
        where = f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:playground"
        return f"{where}:autoScalingGroupName/{self.name}"

    def meant(self) -> list[Instance]:
        """Return the instances that exist or are starting."""
        return [instance for instance in self.instances if instance.state != "Terminating"]


class CapacityBook:
    """Every group of the account and region, by name; hold the fleet's lock."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}

    def add(self, group: Group) -> None:
        """Add a group with its desired instances in service."""
        self.groups[group.name] = group
        group.instances = [_instance(group, "InService", 0.0) for _ in range(group.desired)]

    def find(self, name: str) -> Group:
        found = self.groups.get(name)
        if found is None:
            raise AwsError(
                "ValidationError", f"AutoScalingGroup name not found - AutoScalingGroup {name} not found"
            )
        return found

    def behind(self, provider: str) -> Group | None:
        return next((group for group in self.groups.values() if group.provider == provider), None)

    def resize(
        self,
        group: Group,
        moment: Moment,
        minimum: int | None = None,
        maximum: int | None = None,
        desired: int | None = None,
    ) -> None:
        """Change only the given sizes. A desired count that is not given follows the new bounds. A given one
        outside the bounds is refused, and nothing changes. Both rules are the service model's.
        """
        low = group.minimum if minimum is None else minimum
        high = group.maximum if maximum is None else maximum
        wanted = min(max(group.desired, low), high) if desired is None else desired
        if low < 0 or high < low:
            raise AwsError("ValidationError", "Max bound must be greater than or equal to min bound.")
        if not low <= wanted <= high:
            why = (
                f"Desired capacity:{wanted} must be between the specified min size:{low} and max size:{high}"
            )
            raise AwsError("ValidationError", why)
        group.minimum, group.maximum, group.desired = low, high, wanted
        for _ in range(wanted - len(group.meant())):
            group.instances.append(_instance(group, "Pending", moment.t + LAUNCH_SECONDS))
        for instance in group.meant()[wanted:]:
            instance.state, instance.due = "Terminating", moment.t + TERMINATE_SECONDS

    def live(self, moment: Moment) -> None:
        """Let all instances live up to ``moment``."""
        for group in self.groups.values():
            over = [i for i in group.instances if i.state == "Terminating" and moment.t >= i.due]
            group.instances = [i for i in group.instances if i not in over]
            for instance in group.instances:
                if instance.state == "Pending" and moment.t >= instance.due:
                    instance.state = "InService"

    def place(self, provider: str) -> str | None:
        """Return any instance in service for a new task; ``None`` if there is none."""
        group = self.behind(provider)
        ready = [i.arn for i in group.instances if i.state == "InService"] if group else []
        return random.choice(ready) if ready else None

    def holds(self, instance_arn: str) -> bool:
        """Return whether that instance still exists."""
        return any(i.arn == instance_arn for group in self.groups.values() for i in group.instances)


def _instance(group: Group, state: State, due: float) -> Instance:
    identity = f"{random.getrandbits(128):032x}"
    place = arn("ecs", f"container-instance/{group.cluster}/{identity}")
    return Instance(f"i-{identity[:17]}", place, state, due)
