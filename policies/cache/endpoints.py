"""The address at which keys are deleted: always of what takes writes, never a reader's.

The rows are ElastiCache's own answers (facts/ecs 5); nothing here asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from policies.catalog.caches import CLUSTER, SERVERLESS, address_reads

PORT = 6379
READER_PORT = 6380
"""The port at which a serverless cache only reads."""
SPOKEN = ("enabled", "compatible")
"""The values of ``ClusterMode`` with which a cache speaks the cluster protocol."""
Row = Mapping[str, Any]


class Unusable(ValueError):
    """There is no address at which keys may be deleted; the message says why."""


@dataclass(frozen=True)
class Address:
    """``name``: by which ElastiCache knows the cache when somebody signs in, empty for an address of the
    catalog. ``cluster``: the keys lie on several primaries, to be asked for at this address. ``groups``: the
    security groups that guard it, as far as ElastiCache tells."""

    host: str
    port: int
    tls: bool
    cluster: bool = False
    name: str = ""
    serverless: bool = False
    groups: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.host}:{self.port}"


def of_url(url: str) -> Address:
    """Return the address of a ``redis://`` or ``rediss://`` URL (``+cluster`` behind the scheme for several
    primaries). Raises ``Unusable`` for any other."""
    parts = urlsplit(url)
    scheme, _, mode = parts.scheme.partition("+")
    try:
        port = parts.port or PORT
    except ValueError:
        raise Unusable("the port of the address is none") from None
    if scheme not in ("redis", "rediss", "valkey", "valkeys") or mode not in ("", "cluster"):
        raise Unusable("write redis://host:port, or rediss://host:port for TLS")
    if not parts.hostname:
        raise Unusable("the address names no host")
    if parts.username or parts.password:
        raise Unusable("an address holds no user and no password; name them with user and secret")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Unusable("an address ends after its port; the logical database is the field database")
    if address_reads(f"{parts.hostname}:{port}"):
        raise Unusable("that is a reader's address, at which nothing can be deleted")
    return Address(parts.hostname, port, scheme in ("rediss", "valkeys"), mode == "cluster")


def of_row(kind: str, row: Row) -> Address:
    """Return the address of a cache as ElastiCache describes it. Raises ``Unusable``."""
    if row.get("Engine", "").lower() == "memcached":
        raise Unusable("Memcached has no patterns of keys")
    if kind == SERVERLESS:
        return _serverless(row)
    return _node(row) if kind == CLUSTER else _group(row)


def _group(row: Row) -> Address:
    tls, name = bool(row.get("TransitEncryptionEnabled")), str(row.get("ReplicationGroupId", ""))
    spoken = bool(row.get("ClusterEnabled")) or row.get("ClusterMode") in SPOKEN
    if spoken and (whole := row.get("ConfigurationEndpoint")):
        return _address(whole, tls, name, cluster=True)
    shards = row.get("NodeGroups") or []
    if len(shards) != 1:
        raise Unusable(
            f"ElastiCache shows {len(shards)} shards and no configuration endpoint, so not all of its keys "
            "can be reached"
        )
    if spoken and row.get("ClusterMode") != "compatible":
        raise Unusable("ElastiCache shows no configuration endpoint yet")
    return _address(shards[0].get("PrimaryEndpoint"), tls, name)


def _node(row: Row) -> Address:
    if group := row.get("ReplicationGroupId"):
        raise Unusable(f"that node belongs to the replication group {group}, which is to be named instead")
    nodes = row.get("CacheNodes") or []
    if len(nodes) != 1:
        raise Unusable(f"ElastiCache shows {len(nodes)} nodes of it and not one")
    groups = tuple(g["SecurityGroupId"] for g in row.get("SecurityGroups") or [] if "SecurityGroupId" in g)
    tls, name = bool(row.get("TransitEncryptionEnabled")), str(row.get("CacheClusterId", ""))
    return _address(nodes[0].get("Endpoint"), tls, name, groups=groups)


def _serverless(row: Row) -> Address:
    """Return the endpoint that takes writes. TLS and the cluster protocol are always on."""
    name = str(row.get("ServerlessCacheName", ""))
    groups = tuple(row.get("SecurityGroupIds") or ())
    found = _address(row.get("Endpoint"), True, name, cluster=True, groups=groups)
    if found.port == READER_PORT:
        raise Unusable("ElastiCache shows only the reader's endpoint")
    return Address(found.host, found.port, True, True, name, True, groups)


def _address(
    endpoint: Row | None, tls: bool, name: str, *, cluster: bool = False, groups: tuple[str, ...] = ()
) -> Address:
    if not endpoint or not endpoint.get("Address"):
        raise Unusable("ElastiCache shows no address of it yet")
    port = int(endpoint.get("Port") or PORT)
    return Address(str(endpoint["Address"]), port, tls, cluster, name.lower(), groups=groups)
