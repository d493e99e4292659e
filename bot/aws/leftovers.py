"""What is left over in an account and region: listed, and never touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.aws import balancers, sign_calls
from bot.aws.discovery.live import Everyone, batches
from bot.aws.discovery.rows import last_part
from bot.aws.metrics import CloudWatch, Window
from bot.aws.place import Place
from bot.aws.targets import read_targets
from handlers.ports.signals import Found, Leftover, LeftoverKind
from handlers.words.errors import Trouble
from policies.cost.spans import Part

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import AddressTypeDef, TagTypeDef, VolumeTypeDef
    from mypy_boto3_elbv2.type_defs import LoadBalancerTypeDef
    from mypy_boto3_logs.type_defs import LogGroupTypeDef

DAY = 86_400
MOST_CLUSTERS = 100
ONE = 1_000
GIGABYTE = 10**9
COUNTS = (
    "activeServicesCount",
    "runningTasksCount",
    "pendingTasksCount",
    "registeredContainerInstancesCount",
)


@dataclass(frozen=True)
class AwsLeftovers:
    """Implements ``handlers.ports.signals.Leftovers``. ``everyone`` returns all environments of the catalog;
    ``now`` is the decision clock.
    """

    place: Place
    everyone: Everyone
    now: Callable[[], datetime]

    def find(self, kinds: Collection[LeftoverKind] = tuple(LeftoverKind), *, days: int = 14) -> Found:
        at, where = self.now(), self.place.environment
        found: list[Leftover] = []
        unread: list[tuple[LeftoverKind, str]] = []
        for kind in [kind for kind in LeftoverKind if kind in kinds]:
            try:
                found += self._of(kind, at - timedelta(days=days), at)
            except Trouble as trouble:
                unread.append((kind, trouble.sentence))
        return Found(where.account, where.region, at, tuple(found), tuple(unread))

    def _of(self, kind: LeftoverKind, since: datetime, at: datetime) -> Sequence[Leftover]:
        match kind:
            case LeftoverKind.BALANCER:
                return list(self._balancers(since, at))
            case LeftoverKind.CLUSTER:
                return list(self._clusters())
            case LeftoverKind.VOLUME:
                return list(self._volumes())
            case LeftoverKind.ADDRESS:
                return list(self._addresses())
            case LeftoverKind.LOG_GROUP:
                return list(self._log_groups())

    def _balancers(self, since: datetime, at: datetime) -> Iterator[Leftover]:
        """Ask for the traffic of all load balancers at once, and read targets only for those without
        traffic.
        """
        rows = [
            row for row in balancers.all_balancers(self.place) if balancers.kind_of(row["LoadBalancerArn"])
        ]
        series = [balancers.requests(row["LoadBalancerArn"]) for row in rows]
        traffic = CloudWatch(self.place).points(series, Window(since, at, DAY)) if series else []
        for row, points in zip(rows, traffic, strict=True):
            if not any(points.values()) and not self._healthy(row["LoadBalancerArn"]):
                yield self._balancer(row)

    def _healthy(self, balancer: str) -> bool:
        targets = read_targets(self.place, balancers.groups_of(self.place, balancer))
        return any(target.state == "healthy" for target in targets)

    def _balancer(self, row: LoadBalancerTypeDef) -> Leftover:
        part = Part(f"elb.{balancers.kind_of(row['LoadBalancerArn'])}", ONE)
        name = row.get("LoadBalancerName", "")
        arn = row["LoadBalancerArn"]
        found = self._made(LeftoverKind.BALANCER, arn, name)
        return replace(found, since=row.get("CreatedTime"), parts=(part,))

    def _clusters(self) -> Iterator[Leftover]:
        """Empty clusters that no environment of the catalog names. A cluster that an environment names is
        judged with that environment.
        """
        action = "list the clusters"
        pages = self.place.ecs(action).get_paginator("list_clusters").paginate()
        arns = [
            a for p in self.place.paged(sign_calls.LIST_CLUSTERS, action, pages) for a in p["clusterArns"]
        ]
        where = self.place.environment
        here = [e for e in self.everyone() if (e.account, e.region) == (where.account, where.region)]
        named = {cluster for e in here for cluster in e.pick.clusters}
        for batch in batches((arn for arn in arns if last_part(arn) not in named), MOST_CLUSTERS):
            client = self.place.ecs(action)
            with self.place.turn(sign_calls.DESCRIBE_CLUSTERS, action):
                rows = client.describe_clusters(clusters=batch)["clusters"]
            for row in rows:
                if row.get("status") == "ACTIVE" and not any(row.get(count) for count in COUNTS):
                    arn = row["clusterArn"]
                    yield self._made(LeftoverKind.CLUSTER, arn, row.get("clusterName", ""))

    def _volumes(self) -> Iterator[Leftover]:
        action = "list the volumes that are attached to nothing"
        only = [{"Name": "status", "Values": ["available"]}]
        pages = self.place.ec2(action).get_paginator("describe_volumes").paginate(Filters=only)  # type: ignore[arg-type]
        for page in self.place.paged(sign_calls.DESCRIBE_VOLUMES, action, pages):
            for row in page["Volumes"]:
                yield self._volume(row)

    def _volume(self, row: VolumeTypeDef) -> Leftover:
        id_ = row["VolumeId"]
        name = _named(row.get("Tags", []), id_)
        found = self._made(LeftoverKind.VOLUME, id_, name)
        return replace(found, since=row.get("CreateTime"), gigabytes=row.get("Size"))

    def _addresses(self) -> Iterator[Leftover]:
        """Addresses that are attached to nothing. EC2 lists all addresses in one answer, and does not say
        since when an address has been unused.
        """
        action = "list the public addresses"
        client = self.place.ec2(action)
        with self.place.turn(sign_calls.DESCRIBE_ADDRESSES, action):
            rows = client.describe_addresses()["Addresses"]
        yield from (self._address(row) for row in rows if not _associated(row))

    def _address(self, row: AddressTypeDef) -> Leftover:
        id_ = row.get("AllocationId", row.get("PublicIp", ""))
        name = _named(row.get("Tags", []), row.get("PublicIp", ""))
        return replace(self._made(LeftoverKind.ADDRESS, id_, name), parts=(Part("ipv4", ONE),))

    def _log_groups(self) -> Iterator[Leftover]:
        action = "list the log groups"
        pages = self.place.logs(action).get_paginator("describe_log_groups").paginate()
        for page in self.place.paged(sign_calls.DESCRIBE_LOG_GROUPS, action, pages):
            for row in page["logGroups"]:
                if not row.get("retentionInDays"):
                    yield self._log_group(row)

    def _log_group(self, row: LogGroupTypeDef) -> Leftover:
        made, kept = row.get("creationTime"), row.get("storedBytes")
        since = None if made is None else datetime.fromtimestamp(made / 1_000, UTC)
        size = None if kept is None else kept // GIGABYTE
        name = row.get("logGroupName", "")
        found = self._made(LeftoverKind.LOG_GROUP, row.get("arn", name), name)
        return replace(found, since=since, gigabytes=size)

    def _made(self, kind: LeftoverKind, id_: str, name: str) -> Leftover:
        return Leftover(self.place.environment.account, self.place.environment.region, kind, id_, name)


def _associated(row: AddressTypeDef) -> bool:
    return bool(row.get("AssociationId") or row.get("InstanceId") or row.get("NetworkInterfaceId"))


def _named(tags: Sequence[TagTypeDef], otherwise: str) -> str:
    names = [tag.get("Value", "") for tag in tags if tag.get("Key") == "Name"]
    return next(filter(None, names), otherwise)
