"""The world's caches: created by orders, read through ElastiCache's calls, and reported by CloudWatch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import botocore.exceptions
import pytest

from tests.playground.aws.stage import Stage


def made(stage: Stage, name: str, **fields: Any) -> Any:
    return stage.world.change({"do": "cache.create", "id": name, **fields})


def test_a_group_has_members_that_are_clusters(stage: Stage) -> None:
    made(stage, "Grouped", nodes=2, environment="staging")
    made(stage, "pages", kind="cluster", engine="memcached", nodes=3)
    elasticache = stage.client("elasticache")

    [group] = elasticache.describe_replication_groups(ReplicationGroupId="grouped")["ReplicationGroups"]
    members = elasticache.describe_cache_clusters()["CacheClusters"]
    alone = elasticache.describe_cache_clusters(ShowCacheClustersNotInReplicationGroups=True)

    assert (group["MemberClusters"], group["Engine"]) == (["grouped-001", "grouped-002"], "valkey")
    assert {
        m["CacheClusterId"]: m["ReplicationGroupId"] for m in members if "ReplicationGroupId" in m
    } == dict.fromkeys(group["MemberClusters"], "grouped")
    assert [m["CacheClusterId"] for m in alone["CacheClusters"]] == ["pages"]


@pytest.mark.parametrize(
    ("call", "by", "code"),
    [
        ("describe_replication_groups", "ReplicationGroupId", "ReplicationGroupNotFoundFault"),
        ("describe_cache_clusters", "CacheClusterId", "CacheClusterNotFound"),
        ("describe_serverless_caches", "ServerlessCacheName", "ServerlessCacheNotFoundFault"),
    ],
)
def test_an_absent_cache_is_refused(stage: Stage, call: str, by: str, code: str) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        getattr(stage.client("elasticache"), call)(**{by: "lost"})
    assert refused.value.response["Error"]["Code"] == code


def test_a_serverless_cache_is_listed_and_reports_its_size_and_load(stage: Stage) -> None:
    made(stage, "hot", kind="serverless", engine="redis", stored_gb=2, ecpu=3, least_gb=1)
    [row] = stage.client("elasticache").describe_serverless_caches()["ServerlessCaches"]
    assert (row["Engine"], row["CacheUsageLimits"]["DataStorage"]["Minimum"]) == ("redis", 1)

    now = stage.clock.now()
    found = {}
    for name, statistic in (("BytesUsedForCache", "Average"), ("ElastiCacheProcessingUnits", "Sum")):
        where = [{"Name": "ServerlessCacheName", "Value": "hot"}]
        metric = {"Namespace": "AWS/ElastiCache", "MetricName": name, "Dimensions": where}
        query = {"Id": "q", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": statistic}}
        [answer] = stage.client("cloudwatch").get_metric_data(
            MetricDataQueries=[query], StartTime=now - timedelta(hours=3), EndTime=now
        )["MetricDataResults"]
        found[name] = answer["Values"][1]

    assert found == {"BytesUsedForCache": 2 * 2**30, "ElastiCacheProcessingUnits": 3 * 3_600}


def test_an_invalid_cache_is_refused_and_a_removed_cache_is_gone(stage: Stage) -> None:
    for wrong in ({"kind": "node"}, {"engine": "dragonfly"}, {"size": 3}):
        with pytest.raises(ValueError):
            made(stage, "sessions", **wrong)
    made(stage, "sessions")
    with pytest.raises(ValueError):
        made(stage, "sessions")

    stage.world.change({"do": "cache.remove", "id": "sessions"})

    described: Any = stage.world.change({"do": "describe"})
    assert "group:sessions" not in described["caches"]
    with pytest.raises(ValueError):
        stage.world.change({"do": "cache.remove", "id": "sessions"})
