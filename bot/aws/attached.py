"""What an environment pays for besides its tasks and caches, as RDS and Elastic Load Balancing show it now;
for Aurora also what CloudWatch reports of its use (facts/ecs 7.10).

Some costs cannot be seen from here and are left out: an Aurora cluster's requests, load balancers' traffic,
NAT gateways, logs and classic load balancers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from bot.aws import calls
from bot.aws.database_rows import CLUSTER, SERVERLESS_V1, utc
from bot.aws.discovery.live import batches
from bot.aws.errors import translated
from bot.aws.metrics import Series
from bot.aws.place import Place
from bot.aws.use_points import UsePoints
from handlers.words.errors import Absent
from policies.cost.by_use import ByUse, averaged, heard, stored, used
from policies.cost.spans import Kind, Part, Span
from policies.cost.volumes import Volume, paid

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import LoadBalancerTypeDef, TargetGroupTypeDef
    from mypy_boto3_rds.type_defs import DBClusterTypeDef, DBInstanceTypeDef, FilterTypeDef

    Row = TypeVar("Row", LoadBalancerTypeDef, TargetGroupTypeDef)

STOPPED = "stopped"
AT_REST = (STOPPED, "stopping", "starting")
"""Statuses in which a cluster reports no use, or reported none a moment ago."""
ONE = 1_000
MOST_AT_ONCE = 20
"""ARNs in one call of Elastic Load Balancing (the service model)."""
AURORA, OPTIMIZED = "aurora", "aurora-iopt1"
"""Storage types of Aurora. A cluster whose ``StorageType`` is the second pays nothing for requests and more
for everything else; for any other cluster RDS reports no storage type, or the first.
"""
SERVERLESS_V2 = "db.serverless"
UNKNOWN_STORAGE, UNKNOWN_CAPACITY = "aurora.storage", "aurora.serverless"
"""Items without a price, for use that is not known."""
NO_PUBLIC = "dualstack-without-public-ipv4"


@dataclass(frozen=True)
class Attached:
    """Reads what is attached to one environment at one moment. ``owner`` returns the name under which the
    thing with this id is recorded. Each span begins now and is one of ``policies.cost.continuing``, or is an
    hour that is over.
    """

    place: Place
    points: UsePoints

    @property
    def at(self) -> datetime:
        return self.points.at

    def databases(self, owner: Callable[[str], str]) -> Iterator[Span]:
        for database in self.place.environment.databases:
            name = owner(database)
            yield from (
                self._cluster(database, name) if database.startswith(CLUSTER) else self._alone(database, name)
            )

    def balancers(self, groups: Sequence[str], owner: Callable[[str], str]) -> Iterator[Span]:
        """The load balancers that these target groups belong to, with their public addresses: at least one
        address in each zone.
        """
        found = self._in_batches(groups, self._groups)
        arns = sorted({arn for group in found for arn in group.get("LoadBalancerArns", [])})
        for row in self._in_batches(arns, self._balancers):
            arn, name = row["LoadBalancerArn"], row.get("LoadBalancerName", "")
            self.place.check_account(arn)
            used = [Part(f"elb.{row.get('Type', 'application')}", ONE)]
            if addresses := _addresses(row):
                used.append(Part("ipv4", addresses * ONE))
            yield self._span(arn, owner(arn), name, used, kind=Kind.BALANCER)

    def _alone(self, database: str, owner: str) -> Iterator[Span]:
        action = f"read database {database}"
        client = self.place.rds(action)
        try:
            with self.place.turn(calls.DESCRIBE_DB_INSTANCES, action):
                rows = client.describe_db_instances(DBInstanceIdentifier=database)["DBInstances"]
        except Absent:
            return
        for row in rows:
            yield from self._instance(row, owner)

    def _instance(self, row: DBInstanceTypeDef, owner: str) -> Iterator[Span]:
        """Count the hours of an instance while it is not stopped, and its storage always. A Multi-AZ instance
        is stored twice; a member of a cluster has no storage of its own.
        """
        arn, name = row["DBInstanceArn"], row.get("DBInstanceIdentifier", "")
        self.place.check_account(arn)
        engine, twice = row.get("Engine", ""), row.get("MultiAZ", False)
        aurora, optimized = engine.startswith(AURORA), row.get("StorageType") == OPTIMIZED
        if aurora and row.get("DBInstanceClass") == SERVERLESS_V2:
            yield from self._capacity(row, owner)
        elif row.get("DBInstanceStatus") != STOPPED:
            kind = "iopt" if aurora and optimized else "multi" if twice and not aurora else "single"
            item = f"rds.{row.get('DBInstanceClass', '')}.{engine}.{kind}"
            yield self._span(arn, owner, name, [Part(item, ONE)])
        if not row.get("DBClusterIdentifier"):
            for suffix, volume in _volumes(row, zones=2 if twice else 1):
                yield self._span(f"{arn} storage{suffix}", owner, name, paid(volume))

    def _capacity(self, row: DBInstanceTypeDef, owner: str) -> Iterator[Span]:
        """The average capacity of a Serverless v2 instance while it ran, in capacity units."""
        name, optimized = row.get("DBInstanceIdentifier", ""), row.get("StorageType") == OPTIMIZED
        series = Series("AWS/RDS", "ServerlessDatabaseCapacity", (("DBInstanceIdentifier", name),), "Average")
        [points] = self.points.minutely([series])
        thing = ByUse(
            id=f"{row['DBInstanceArn']} capacity",
            owner=owner,
            service=name,
            kind=Kind.DATABASE,
            item=f"aurora.acu.{row.get('Engine', '')}{'.iopt' if optimized else ''}",
            unknown=UNKNOWN_CAPACITY,
            since=utc(row.get("InstanceCreateTime")),
        )
        silent = row.get("DBInstanceStatus") not in AT_REST and not heard(points, self.at)
        yield from used(thing, averaged(points, self.at), self.at, silent=silent)

    def _volume(self, row: DBClusterTypeDef, owner: str) -> Iterator[Span]:
        """What a cluster stores. RDS does not report this with the cluster's state, so CloudWatch is
        asked.
        """
        name, type_ = row.get("DBClusterIdentifier", ""), row.get("StorageType") or AURORA
        series = Series("AWS/RDS", "VolumeBytesUsed", (("DBClusterIdentifier", name),), "Average")
        [points] = self.points.hourly([series])
        thing = ByUse(
            id=f"{row['DBClusterArn']} storage",
            owner=owner,
            service=name,
            kind=Kind.DATABASE,
            item=f"rds.storage.{type_}",
            unknown=UNKNOWN_STORAGE,
            since=utc(row.get("ClusterCreateTime")),
        )
        held = stored(points, self.at, stopped=row.get("Status") in AT_REST)
        yield from used(thing, held, self.at, silent=not heard(points, self.at))

    def _cluster(self, database: str, owner: str) -> Iterator[Span]:
        id_ = database.removeprefix(CLUSTER)
        action = f"read database cluster {id_}"
        client = self.place.rds(action)
        try:
            with self.place.turn(calls.DESCRIBE_DB_CLUSTERS, action):
                rows = client.describe_db_clusters(DBClusterIdentifier=id_)["DBClusters"]
        except Absent:
            return
        for row in rows:
            self.place.check_account(row["DBClusterArn"])
            if row.get("Engine", "").startswith(AURORA):
                yield from self._volume(row, owner)
            else:
                size = Part("rds.storage.cluster", row.get("AllocatedStorage", 0) * ONE)
                yield self._span(f"{row['DBClusterArn']} storage", owner, id_, [size])
            if row.get("EngineMode") == SERVERLESS_V1:
                yield self._span(row["DBClusterArn"], owner, id_, [Part(UNKNOWN_CAPACITY, ONE)])
            elif row.get("DBClusterMembers"):
                for member in read_members(self.place, id_):
                    yield from self._instance(member, owner)

    def _groups(self, arns: list[str]) -> Sequence[TargetGroupTypeDef]:
        action = f"read the target groups of {self.place.environment.name}"
        client = self.place.elb(action)
        with translated(action):
            return client.describe_target_groups(TargetGroupArns=arns)["TargetGroups"]

    def _balancers(self, arns: list[str]) -> Sequence[LoadBalancerTypeDef]:
        action = f"read the load balancers of {self.place.environment.name}"
        client = self.place.elb(action)
        with translated(action):
            return client.describe_load_balancers(LoadBalancerArns=arns)["LoadBalancers"]

    def _in_batches(self, arns: Iterable[str], read: Callable[[list[str]], Sequence[Row]]) -> list[Row]:
        """Read these ARNs in batches. A missing resource fails its whole batch, so each ARN of that batch is
        then asked for by itself.
        """
        found: list[Row] = []
        for batch in batches(arns, MOST_AT_ONCE):
            try:
                found += read(batch)
            except Absent:
                if len(batch) > 1:
                    found += [row for arn in batch for row in self._in_batches([arn], read)]
        return found

    def _span(
        self, id_: str, owner: str, service: str, used: Sequence[Part], *, kind: Kind = Kind.DATABASE
    ) -> Span:
        return Span(id_, owner, service, kind, tuple(used), self.at, self.at)


def read_members(place: Place, cluster: str) -> Sequence[DBInstanceTypeDef]:
    """The instances of an Aurora cluster. A cluster has at most 16, so they fit one page."""
    action = f"read the members of database cluster {cluster}"
    client = place.rds(action)
    only: list[FilterTypeDef] = [{"Name": "db-cluster-id", "Values": [cluster]}]
    with place.turn(calls.DESCRIBE_DB_INSTANCES, action):
        return client.describe_db_instances(Filters=only)["DBInstances"]


def _volumes(row: DBInstanceTypeDef, *, zones: int) -> Iterator[tuple[str, Volume]]:
    """The instance's own volume, and the named additional volumes that Oracle and SQL Server may have."""
    engine = row.get("Engine", "")
    own = row.get("StorageType", "gp2"), row.get("AllocatedStorage", 0), row.get("Iops", 0)
    yield "", Volume(own[0], engine, own[1], own[2], row.get("StorageThroughput", 0), zones)
    for each in row.get("AdditionalStorageVolumes", []):
        size = each.get("AllocatedStorage", 0), each.get("IOPS", 0), each.get("StorageThroughput", 0)
        yield (
            f" {each.get('VolumeName', '')}",
            Volume(each.get("StorageType", "").lower(), engine, *size, zones),
        )


def _addresses(row: LoadBalancerTypeDef) -> int:
    public = row.get("Scheme") == "internet-facing" and row.get("IpAddressType") != NO_PUBLIC
    return len(row.get("AvailabilityZones", [])) if public else 0
