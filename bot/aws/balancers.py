"""Load balancers and target groups, and the number of requests that came through them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.aws.discovery.live import batches
from bot.aws.errors import translated
from bot.aws.metrics import Series
from bot.aws.place import Place
from handlers.words.errors import Absent

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import LoadBalancerTypeDef, TargetGroupTypeDef

MOST_AT_ONCE = 20
"""ARNs in one call (the service model)."""
APPLICATION, NETWORK = "application", "network"
NAMESPACES = {
    APPLICATION: ("AWS/ApplicationELB", "RequestCount"),
    NETWORK: ("AWS/NetworkELB", "NewFlowCount"),
}


def of_groups(place: Place, groups: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """The load balancers of each of these target groups. A target group that is gone is left out; a target
    group without a load balancer has none.
    """
    return {
        row["TargetGroupArn"]: tuple(row.get("LoadBalancerArns", []))
        for batch in batches(groups, MOST_AT_ONCE)
        for row in _known(place, batch)
    }


def all_balancers(place: Place) -> Iterator[LoadBalancerTypeDef]:
    action = "list the load balancers"
    pages = place.elb(action).get_paginator("describe_load_balancers").paginate()
    yield from (row for page in _each(action, pages) for row in page["LoadBalancers"])


def groups_of(place: Place, balancer: str) -> Sequence[str]:
    """ARNs of the target groups behind a load balancer; empty if the load balancer is gone."""
    action = "read the target groups of a load balancer"
    client = place.elb(action)
    try:
        with translated(action):
            answer = client.describe_target_groups(LoadBalancerArn=balancer)
    except Absent:
        return ()
    return [row["TargetGroupArn"] for row in answer["TargetGroups"]]


def kind_of(balancer: str) -> str:
    """The kind of a load balancer, read from its ARN (``loadbalancer/app/web/1a2b``); empty for a kind whose
    traffic is not counted here.
    """
    kinds = {"app": APPLICATION, "net": NETWORK}
    return kinds.get(_name(balancer).partition("/")[0], "")


def requests(balancer: str, group: str = "") -> Series:
    """The series of requests that came through a load balancer, or of new connections for a network load
    balancer. ``group``: only those for this target group.
    """
    namespace, metric = NAMESPACES[kind_of(balancer)]
    dimensions = [("LoadBalancer", _name(balancer))]
    if group:
        dimensions.append(("TargetGroup", group.split(":", 5)[5]))
    return Series(namespace, metric, tuple(dimensions))


def _name(balancer: str) -> str:
    return balancer.split(":", 5)[-1].removeprefix("loadbalancer/")


def _known(place: Place, arns: list[str]) -> Sequence[TargetGroupTypeDef]:
    """The target groups that exist. A missing target group fails the whole call, so each is then asked for by
    itself.
    """
    action = f"read the target groups of {place.environment.name}"
    client = place.elb(action)
    try:
        with translated(action):
            return client.describe_target_groups(TargetGroupArns=arns)["TargetGroups"]
    except Absent:
        return [row for arn in arns for row in _known(place, [arn])] if len(arns) > 1 else []


def _each(action: str, pages: Iterable[Any]) -> Iterator[Any]:
    """Every page, with AWS's errors translated."""
    walk = iter(pages)
    while True:
        with translated(action):
            page = next(walk, None)
        if page is None:
            return
        yield page
