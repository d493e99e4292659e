"""The world's ElastiCache: replication groups, cache clusters and serverless caches.

Only orders create, change or remove them: nothing in ElastiCache can be stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from playground.aws.account import arn
from playground.aws.errors import AwsError

Kind = Literal["group", "cluster", "serverless"]
KINDS: tuple[Kind, ...] = ("group", "cluster", "serverless")
RESOURCES: dict[Kind, str] = {
    "group": "replicationgroup", "cluster": "cluster", "serverless": "serverlesscache",
}  # fmt: skip
ABSENT: dict[Kind, tuple[str, str]] = {
    "group": ("ReplicationGroupNotFoundFault", "ReplicationGroup {} not found."),
    "cluster": ("CacheClusterNotFound", "CacheCluster not found: {}"),
    "serverless": ("ServerlessCacheNotFoundFault", "ServerlessCache {} not found."),
}  # fmt: skip


@dataclass
class Cache:
    """One cache. ``nodes`` is a cluster's own node count; a group has that many clusters of one node each.
    ``stored_gb`` and ``ecpu`` (per second) are what a serverless cache constantly holds and serves,
    ``least_gb`` is its configured minimum.
    """

    id: str
    kind: Kind
    engine: str
    created_at: datetime
    environment: str = ""
    node: str = "cache.t4g.micro"
    nodes: int = 1
    group: str = ""
    stored_gb: float = 0.0
    ecpu: float = 0.0
    least_gb: int = 0
    dimension: str = "ServerlessCacheName"

    @property
    def arn(self) -> str:
        return arn("elasticache", f"{RESOURCES[self.kind]}:{self.id}")

    @property
    def members(self) -> list[str]:
        """Return the ids of a group's members, as AWS names them."""
        return [f"{self.id}-{number + 1:03d}" for number in range(self.nodes)]


class CacheBook:
    """Every cache of the account and region; hold the fleet's lock."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Kind, str], Cache] = {}
        self.port = 0
        """The loopback port of the one server that holds the keys of every cache; 0: there is none, and the
        addresses lead nowhere."""

    def add(self, cache: Cache) -> None:
        """Add a cache, and a group's members with it. ``ValueError`` if that kind and id already exists."""
        if (cache.kind, cache.id) in self.rows:
            raise ValueError(f"there is a cache {cache.kind} {cache.id} already")
        self.rows[(cache.kind, cache.id)] = cache
        for name in cache.members if cache.kind == "group" else []:
            made = cache.created_at
            member = Cache(name, "cluster", cache.engine, made, cache.environment, cache.node, group=cache.id)
            self.rows[("cluster", name)] = member

    def of_kind(self, kind: Kind) -> list[Cache]:
        return sorted((row for row in self.rows.values() if row.kind == kind), key=lambda row: row.id)

    def find(self, kind: Kind, name: str) -> Cache:
        """Find a cache by id, ignoring case; ``AwsError`` if there is none."""
        found = self.rows.get((kind, name.lower()))
        if found is None:
            code, said = ABSENT[kind]
            raise AwsError(code, said.format(name), status=404)
        return found

    def forget(self, cache: Cache) -> None:
        for name in cache.members if cache.kind == "group" else []:
            self.rows.pop(("cluster", name), None)
        self.rows.pop((cache.kind, cache.id), None)
