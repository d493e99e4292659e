"""What nobody needs any more but the account still has: created by an order, dated some weeks back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from playground.aws.account import REGION, arn, ec2, ecs, logs
from playground.aws.balancers import ensure_balancer
from playground.aws.fleet import Fleet
from playground.aws.history import Standing
from playground.aws.price_products import SHORT

AGE = timedelta(days=64)
VOLUME_GB = 100
VOLUME_HOUR = "0.01304"
"""USD per hour of such a volume: 0.0952 a month per GB, near AWS's price but not verified."""
ADDRESS = "203.0.113.24"
"""An address from a block reserved for documentation."""
NAMES = {"balancer": "old-checkout", "cluster": "sandbox-2025", "logs": "/ecs/old-checkout/web"}


def volume_arn(name: str) -> str:
    return arn("ec2", f"volume/{name}")


def leave(fleet: Fleet) -> dict[str, Any]:
    """Leave a load balancer without targets, an unattached volume, an unused address, an empty cluster and a
    log group that keeps everything for ever. A second call creates only what is missing.
    """
    at = fleet.moment.at - AGE
    balancer = ensure_balancer(NAMES["balancer"], fleet.history, at=at, tags={}, owner="leftover")
    if NAMES["cluster"] not in ecs().clusters:
        ecs().create_cluster(NAMES["cluster"], [])
    groups: Any = logs().groups
    if NAMES["logs"] not in groups:
        logs().create_log_group(NAMES["logs"], {})
        groups[NAMES["logs"]].creation_time = at.astimezone(UTC).replace(tzinfo=None)
    return {
        "balancer": balancer,
        "volume": _volume(fleet, at),
        "address": _address(fleet, at),
        "cluster": NAMES["cluster"],
        "log_group": NAMES["logs"],
    }


def _volume(fleet: Fleet, at: datetime) -> str:
    for volume in ec2().volumes.values():
        if volume.status == "available":
            return str(volume.id)
    made: Any = ec2().create_volume(size=VOLUME_GB, zone_name=f"{REGION}a", volume_type="gp3")
    made.create_time = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    usage = f"{SHORT[REGION]}EBS:VolumeUsage.gp3"
    fleet.history.standing[made.id] = Standing(f"leftover/{made.id}", "EC2 - Other", usage, VOLUME_HOUR, at)
    return str(made.id)


def _address(fleet: Fleet, at: datetime) -> str:
    for address in ec2().addresses:
        if not address.association_id:
            return str(address.public_ip)
    made = ec2().allocate_address("vpc")
    made.public_ip = ADDRESS
    usage = f"{SHORT[REGION]}PublicIPv4:IdleAddress"
    standing = Standing(f"leftover/{made.public_ip}", "Amazon Virtual Private Cloud", usage, "0.005", at)
    fleet.history.standing[made.public_ip] = standing
    return str(made.public_ip)
