"""The product of AWS's Price List for each of our items: its service, its exact usage type, and what else
distinguishes it from other products of the same usage type (facts/ecs 7.9, 7.10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

FARGATE: Mapping[str, str] = MappingProxyType(
    {
        "fargate.vcpu.x86": "Fargate-vCPU-Hours:perCPU",
        "fargate.gb.x86": "Fargate-GB-Hours",
        "fargate.vcpu.arm": "Fargate-ARM-vCPU-Hours:perCPU",
        "fargate.gb.arm": "Fargate-ARM-GB-Hours",
        "fargate.vcpu.windows": "Fargate-Windows-vCPU-Hours:perCPU",
        "fargate.gb.windows": "Fargate-Windows-GB-Hours",
        "fargate.licence.windows": "Fargate-Windows-OS-Hours:perCPU",
        "fargate.storage": "Fargate-EphemeralStorage-GB-Hours",
    }
)
BALANCERS = MappingProxyType({"elb.application": "Application", "elb.network": "Network"})
ENGINES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "postgres": {"databaseEngine": "PostgreSQL"},
        "mysql": {"databaseEngine": "MySQL"},
        "mariadb": {"databaseEngine": "MariaDB"},
        "aurora-postgresql": {"databaseEngine": "Aurora PostgreSQL"},
        "aurora-mysql": {"databaseEngine": "Aurora MySQL"},
        "oracle-se2": {"databaseEngine": "Oracle", "databaseEdition": "Standard Two"},
        "oracle-ee": {"databaseEngine": "Oracle", "databaseEdition": "Enterprise"},
        "sqlserver-ex": {"databaseEngine": "SQL Server", "databaseEdition": "Express"},
        "sqlserver-web": {"databaseEngine": "SQL Server", "databaseEdition": "Web"},
        "sqlserver-se": {"databaseEngine": "SQL Server", "databaseEdition": "Standard"},
        "sqlserver-ee": {"databaseEngine": "SQL Server", "databaseEdition": "Enterprise"},
    }
)
"""The list's names for RDS's engines. An engine that is sold with and without a licence has two prices, and
so counts as having none.
"""
DEPLOYMENTS = MappingProxyType(
    {"single": "InstanceUsage", "multi": "Multi-AZUsage", "iopt": "InstanceUsageIOOptimized"}
)
VOLUMES = MappingProxyType(
    {
        "gp2": "RDS:GP2-Storage",
        "gp3": "RDS:GP3-Storage",
        "io1": "RDS:PIOPS-Storage",
        "io2": "RDS:PIOPS-Storage-IO2",
        "standard": "RDS:StorageUsage",
        "aurora": "Aurora:StorageUsage",
        "aurora-iopt1": "Aurora:IO-OptimizedStorageUsage",
    }
)
PROVISIONED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "rds.iops.gp3": ("RDS:GP3-PIOPS", "Provisioned IOPS"),
        "rds.iops.io1": ("RDS:PIOPS", "Provisioned IOPS"),
        "rds.iops.io2": ("RDS:IO2-PIOPS", "Provisioned IOPS"),
        "rds.throughput.gp3": ("RDS:GP3-Throughput", "Provisioned Throughput"),
    }
)
"""Usage types, with their families, for what a volume is provisioned with besides its storage, in one zone.
"""
CACHES = MappingProxyType({"redis": "Redis", "valkey": "Valkey", "memcached": "Memcached"})
INSTANCE = re.compile(
    r"rds\.(?P<size>db\.[a-z0-9.-]+)\.(?P<engine>[a-z0-9-]+)\.(?P<deployment>single|multi|iopt)"
)
CAPACITY = re.compile(r"aurora\.acu\.(?P<engine>aurora-[a-z]+)(?P<optimized>\.iopt)?")
NODE = re.compile(r"cache\.(?P<size>cache\.[a-z0-9.-]+)\.(?P<engine>[a-z]+)")
SERVERLESS = re.compile(r"cache\.(?P<what>stored|ecpu)\.(?P<engine>[a-z]+)")
SECONDS = 3_600


@dataclass(frozen=True)
class Wanted:
    """A product to look for. ``filters`` are attributes that the list is searched by and that the product
    must have exactly. ``usage`` is its usage type after the region's short name. ``times`` is the number of
    the list's units in one of the item's.
    """

    item: str
    service: str
    usage: str
    filters: Mapping[str, str] = field(default_factory=dict)
    per: Literal["hour", "month"] = "hour"
    times: int = 1

    @property
    def search(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The search that finds this product. Items with the same search share its pages."""
        return self.service, tuple(sorted(self.filters.items()))


def wanted(item: str) -> Wanted | None:
    """The product for an item, or ``None`` if the list cannot have it."""
    if item in FARGATE:
        return Wanted(item, "AmazonECS", FARGATE[item])
    if item in BALANCERS:
        family = {"productFamily": f"Load Balancer-{BALANCERS[item]}"}
        return Wanted(item, "AWSELB", "LoadBalancerUsage", family)
    if item == "ipv4":
        return Wanted(item, "AmazonVPC", "PublicIPv4:InUseAddress", {"group": "VPCPublicIPv4Address"})
    if item == "nat":
        return Wanted(item, "AmazonEC2", "NatGateway-Hours", {"productFamily": "NAT Gateway"})
    return _of_rds(item) or _of_capacity(item) or _of_nodes(item) or _of_serverless(item)


def floats(item: str) -> bool:
    """Does the item's price float? Spot prices are in no list."""
    return item.startswith("spot.")


def _of_rds(item: str) -> Wanted | None:
    if found := INSTANCE.fullmatch(item):
        engine = ENGINES.get(found["engine"])
        usage = f"{DEPLOYMENTS[found['deployment']]}:{found['size']}"
        filters = {"instanceType": found["size"], **(engine or {})}
        return Wanted(item, "AmazonRDS", usage, filters) if engine else None
    if item in PROVISIONED:
        usage, family = PROVISIONED[item]
        return Wanted(item, "AmazonRDS", usage, {"productFamily": family}, "month")
    volume = VOLUMES.get(item.removeprefix("rds.storage."))
    if item.startswith("rds.storage.") and volume:
        return Wanted(item, "AmazonRDS", volume, {"productFamily": "Database Storage"}, "month")
    return None


def _of_capacity(item: str) -> Wanted | None:
    found = CAPACITY.fullmatch(item)
    engine = ENGINES.get(found["engine"]) if found else None
    if found is None or engine is None:
        return None
    usage = "Aurora:ServerlessV2IOOptimizedUsage" if found["optimized"] else "Aurora:ServerlessV2Usage"
    return Wanted(item, "AmazonRDS", usage, {"productFamily": "ServerlessV2", **engine})


def _of_nodes(item: str) -> Wanted | None:
    found = NODE.fullmatch(item)
    engine = CACHES.get(found["engine"]) if found else None
    if found is None or engine is None:
        return None
    filters = {"instanceType": found["size"], "cacheEngine": engine}
    return Wanted(item, "AmazonElastiCache", f"NodeUsage:{found['size']}", filters)


def _of_serverless(item: str) -> Wanted | None:
    """A serverless cache. The usage type names the engine, and the list has the price of one ECPU."""
    found = SERVERLESS.fullmatch(item)
    engine = CACHES.get(found["engine"]) if found else None
    if found is None or engine is None:
        return None
    family = {"productFamily": "ElastiCache Serverless"}
    if found["what"] == "stored":
        return Wanted(item, "AmazonElastiCache", f"CachedData:{engine}", family)
    usage = f"ElastiCacheProcessingUnits:{engine}"
    return Wanted(item, "AmazonElastiCache", usage, family, times=SECONDS)
