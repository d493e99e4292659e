"""The usage that Aurora and serverless caches report to CloudWatch (facts/ecs 7.10).

A stopped cluster reports nothing (our reading). A serverless cache reports under a single dimension, one of
those that public code names.
"""

from __future__ import annotations

from playground.aws.billing_lines import up_times
from playground.aws.databases import Database
from playground.aws.fleet import Fleet
from playground.aws.metrics import MINUTE, Stretch

GIB = 2**30


def stretches(fleet: Fleet, metric: str, where: dict[str, str]) -> list[Stretch]:
    """Return the amounts of the metric over time; the list is empty for a resource that does not report the
    metric.
    """
    match metric, where:
        case "VolumeBytesUsed", {"DBClusterIdentifier": name} if len(where) == 1:
            cluster = fleet.databases.rows.get(("cluster", name))
            return _while_up(fleet, cluster, cluster.stored_gb * GIB if cluster else 0.0)
        case "ServerlessDatabaseCapacity", {"DBInstanceIdentifier": name} if len(where) == 1:
            member = fleet.databases.rows.get(("instance", name))
            return _while_up(fleet, member, member.acu if member else 0.0)
        case "BytesUsedForCache" | "ElastiCacheProcessingUnits", _ if len(where) == 1:
            return _of_cache(fleet, metric, where)
    return []


def _while_up(fleet: Fleet, row: Database | None, amount: float) -> list[Stretch]:
    if row is None or not amount:
        return []
    windows = up_times(row, fleet.moment.at)
    return [Stretch(begin.timestamp(), end.timestamp(), amount) for begin, end in windows]


def _of_cache(fleet: Fleet, metric: str, where: dict[str, str]) -> list[Stretch]:
    """Return the cache's bytes or its ECPUs per minute, if ``where`` names the cache by its own dimension."""
    [(dimension, name)] = where.items()
    row = fleet.caches.rows.get(("serverless", name))
    if row is None or row.dimension != dimension:
        return []
    amount = row.stored_gb * GIB if metric == "BytesUsedForCache" else row.ecpu * MINUTE
    return [Stretch(row.created_at.timestamp(), fleet.moment.at.timestamp(), amount)] if amount else []
