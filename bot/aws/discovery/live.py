"""The services that exist now and the environments they belong to, always judged on live rows against every
environment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from bot.aws import calls
from bot.aws.discovery.rows import live_service
from bot.aws.errors import only_missing
from bot.aws.kept import Kept
from bot.aws.place import Place
from handlers.words.errors import Absent, Rejected
from policies.service.environment import Environment, LiveService, Membership, membership

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

MOST_DESCRIBED = 10
MOST_LISTED = 100
"""Batch and page sizes of facts/ecs 1.2; the default page of ListServices is 10."""
LIST_AND_BATCHES = 3
"""Calls for all services of a cluster with up to twenty. The further batches of a larger cluster each wait
for room by themselves.
"""
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
GONE = "INACTIVE"
"""A deleted service can still be described for a while, but belongs to no environment."""

Everyone = Callable[[], Sequence[Environment]]
T = TypeVar("T")


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    walk = iter(values)
    while batch := list(islice(walk, size)):
        yield batch


@dataclass(frozen=True)
class LiveServices:
    """The services in this environment's clusters. ``recent`` is shared by the process and lasts seconds."""

    place: Place
    everyone: Everyone
    recent: Kept[tuple[LiveService, ...]]

    @property
    def clusters(self) -> tuple[str, ...]:
        return self.place.environment.pick.clusters

    def membership(self) -> Membership:
        """Judge membership now; only the list of live services may be a few seconds old."""
        return membership(self.place.environment, self.everything(), self.everyone())

    def everything(self) -> tuple[LiveService, ...]:
        """All live services of the environment's clusters, whichever environment claims them."""
        return tuple(service for cluster in self.clusters for service in self._in_cluster(cluster))

    def rows_now(self) -> list[ServiceTypeDef]:
        """The rows, read now, of every service in the environment's clusters, whichever environment claims
        it. A service that was made within the last few seconds may be missing.
        """
        action = f"read the services of {self.place.environment.name}"
        return [
            row
            for cluster in self.clusters
            for row in self._described(cluster, [s.arn for s in self._in_cluster(cluster)], action)
        ]

    def own_rows(self, names: Sequence[str]) -> list[ServiceTypeDef]:
        """Rows, read now, of the named services that are the environment's own, in the order asked.

        A disputed service is left out, exactly like a service that does not exist.
        """
        wanted = [name for name in dict.fromkeys(names) if NAME.fullmatch(name)]
        action = f"read the services of {self.place.environment.name}"
        rows = [
            row
            for cluster in self.clusters
            for row in self._described(cluster, wanted, action)
            if row["serviceName"] in wanted
        ]
        own = membership(self.place.environment, map(live_service, rows), self.everyone()).own
        arns = {service.arn for service in own}
        mine = [row for row in rows if row["serviceArn"] in arns]
        return sorted(mine, key=lambda row: wanted.index(row["serviceName"]))

    def own_row(self, name: str) -> ServiceTypeDef:
        """The one row of that name. Raise ``Absent`` if there is none, and ``Rejected`` if two clusters have
        one.
        """
        rows = self.own_rows([name])
        where = self.place.environment.name
        if not rows:
            raise Absent(f"There is no service {name[:255]} in {where}.")
        if len(rows) > 1:
            clusters = " and ".join(live_service(row).cluster for row in rows)
            raise Rejected(f"{where} has a service {name} in each of {clusters}: it cannot be told which.")
        return rows[0]

    def row_of(self, arn: str) -> ServiceTypeDef:
        """The row of this ARN, read now, whichever environment the service belongs to. Raise ``Absent`` if
        the service is deleted or the ARN is not of this account and region.
        """
        environment, parts = self.place.environment, arn.split(":")
        where, name = parts[3:5], arn.rsplit("/", 1)[-1]
        if where != [environment.region, environment.account]:
            raise Absent(f"{name} lies in another account or region than {environment.name} does now.")
        cluster = arn.rsplit("/", 2)[-2]
        for row in self._described(cluster, [arn], f"read the service {name}"):
            return row
        raise Absent(f"The service {name} is deleted.")

    def _in_cluster(self, cluster: str) -> tuple[LiveService, ...]:
        environment = self.place.environment
        key = (environment.account, environment.region, environment.role_arn, cluster)
        known = self.recent.find(key)
        return self.recent.keep(key, tuple(map(live_service, self.read(cluster)))) if known is None else known

    def read(self, cluster: str) -> Iterator[ServiceTypeDef]:
        """Rows of every service of one of the environment's clusters, listed and described now, whichever
        environment claims it.
        """
        action = f"list the services of {self.place.environment.name}"
        pages = self.place.ecs(action).get_paginator("list_services")
        walk = pages.paginate(cluster=cluster, PaginationConfig={"PageSize": MOST_LISTED})
        with self.place.together(LIST_AND_BATCHES, calls.LIST_SERVICES, action) as place:
            arns = [
                arn for page in place.paged(calls.LIST_SERVICES, action, walk) for arn in page["serviceArns"]
            ]
            yield from replace(self, place=place)._described(cluster, arns, action)

    def _described(self, cluster: str, services: Sequence[str], action: str) -> Iterator[ServiceTypeDef]:
        """Describe services of exactly this cluster and account; leave out those that do not exist."""
        for batch in batches(services, MOST_DESCRIBED):
            client = self.place.ecs(action)
            with self.place.turn(calls.DESCRIBE_SERVICES, action):
                answer = client.describe_services(cluster=cluster, services=batch, include=["TAGS"])
            only_missing(answer.get("failures", []), action)
            for row in answer["services"]:
                self.place.check_account(row["serviceArn"])
                if live_service(row).cluster == cluster and row.get("status") != GONE:
                    yield row
