"""What runs although its environment was stopped: whose doing that may be, and what ends the fight."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.capacity.facts import DatabaseFacts
from policies.service.facts import ServiceFacts

AWS_WAKES_WITHIN = timedelta(hours=6)
"""How long after its time a database found running still counts as woken by AWS: the start takes minutes,
and a maintenance window may come first. Ours; AWS gives the time and no tolerance (facts/ecs 3.4)."""
RUNNING = frozenset({"available", "starting", "backing-up", "configuring-enhanced-monitoring", "modifying"})


@dataclass(frozen=True)
class Drift:
    sentence: str
    advice: tuple[str, ...] = ()


def woken_by_aws(database: DatabaseFacts, restart_due: datetime | None, now: datetime) -> bool:
    """AWS starts what has been stopped for seven days; ``restart_due`` is what RDS said while it stood."""
    if restart_due is None or database.status not in RUNNING:
        return False
    return restart_due <= now <= restart_due + AWS_WAKES_WITHIN


def seen(
    services: Sequence[ServiceFacts], databases: Sequence[DatabaseFacts], woken: Collection[str] = ()
) -> Drift | None:
    """What runs in an environment that was stopped; ``None`` if nothing unexpected is running."""
    up = [f for f in services if f.desired > 0 and f.scheduling != "DAEMON"]
    awake = [d for d in databases if d.status in RUNNING and d.id not in woken and not d.cannot_stop]
    if not up and not awake:
        return None
    said = [f"`{f.name}` has {f.desired} task{'s' if f.desired > 1 else ''} wanted" for f in up[:5]]
    said += [f"{len(up) - 5} more services"] if len(up) > 5 else []
    said += [f"`{d.id}` is {d.status}" for d in awake]
    return Drift(" and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said), _advice(bool(up)))


def _advice(services: bool) -> tuple[str, ...]:
    if not services:
        return ("Somebody started it, or an automation did. It is left as it is.",)
    return (
        "Somebody, CI, an alarm or Terraform started it again. It is left as it is.",
        "If Terraform does it at each apply: `lifecycle { ignore_changes = [desired_count] }` in the "
        "`aws_ecs_service`, and in its `aws_appautoscaling_target` the same with "
        "`[min_capacity, max_capacity]`.",
    )
