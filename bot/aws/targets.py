"""Target health, as the load balancer sees it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.aws.errors import translated
from bot.aws.place import Place
from handlers.words.errors import Absent
from policies.service.facts import Target


def read_targets(place: Place, groups: Sequence[str]) -> tuple[Target, ...]:
    """Every registered target. A target group that is gone has none, so nothing in it counts as healthy."""
    return tuple(target for group in groups for target in _of_group(place, group))


def _of_group(place: Place, group: str) -> list[Target]:
    action = f"read target health in {place.environment.name}"
    client = place.elb(action)
    try:
        with translated(action):
            answer = client.describe_target_health(TargetGroupArn=group)
    except Absent:
        return []
    found = []
    for row in answer["TargetHealthDescriptions"]:
        health = row.get("TargetHealth", {})
        ip = row.get("Target", {}).get("Id", "")
        found.append(Target(group, ip, health.get("State", "unavailable"), health.get("Reason", "")))
    return found
