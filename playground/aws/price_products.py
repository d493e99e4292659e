"""What the playground's Price List sells: products of six services in two regions, in AWS's wording.

All prices are simulated. Those of Fargate and of an address in us-east-1, and of x86 in eu-central-1, are
from facts/ecs 7.2; the others are near AWS's but were not verified (7.5). Next to each price that a reader
wants stands one that it must not take: Windows and ARM, free entries of ECS on EC2, other engines and load
balancers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

PLACES = {"eu-central-1": "EU (Frankfurt)", "us-east-1": "US East (N. Virginia)"}
SHORT = {"eu-central-1": "EUC1-", "us-east-1": "USE1-"}
"""The prefixes by which usage types name a region; most usage types of us-east-1 have none."""
FARGATE: dict[str, tuple[str, dict[str, str]]] = {
    "Fargate-vCPU-Hours:perCPU": ("vCPU", {"us-east-1": "0.04048", "eu-central-1": "0.04656"}),
    "Fargate-GB-Hours": ("GB", {"us-east-1": "0.004445", "eu-central-1": "0.00511"}),
    "Fargate-ARM-vCPU-Hours:perCPU": ("ARM vCPU", {"us-east-1": "0.03238", "eu-central-1": "0.03725"}),
    "Fargate-ARM-GB-Hours": ("ARM GB", {"us-east-1": "0.00356", "eu-central-1": "0.00409"}),
    "Fargate-EphemeralStorage-GB-Hours": (
        "ephemeral storage GB", {"us-east-1": "0.000111", "eu-central-1": "0.000127"},
    ),
    "Fargate-Windows-vCPU-Hours:perCPU": (
        "Windows vCPU", {"us-east-1": "0.046552", "eu-central-1": "0.053544"},
    ),
    "Fargate-Windows-GB-Hours": ("Windows GB", {"us-east-1": "0.00511175", "eu-central-1": "0.0058765"}),
    "Fargate-Windows-OS-Hours:perCPU": (
        "Windows licence of a vCPU", {"us-east-1": "0.046", "eu-central-1": "0.046"},
    ),
    "ECS-EC2-vCPU-Hours": ("vCPU of tasks on EC2", {"us-east-1": "0", "eu-central-1": "0"}),
    "ECS-EC2-GB-Hours": ("GB of tasks on EC2", {"us-east-1": "0", "eu-central-1": "0"}),
}  # fmt: skip
CLASSES = {
    "db.t3.micro": "0.018", "db.t3.small": "0.036", "db.t3.medium": "0.072",
    "db.t4g.micro": "0.016", "db.t4g.small": "0.032", "db.t4g.medium": "0.065", "db.t4g.large": "0.129",
    "db.m6g.large": "0.159", "db.m6g.xlarge": "0.318", "db.m7g.large": "0.168", "db.r6g.large": "0.225",
    "db.r7g.large": "0.239",
}  # fmt: skip
"""USD per hour of PostgreSQL in one zone in us-east-1; our other engines and regions are multiples of it."""
ENGINES = {
    "PostgreSQL": ("0014", "1"), "MySQL": ("0002", "0.985"), "MariaDB": ("0018", "0.985"),
    "Oracle": ("0020", "1.9"), "Aurora PostgreSQL": ("0021", "1.12"), "Aurora MySQL": ("0016", "1.12"),
}  # fmt: skip
"""Each engine's operation number, and its price as a multiple of PostgreSQL's."""
STORAGE = {"General Purpose-GP3": ("GP3", "0.115"), "General Purpose": ("GP2", "0.115")}
NODES = {"cache.t4g.micro": "0.016", "cache.t4g.small": "0.032", "cache.t4g.medium": "0.065"}
CACHES = {"Redis": "1", "Valkey": "0.8", "Memcached": "1"}
FRANKFURT = "1.16"
"""The factor by which databases and caches cost more in eu-central-1; our own round figure."""


@dataclass(frozen=True)
class Product:
    """One priced item. ``usd`` is the price of one ``unit``, as a decimal string."""

    service: str
    region: str
    usage: str
    usd: str
    unit: str = "Hrs"
    family: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def products() -> Iterator[Product]:
    """Yield every product of every region."""
    for region in PLACES:
        yield from _fargate(region)
        yield from _databases(region)
        yield from _storage(region)
        yield from _capacity(region)
        yield from _caches(region)
        yield from _balancers(region)
        yield from _addresses(region)
        yield from _gateways(region)


def _fargate(region: str) -> Iterator[Product]:
    for name, (_, prices) in reversed(FARGATE.items()):
        family = "Compute" if "Storage" not in name else "Storage"
        kind = {"cputype": "perCPU"} if "vCPU" in name else {"memorytype": "perGB"}
        unit = "hours" if "vCPU" in name or "OS" in name else "GB-Hours"
        yield Product("AmazonECS", region, SHORT[region] + name, prices[region], unit, family, kind)


def _databases(region: str) -> Iterator[Product]:
    for engine, (number, factor) in ENGINES.items():
        for size, price in CLASSES.items():
            for option, usage, times in (
                ("Multi-AZ", "Multi-AZUsage", 2.0),
                ("Single-AZ", "InstanceUsage", 1.0),
            ):
                if option == "Multi-AZ" and engine.startswith("Aurora"):
                    continue
                attributes = {
                    "instanceType": size,
                    "databaseEngine": engine,
                    "deploymentOption": option,
                    "licenseModel": "License included" if engine == "Oracle" else "No license required",
                    "operation": f"CreateDBInstance:{number}",
                }
                usd = f"{float(price) * float(factor) * times * _dearer(region):.4f}"
                named = f"{_plain(region)}{usage}:{size}"
                yield Product("AmazonRDS", region, named, usd, "Hrs", "Database Instance", attributes)
                if engine.startswith("Aurora"):
                    named = f"{_plain(region)}InstanceUsageIOOptimized:{size}"
                    usd = f"{float(usd) * 1.3:.4f}"
                    yield Product("AmazonRDS", region, named, usd, "Hrs", "Database Instance", attributes)


def _storage(region: str) -> Iterator[Product]:
    for volume, (short, price) in STORAGE.items():
        for option, usage, times in (
            ("Multi-AZ", f"RDS:Multi-AZ-{short}-Storage", 2.0),
            ("Single-AZ", f"RDS:{short}-Storage", 1.0),
        ):
            attributes = {"volumeType": volume, "databaseEngine": "Any", "deploymentOption": option}
            usd = f"{float(price) * times * _dearer(region):.4f}"
            yield Product(
                "AmazonRDS", region, _plain(region) + usage, usd, "GB-Mo", "Database Storage", attributes
            )
    aurora = {"volumeType": "General Purpose-Aurora", "databaseEngine": "Any"}
    for kind, monthly in (("StorageUsage", 0.10), ("IO-OptimizedStorageUsage", 0.225)):
        usd, named = f"{monthly * _dearer(region):.4f}", f"{_plain(region)}Aurora:{kind}"
        yield Product("AmazonRDS", region, named, usd, "GB-Mo", "Database Storage", aurora)


def _capacity(region: str) -> Iterator[Product]:
    """Yield the capacity of Aurora Serverless v2, and of v1, which is a different product."""
    for engine in ("Aurora PostgreSQL", "Aurora MySQL"):
        for usage, price, family in (
            ("ServerlessUsage", 0.06, "Serverless"),
            ("ServerlessV2Usage", 0.12, "ServerlessV2"),
            ("ServerlessV2IOOptimizedUsage", 0.16, "ServerlessV2"),
        ):
            usd, named = f"{price * _dearer(region):.4f}", f"{_plain(region)}Aurora:{usage}"
            yield Product("AmazonRDS", region, named, usd, "ACU-Hr", family, {"databaseEngine": engine})


def _caches(region: str) -> Iterator[Product]:
    for engine, factor in CACHES.items():
        for size, price in NODES.items():
            attributes = {"instanceType": size, "cacheEngine": engine, "operation": "CreateCacheCluster:0002"}
            usd = f"{float(price) * float(factor) * _dearer(region):.4f}"
            named = f"{_plain(region)}NodeUsage:{size}"
            yield Product("AmazonElastiCache", region, named, usd, "Hrs", "Cache Instance", attributes)
            named = f"{_plain(region)}ExtendedSupportYr3-NodeUsage:{size}"
            yield Product("AmazonElastiCache", region, named, usd, "Hrs", "Cache Instance", attributes)
        for usage, unit, each in (
            ("CachedData", "GB-Hours", 0.125 if engine != "Valkey" else 0.084),
            ("ElastiCacheProcessingUnits", "ElastiCacheProcessingUnit", 3.4e-9 * float(factor)),
        ):
            usd, named = f"{each * _dearer(region):.13f}", f"{SHORT[region]}{usage}:{engine}"
            serverless = {"cacheEngine": engine, "operation": "CreateServerlessCache"}
            family = "ElastiCache Serverless"
            yield Product("AmazonElastiCache", region, named, usd, unit, family, serverless)


def _balancers(region: str) -> Iterator[Product]:
    hour = "0.027" if region == "eu-central-1" else "0.0225"
    classic = "0.03" if region == "eu-central-1" else "0.025"
    trust = {"group": "ELB:Trust Store", "operation": "LoadBalancing:Application"}
    named = f"{_plain(region)}TS-LoadBalancerUsage"
    yield Product("AWSELB", region, named, "0.0056", "Hrs", "Load Balancer-Application", trust)
    for kind, usd in (("", classic), ("Network", hour), ("Application", hour)):
        family = f"Load Balancer-{kind}".rstrip("-")
        doing = f"LoadBalancing:{kind}".rstrip(":")
        shown = {"group": "ELB:Balancer", "operation": doing}
        yield Product("AWSELB", region, f"{_plain(region)}LoadBalancerUsage", usd, "Hrs", family, shown)
        if kind:
            used = shown | {"group": "ELB:Balancing"}
            name = f"{_plain(region)}LCUUsage"
            yield Product("AWSELB", region, name, "0.0080", "LCU-Hrs", family, used)


def _addresses(region: str) -> Iterator[Product]:
    for name in ("IdleAddress", "InUseAddress"):
        usage = f"{SHORT[region]}PublicIPv4:{name}"
        group = {"group": "VPCPublicIPv4Address", "operation": ""}
        yield Product("AmazonVPC", region, usage, "0.0050", "Hrs", "", group)


def _gateways(region: str) -> Iterator[Product]:
    for name, unit in (("NatGateway-Bytes", "GB"), ("NatGateway-Hours", "Hrs")):
        usd = "0.052" if region == "eu-central-1" else "0.045"
        group = {"group": "NGW:NatGateway", "operation": "NatGateway"}
        yield Product("AmazonEC2", region, f"{_plain(region)}{name}", usd, unit, "NAT Gateway", group)


def _plain(region: str) -> str:
    return "" if region == "us-east-1" else SHORT[region]


def _dearer(region: str) -> float:
    return float(FRANKFURT) if region == "eu-central-1" else 1.0
