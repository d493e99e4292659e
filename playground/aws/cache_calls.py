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
        return {"ReplicationGroups": [shown_group(row, self._fleet.caches.port) for row in rows]}

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


def shown_group(row: Cache, port: int = 0) -> dict[str, Any]:
    """Return a row of DescribeReplicationGroups. ``port``: the loopback port of the server that holds its
    keys, which has no TLS; without one, the address is made up and leads nowhere."""
    several = "enabled" if row.nodes > 1 else "disabled"
    return {
        "ReplicationGroupId": row.id,
        "Description": row.id,
        "Status": "available",
        "MemberClusters": row.members,
        "ClusterEnabled": False,
        "ClusterMode": "disabled",
        "CacheNodeType": row.node,
        "NodeGroups": [_shard(row, port)],
        "Engine": row.engine,
        "AutomaticFailover": several,
        "MultiAZ": several,
        "TransitEncryptionEnabled": not port,
        "AtRestEncryptionEnabled": True,
        "ReplicationGroupCreateTime": row.created_at,
        "ARN": row.arn,
    }


def _shard(row: Cache, port: int) -> dict[str, Any]:
    def made_up(kind: str) -> dict[str, Any]:
        return {"Address": f"{kind}.{row.id}.abc123.euc1.cache.amazonaws.com", "Port": 6379}

    primary = {"Address": "127.0.0.1", "Port": port} if port else made_up("master")
    return {
        "NodeGroupId": "0001",
        "Status": "available",
        "PrimaryEndpoint": primary,
        "ReaderEndpoint": made_up("replica"),
        "NodeGroupMembers": [{"CacheClusterId": name, "CacheNodeId": "0001"} for name in row.members],
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
