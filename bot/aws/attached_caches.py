"""What an environment pays for its caches, as ElastiCache and CloudWatch show it now (facts/ecs 7.10).

Some costs cannot be seen from here and are left out: snapshots, traffic between zones, Extended Support and
reserved nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.aws import calls
from bot.aws.arns import cache as arn_of
from bot.aws.calls import Call
from bot.aws.database_rows import utc
from bot.aws.metrics import Points, Series
from bot.aws.place import Place
from bot.aws.use_points import UsePoints
from handlers.words.errors import Absent
from policies.catalog.caches import CLUSTER, SERVERLESS, kind_of
from policies.cost.by_use import ByUse, at_least, heard, rated, stored, used
from policies.cost.spans import Kind, Part, Span

ONE = 1_000
NOT_YET = ("creating", "create-failed")
UNKNOWN_NODE, UNKNOWN_USE = "cache.node", "cache.serverless"
"""Items without a price: a node of unknown type, and use that is not known."""
FLOORS = {"valkey": 100}
"""The least storage that is paid for, in thousandths of a GB. Any other engine pays for at least one GB."""
DIMENSIONS = ("ServerlessCacheName", "clusterId")
"""Public code disagrees on the dimension under which CloudWatch lists a serverless cache (facts/ecs 7.10), so
both are asked and the one with points is taken.
"""
Row = Mapping[str, Any]
Owner = Callable[[Collection[str]], str]


@dataclass(frozen=True)
class Listing:
    """How one kind of cache is read: the call, its method and parameter, and the field that holds the
    answer.
    """

    call: Call
    method: str
    by: str
    rows: str


LISTINGS: Mapping[str, Listing] = {
    "": Listing(
        calls.DESCRIBE_REPLICATION_GROUPS,
        "describe_replication_groups",
        "ReplicationGroupId",
        "ReplicationGroups",
    ),
    CLUSTER: Listing(
        calls.DESCRIBE_CACHE_CLUSTERS, "describe_cache_clusters", "CacheClusterId", "CacheClusters"
    ),
    SERVERLESS: Listing(
        calls.DESCRIBE_SERVERLESS_CACHES,
        "describe_serverless_caches",
        "ServerlessCacheName",
        "ServerlessCaches",
    ),
}


def read_cache(place: Place, cache: str, *, nodes: bool = False) -> Row | None:
    """The cache with this id, or ``None`` if there is none. Raise ``Rejected`` if the cache is not in the
    environment's account. With ``nodes``, a cache cluster is shown with the addresses of its nodes.
    """
    kind = kind_of(cache)
    how, action = LISTINGS[kind], f"read cache {cache}"
    client = place.caches(action)
    try:
        with place.turn(how.call, action):
            more = {"ShowCacheNodeInfo": True} if nodes and kind == CLUSTER else {}
            rows = getattr(client, how.method)(**{how.by: cache.removeprefix(kind)}, **more)[how.rows]
    except Absent:
        return None
    for row in rows:
        place.check_account(row["ARN"])
    return rows[0] if rows else None


@dataclass(frozen=True)
class AttachedCaches:
    """Reads the caches of one environment. ``owner`` returns the name under which a cache is recorded that
    the catalog lists under any of these ids.
    """

    place: Place
    points: UsePoints
    owner: Owner

    def spans(self) -> Iterator[Span]:
        for cache in self.place.environment.caches:
            row = read_cache(self.place, cache)
            if row is None:
                continue
            read = {"": self._group, CLUSTER: self._cluster, SERVERLESS: self._serverless}
            yield from read[kind_of(cache)](row)

    def _group(self, row: Row) -> Iterator[Span]:
        """The nodes of a replication group. Each node is a cache cluster with one node, and all are of one
        type.
        """
        group = row.get("ReplicationGroupId", "")
        if row.get("Status") in NOT_YET:
            return
        for member in row.get("MemberClusters", []):
            yield self._node(member, group, _item(row), ONE)

    def _cluster(self, row: Row) -> Iterator[Span]:
        """The nodes of a cache cluster. A cluster that is a member of a replication group is also recorded as
        the group's.
        """
        if row.get("CacheClusterStatus") in NOT_YET:
            return
        name = row.get("CacheClusterId", "")
        nodes = row.get("NumCacheNodes", 0) * ONE
        yield self._node(name, row.get("ReplicationGroupId") or name, _item(row), nodes)

    def _node(self, cluster: str, service: str, item: str, milli: int) -> Span:
        id_, at = arn_of(self.place.environment, f"{CLUSTER}{cluster}"), self.points.at
        owner = self.owner({f"{CLUSTER}{cluster}"} | ({service} if service != cluster else set()))
        return Span(id_, owner, service, Kind.CACHE, (Part(item, milli),), at, at)

    def _serverless(self, row: Row) -> Iterator[Span]:
        if row.get("Status") in NOT_YET:
            return
        name, engine, at = row.get("ServerlessCacheName", ""), row.get("Engine", "").lower(), self.points.at
        bytes_, units = self._told(name)
        limits = row.get("CacheUsageLimits") or {}
        floor = max(FLOORS.get(engine, ONE), _least(limits.get("DataStorage")))
        held = at_least(stored(bytes_, at, stopped=False), floor)
        asked = at_least(rated(units, at), _least(limits.get("ECPUPerSecond")))
        for what, amounts, points in (("stored", held, bytes_), ("ecpu", asked, units)):
            thing = ByUse(
                id=f"{row['ARN']} {what}",
                owner=self.owner({f"{SERVERLESS}{name}"}),
                service=name,
                kind=Kind.CACHE,
                item=f"cache.{what}.{engine}",
                unknown=UNKNOWN_USE,
                since=utc(row.get("CreateTime")),
            )
            yield from used(thing, amounts, at, silent=not heard(points, at))

    def _told(self, name: str) -> tuple[Points, Points]:
        """The average bytes and the sum of ECPUs, by the hour."""
        series = [
            Series("AWS/ElastiCache", metric, ((dimension, name),), statistic)
            for metric, statistic in (("BytesUsedForCache", "Average"), ("ElastiCacheProcessingUnits", "Sum"))
            for dimension in DIMENSIONS
        ]
        found = self.points.hourly(series)
        return _first(found[: len(DIMENSIONS)]), _first(found[len(DIMENSIONS) :])


def _first(found: Sequence[Points]) -> Points:
    return next((points for points in found if points), {})


def _item(row: Row) -> str:
    node, engine = row.get("CacheNodeType"), row.get("Engine", "").lower()
    return f"cache.{node}.{engine}" if node and engine else UNKNOWN_NODE


def _least(limit: Row | None) -> int:
    return int((limit or {}).get("Minimum") or 0) * ONE
