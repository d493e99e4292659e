"""Target groups: which task addresses are registered, and how healthy the load balancer finds them.

moto registers nothing and calls every target healthy (facts/ecs 11).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from moto.elbv2.models import FakeTargetGroup

from playground.aws.account import ec2, elb
from playground.aws.errors import AwsError

CHECK_SECONDS = 2.5
"""The seconds from registration to healthy; a real target group takes its interval times its threshold, 10 to
150 s.
"""
LONGEST_NAME = 32

REASONS = {
    "initial": ("Elb.InitialHealthChecking", "Initial health checks in progress"),
    "unhealthy": ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]"),
    "draining": ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
}


@dataclass
class Target:
    """One registered address."""

    ip: str
    port: int
    state: str = "initial"


class TargetBook:
    """The registered addresses by target group ARN."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, Target]] = {}

    def register(self, group: str, ip: str, port: int) -> None:
        self._groups.setdefault(group, {})[ip] = Target(ip, port)

    def set(self, group: str, ip: str, state: str) -> None:
        """Change a target's state; an unregistered target is left alone."""
        target = self._groups.get(group, {}).get(ip)
        if target:
            target.state = state

    def state(self, group: str, ip: str) -> str | None:
        target = self._groups.get(group, {}).get(ip)
        return target.state if target else None

    def remove(self, group: str, ip: str) -> None:
        self._groups.get(group, {}).pop(ip, None)

    def shown(self, group: str, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the ``TargetHealthDescriptions`` of a group, for the ``asked`` targets or all."""
        if group not in elb().target_groups:
            raise AwsError("TargetGroupNotFound", "One or more target groups not found")
        known = self._groups.get(group, {})
        if not asked:
            return [_described(target) for target in known.values()]
        return [_described(known[a["Id"]]) if a["Id"] in known else _unknown(a) for a in asked]


def _described(target: Target) -> dict[str, Any]:
    health: dict[str, Any] = {"State": target.state}
    if target.state in REASONS:
        health["Reason"], health["Description"] = REASONS[target.state]
    return {
        "Target": {"Id": target.ip, "Port": target.port, "AvailabilityZone": "eu-central-1a"},
        "HealthCheckPort": str(target.port),
        "TargetHealth": health,
    }


def _unknown(asked: dict[str, Any]) -> dict[str, Any]:
    health = {
        "State": "unused",
        "Reason": "Target.NotRegistered",
        "Description": "Target is not registered to the target group",
    }
    return {"Target": asked, "TargetHealth": health}


def elb_name(name: str) -> str:
    """Return the name in a form that a load balancer or a target group may have."""
    plain = re.sub(r"[_-]+", "-", name).strip("-")
    return shortened(name, LONGEST_NAME, told=plain) if plain != name else shortened(name, LONGEST_NAME)


def create_target_group(name: str, port: int, drain_seconds: float) -> str:
    """Create an IP target group in the default VPC, or find it; return its ARN. Its name has no underscores,
    no hyphen at either end and no two in a row; a hash replaces what was changed or cut.
    """
    short = elb_name(name)
    for existing in elb().target_groups.values():
        if existing.name == short:
            return str(existing.arn)
    vpc = next(iter(ec2().vpcs))
    group: FakeTargetGroup = elb().create_target_group(
        short, vpc_id=vpc, protocol="HTTP", port=str(port), target_type="ip", healthcheck_path="/health"
    )
    group.attributes["deregistration_delay.timeout_seconds"] = int(drain_seconds)
    return str(group.arn)


def shortened(name: str, most: int, *, told: str = "") -> str:
    """Return the name if it fits, else as much of it (or of ``told``, its readable form) as fits before a
    hash of the whole name.
    """
    if len(name) <= most and not told:
        return name
    return f"{(told or name)[: most - 9].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def short_group(arn: str) -> str:
    """Return the form in which service events name a target group."""
    return f"(target-group {arn})"
