"""The address at which keys are deleted, from what ElastiCache shows and from the catalog."""

from __future__ import annotations

from typing import Any

import pytest

from policies.cache.endpoints import Address, Unusable, of_row, of_url
from policies.cache.rights import access_string
from policies.catalog.caches import CLUSTER, SERVERLESS

WHOLE = {"Address": "clustercfg.it.x.euc1.cache.amazonaws.com", "Port": 6379}
FIRST = {"Address": "master.it.x.euc1.cache.amazonaws.com", "Port": 6379}
READS = {"Address": "replica.it.x.euc1.cache.amazonaws.com", "Port": 6379}
SHARD = {"PrimaryEndpoint": FIRST, "ReaderEndpoint": READS}
GROUP: dict[str, Any] = {"ReplicationGroupId": "it", "Engine": "valkey", "TransitEncryptionEnabled": True}
NODE: dict[str, Any] = {"CacheClusterId": "It", "Engine": "redis", "CacheNodes": [{"Endpoint": FIRST}]}
SERVED = {"Address": "it-x.serverless.euc1.cache.amazonaws.com", "Port": 6379}
LESS: dict[str, Any] = {"ServerlessCacheName": "it", "Engine": "valkey", "Endpoint": SERVED}


def at(endpoint: dict[str, Any], **fields: Any) -> Address:
    return Address(endpoint["Address"], endpoint["Port"], **{"tls": True, "name": "it", **fields})


@pytest.mark.parametrize(
    ("kind", "row", "found"),
    [
        ("", {**GROUP, "NodeGroups": [SHARD]}, at(FIRST)),
        ("", {**GROUP, "NodeGroups": [SHARD], "TransitEncryptionEnabled": False}, at(FIRST, tls=False)),
        ("", {**GROUP, "ClusterEnabled": True, "ConfigurationEndpoint": WHOLE}, at(WHOLE, cluster=True)),
        ("", {**GROUP, "ClusterMode": "enabled", "ConfigurationEndpoint": WHOLE}, at(WHOLE, cluster=True)),
        ("", {**GROUP, "ClusterMode": "compatible", "ConfigurationEndpoint": WHOLE}, at(WHOLE, cluster=True)),
        ("", {**GROUP, "ClusterMode": "compatible", "NodeGroups": [SHARD]}, at(FIRST)),
        (CLUSTER, NODE, at(FIRST, tls=False)),
        (
            SERVERLESS,
            {**LESS, "SecurityGroupIds": ["sg-1"]},
            at(SERVED, cluster=True, serverless=True, groups=("sg-1",)),
        ),
    ],
)
def test_the_address_is_that_of_what_takes_writes(kind: str, row: dict[str, Any], found: Address) -> None:
    assert of_row(kind, row) == found


@pytest.mark.parametrize(
    ("kind", "row", "why"),
    [
        ("", {**GROUP, "Engine": "memcached"}, "Memcached"),
        ("", {**GROUP, "NodeGroups": [SHARD, SHARD]}, "2 shards"),
        ("", {**GROUP, "ClusterMode": "enabled", "NodeGroups": [SHARD]}, "configuration endpoint"),
        ("", {**GROUP, "NodeGroups": [{"ReaderEndpoint": READS}]}, "no address"),
        (CLUSTER, {**NODE, "ReplicationGroupId": "group"}, "belongs to the replication group group"),
        (CLUSTER, {**NODE, "CacheNodes": []}, "0 nodes"),
        (SERVERLESS, {**LESS, "Endpoint": {**SERVED, "Port": 6380}}, "reader"),
        (SERVERLESS, {**LESS, "Endpoint": None}, "no address"),
    ],
)
def test_where_keys_cannot_be_deleted_it_says_why(kind: str, row: dict[str, Any], why: str) -> None:
    with pytest.raises(Unusable, match=why):
        of_row(kind, row)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("redis://cache", Address("cache", 6379, tls=False)),
        ("rediss://cache:7000", Address("cache", 7000, tls=True)),
        ("rediss+cluster://cache", Address("cache", 6379, tls=True, cluster=True)),
    ],
)
def test_an_address_of_the_catalog_is_read(url: str, found: Address) -> None:
    assert of_url(url) == found


@pytest.mark.parametrize(
    "url",
    [
        "http://cache",
        "redis://",
        "redis://me:word@cache",
        "redis://cache/3",
        "redis://cache:port",
        f"rediss://{READS['Address']}",
        "rediss://it-x.serverless.euc1.cache.amazonaws.com:6380",
        "redis://it-ro.x.ng.0001.euc1.cache.amazonaws.com",
    ],
)
def test_another_address_or_a_readers_is_refused(url: str) -> None:
    with pytest.raises(Unusable):
        of_url(url)


def test_the_access_string_takes_all_commands_away_before_it_gives_a_few() -> None:
    assert access_string(("session:", "a[b]*"), cluster=False) == (
        r"on ~session:* ~a\[b\]\** resetchannels -@all +scan +unlink +dbsize"
    )
    assert access_string((), database=3) == (
        "on ~* resetchannels -@all +scan +unlink +dbsize +cluster|slots +select"
    )
