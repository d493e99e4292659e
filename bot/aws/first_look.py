"""Reads what an account and region hold before there is a catalog, with the bot's own identity or that of the
person at the terminal. Nothing is changed.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import botocore.session
from botocore.exceptions import BotoCoreError

from bot.aws import calls, database_rows, sign_calls
from bot.aws.calls import Call
from bot.aws.database_rows import CLUSTER
from bot.aws.discovery.rows import last_part
from bot.aws.errors import translated
from bot.aws.place import Place
from bot.aws.ports import Aws
from handlers.words.errors import Throttled
from policies.access.people import ConsoleUser
from policies.catalog.found import FoundDatabase
from policies.service.environment import ClusterPick, Environment, LiveService, Tier

T = TypeVar("T")
MOST_AT_ONCE = 100
"""Databases in one page (RDS's model)."""
OTHERS = ("docdb", "neptune")
"""Engines that RDS lists although they belong to other AWS services."""
PATIENCE = 120
"""How often a question is repeated, one second apart, while the rates have no room. Forty clusters are more
than may be read at once.
"""


class AwsFirstLook:
    """Reads one ``region``. Every method raises ``Trouble``. ``wait`` waits for the given number of
    seconds.
    """

    def __init__(
        self, aws: Aws, region: str, user: ConsoleUser, *, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._aws, self.region, self._user, self._wait = aws, region, user, wait
        self._account = ""

    @property
    def account(self) -> str:
        """The account of the credentials."""
        if not self._account:
            action = "ask AWS whose credentials these are"
            client = self._place("").sts(action)
            with translated(action):
                self._account = client.get_caller_identity()["Account"]
        return self._account

    def environment(self, cluster: str) -> Environment:
        """An environment that names this cluster, because the adapters only read for an environment."""
        return Environment(cluster, Tier.PRODUCTION, self._account, self.region, ClusterPick(cluster))

    def clusters(self) -> tuple[str, ...]:
        """The names of the clusters, sorted."""
        return self._patiently(lambda: tuple(sorted(map(last_part, self._listed()))))

    def services(self, cluster: str) -> tuple[LiveService, ...]:
        """The services of a cluster, with their tags."""
        return self._patiently(lambda: self._aws.live(self.environment(cluster), self._user))

    def databases(self) -> tuple[FoundDatabase, ...]:
        """Instances that stand alone, and clusters, which stop together with their members."""
        instances = self._patiently(lambda: list(self._instances()))
        clusters = self._patiently(lambda: list(self._clusters()))
        return tuple(sorted([*instances, *clusters], key=lambda database: database.id))

    def _listed(self) -> list[str]:
        place, action = self._place(""), "list the clusters"
        pages = place.ecs(action).get_paginator("list_clusters").paginate()
        return [
            a for page in place.paged(sign_calls.LIST_CLUSTERS, action, pages) for a in page["clusterArns"]
        ]

    def _instances(self) -> Iterator[FoundDatabase]:
        for row in self._rows(calls.DESCRIBE_DB_INSTANCES, "describe_db_instances", "DBInstances"):
            if not row.get("DBClusterIdentifier"):
                stays = database_rows.why_instance_stays(row)
                yield FoundDatabase(row["DBInstanceIdentifier"], _tags(row), stays)

    def _clusters(self) -> Iterator[FoundDatabase]:
        for row in self._rows(calls.DESCRIBE_DB_CLUSTERS, "describe_db_clusters", "DBClusters"):
            stays = database_rows.why_cluster_stays(row)
            yield FoundDatabase(f"{CLUSTER}{row['DBClusterIdentifier']}", _tags(row), stays)

    def _rows(self, call: Call, method: str, name: str) -> Iterator[Any]:
        place, action = self._place(""), "list the databases"
        walk = place.rds(action).get_paginator(method).paginate(PaginationConfig={"PageSize": MOST_AT_ONCE})  # type: ignore[call-overload]
        for page in place.paged(call, action, walk):
            yield from (row for row in page[name] if row.get("Engine") not in OTHERS)

    def _place(self, cluster: str) -> Place:
        return self._aws.place(self.environment(cluster), self._user)

    def _patiently(self, read: Callable[[], T]) -> T:
        """Read again while AWS is being asked too much."""
        for _ in range(PATIENCE):
            try:
                return read()
            except Throttled:
                self._wait(1.0)
        return read()


def region_here(environ: Mapping[str, str]) -> str:
    """The region that the environment variables or the profile in use name; empty if neither names one."""
    named = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    with contextlib.suppress(BotoCoreError):
        return named or str(botocore.session.Session().get_config_variable("region") or "")
    return ""


def _tags(row: Mapping[str, Any]) -> dict[str, str]:
    tags: Sequence[Mapping[str, str]] = row.get("TagList") or ()
    return {tag["Key"]: tag.get("Value", "") for tag in tags if "Key" in tag}
