"""Application load balancers: one for each environment that has services behind a load balancer.

moto keeps the load balancers; this module sets their creation times and which target groups belong to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from playground.aws.account import ec2, elb
from playground.aws.history import History, Standing
from playground.aws.price_products import SHORT
from playground.aws.targets import elb_name

HOUR = "0.027"
"""USD per hour, the price in the playground's Price List for eu-central-1."""
SERVICE = "Amazon Elastic Load Balancing"
USAGE = f"{SHORT['eu-central-1']}LoadBalancerUsage"


def ensure_balancer(name: str, history: History, *, at: datetime, tags: dict[str, str], owner: str) -> str:
    """Return the ARN of the load balancer of that name, creating it if absent; ``owner`` is the cluster that
    owns it.
    """
    short = elb_name(name)
    for existing in elb().load_balancers.values():
        if existing.name == short:
            return str(existing.arn)
    subnets = [subnet for zone in list(ec2().subnets.values())[:2] for subnet in list(zone)[:1]]
    rows = [{"Key": key, "Value": value} for key, value in tags.items()]
    made = elb().create_load_balancer(short, [], subnets, tags=rows)
    made.created_time = _written(at)
    history.standing[made.arn] = Standing(f"{owner}/{short}", SERVICE, USAGE, HOUR, at, tags)
    return str(made.arn)


def date_back(groups: Iterable[str], history: History, begin: datetime) -> None:
    """Move the creation of these target groups' load balancers back to ``begin``, unless they are older
    already. A load balancer that a caller made stays as it is.
    """
    for group in groups:
        for balancer in elb().target_groups[group].load_balancer_arns:
            row = history.standing.get(balancer)
            if row is not None:
                row.begin = min(row.begin, begin)
                elb().load_balancers[balancer].created_time = _written(row.begin)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def attach(balancer: str, group: str) -> None:
    """Attach the target group to that load balancer."""
    owners = elb().target_groups[group].load_balancer_arns
    if balancer not in owners:
        owners.append(balancer)


def remove_of(cluster: str, history: History, at: datetime) -> None:
    """Remove the load balancers made for that cluster; their target groups stay behind."""
    for arn, row in list(history.standing.items()):
        if arn in elb().load_balancers and row.id.startswith(f"{cluster}/"):
            elb().load_balancers.pop(arn)
            for group in elb().target_groups.values():
                group.load_balancer_arns = [a for a in group.load_balancer_arns if a != arn]
    history.forget(cluster, at)


def name_of(arn: str) -> str:
    """Return the name that metrics use for a load balancer or target group: ``app/web/1a2b``,
    ``targetgroup/web/3c4d``.
    """
    tail = arn.split(":", 5)[5]
    return tail.removeprefix("loadbalancer/")
