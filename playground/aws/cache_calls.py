"""ElastiCache's read calls, answered from the world's own caches and not moto's, which has no serverless
ones.

Creating and changing caches through the API is left out (``LEFT_OUT``): orders create them.
"""

from __future__ import annotations

from typing import Any

from playground.aws.caches import Cache, Kind
from playground.aws.fleet import Fleet

Params = Any
LEFT_OUT = (
    "create_cache_cluster",
    "create_replication_group",
    "delete_cache_cluster",
    "delete_replication_group",
    "modify_replication_group",
)


class CacheCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse. A world has few
    caches, so each answer is one page.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def describe_replication_groups(self, params: Params) -> dict[str, Any]:
        rows = self._rows("group", params.get("ReplicationGroupId"))
        return {"ReplicationGroups": [shown_group(row) for row in rows]}

    def describe_cache_clusters(self, params: Params) -> dict[str, Any]:
        rows = self._rows("cluster", params.get("CacheClusterId"))
        if params.get("ShowCacheClustersNotInReplicationGroups"):
            rows = [row for row in rows if not row.group]
        return {"CacheClusters": [shown_cluster(row) for row in rows]}

    def describe_serverless_caches(self, params: Params) -> dict[str, Any]:
        rows = self._rows("serverless", params.get("ServerlessCacheName"))
        return {"ServerlessCaches": [shown_serverless(row) for row in rows]}

    def _rows(self, kind: Kind, asked: str | None) -> list[Cache]:
        return [self._fleet.caches.find(kind, asked)] if asked else self._fleet.caches.of_kind(kind)


def shown_group(row: Cache) -> dict[str, Any]:
    """Return a row of DescribeReplicationGroups."""
    several = "enabled" if row.nodes > 1 else "disabled"
    return {
        "ReplicationGroupId": row.id,
        "Description": row.id,
        "Status": "available",
        "MemberClusters": row.members,
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "CacheNodeType": row.node,
        "Engine": row.engine,
        "AutomaticFailover": several,
        "MultiAZ": several,
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
        "ReplicationGroupCreateTime": row.created_at,
        "ARN": row.arn,
    }


def shown_cluster(row: Cache) -> dict[str, Any]:
    """Return a row of DescribeCacheClusters."""
    return {
        "CacheClusterId": row.id,
        "CacheNodeType": row.node,
        "Engine": row.engine,
        "CacheClusterStatus": "available",
        "NumCacheNodes": row.nodes,
        "CacheClusterCreateTime": row.created_at,
        "ReplicationGroupId": row.group or None,
        "ARN": row.arn,
    }


def shown_serverless(row: Cache) -> dict[str, Any]:
    """Return a row of DescribeServerlessCaches."""
    limits = {"DataStorage": {"Minimum": row.least_gb, "Maximum": 100, "Unit": "GB"}}
    return {
        "ServerlessCacheName": row.id,
        "Status": "available",
        "Engine": row.engine,
        "MajorEngineVersion": "8",
        "CreateTime": row.created_at,
        "CacheUsageLimits": limits if row.least_gb else None,
        "ARN": row.arn,
    }
