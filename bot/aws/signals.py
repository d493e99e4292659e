"""Whether an environment is used, as its load balancers, CPUs, images and Compute Optimizer show.

Each signal is read by itself: what AWS refuses is reported, and the other signals stand. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from bot.aws import balancers, sign_calls
from bot.aws.arns import database
from bot.aws.database_rows import CLUSTER
from bot.aws.discovery import rows, tasks_of
from bot.aws.discovery.definitions import Definition, read_definition
from bot.aws.discovery.live import LiveServices, batches
from bot.aws.images import newest_push
from bot.aws.kept import Kept
from bot.aws.metrics import KEPT_DAYS, CloudWatch, Points, Series, Window
from bot.aws.place import Place
from handlers.ports.signals import Idle, Sign, Signs, Traffic, Unread
from handlers.words.errors import Absent, Trouble

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef

DAY = 86_400
LONGEST = 60
MOST_RESOURCES = 100
ENROLLED, IDLE = "Active", "Idle"
T = TypeVar("T")


@dataclass(frozen=True)
class AwsSignals:
    """Implements ``handlers.ports.signals.Signals``. ``now`` is the decision clock."""

    place: Place
    live: LiveServices
    definitions: Kept[Definition]
    now: Callable[[], datetime]

    def read(self, days: int = 14) -> Signs:
        if not 1 <= days <= LONGEST:
            raise ValueError(f"days must be 1 to {LONGEST}")
        at = self.now()
        own = self.live.own_rows([service.name for service in self.live.membership().own])
        look = _Look(self, own, at, days)
        return Signs(
            environment=self.place.environment.name,
            at=at,
            days=days,
            traffic=look.tried(Sign.TRAFFIC, look.traffic),
            cpu=look.tried(Sign.CPU, look.cpu),
            idle=look.tried(Sign.IDLE, look.idle),
            pushed=look.tried(Sign.PUSHED, look.pushed),
            registered=look.tried(Sign.REGISTERED, look.registered),
            unread=tuple(look.unread),
        )


@dataclass
class _Look:
    """One look at these services."""

    of: AwsSignals
    own: Sequence[ServiceTypeDef]
    at: datetime
    days: int
    unread: list[Unread] = field(default_factory=list)

    def tried(self, sign: Sign, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except Trouble as trouble:
            self.unread.append(Unread(sign, trouble.sentence))
            return None

    def traffic(self) -> Traffic | None:
        """Requests through load balancers. A metric with points only before the days asked about counts as
        zero; without any points at all the answer is ``None``.
        """
        groups = {row["serviceName"]: rows.target_groups(row) for row in self.own if row.get("loadBalancers")}
        fronts = balancers.of_groups(self.of.place, sorted({g for some in groups.values() for g in some}))
        series, uncounted = [], []
        for name, some in groups.items():
            pairs = [(front, group) for group in some for front in fronts.get(group, ())]
            counted = [p for p in pairs if balancers.kind_of(p[0]) == balancers.APPLICATION]
            series += [balancers.requests(front, group) for front, group in counted]
            if len(counted) < len(pairs) or not counted:
                uncounted.append(name)
        found = self._points(series, KEPT_DAYS)
        if not any(found):
            return None
        since = self._midnight(self.days)
        seen = [(at, value) for points in found for at, value in points.items() if value > 0]
        return Traffic(
            requests=round(sum(value for at, value in seen if at >= since)),
            last=max((at.date() for at, _ in seen), default=None),
            uncounted=tuple(sorted(uncounted)),
        )

    def cpu(self) -> float | None:
        series = [
            Series(
                "AWS/ECS",
                "CPUUtilization",
                (("ClusterName", rows.last_part(row["clusterArn"])), ("ServiceName", row["serviceName"])),
                "Average",
            )
            for row in self.own
        ]
        values = [value for points in self._points(series, self.days) for value in points.values()]
        return max(values, default=None)

    def idle(self) -> tuple[Idle, ...] | None:
        """What Compute Optimizer calls idle: services, and the databases that are instances. Aurora clusters
        are left out, because their members have names of their own.
        """
        action = "ask Compute Optimizer what is idle"
        client = self.of.place.optimizer(action)
        with self.of.place.turn(sign_calls.GET_ENROLLMENT_STATUS, action):
            if client.get_enrollment_status()["status"] != ENROLLED:
                return None
        where = self.of.place.environment
        arns = [row["serviceArn"] for row in self.own]
        arns += [database(where, d) for d in where.databases if not d.startswith(CLUSTER)]
        return tuple(idle for batch in batches(arns, MOST_RESOURCES) for idle in self._idle(batch))

    def _idle(self, arns: list[str]) -> Iterable[Idle]:
        action = "ask Compute Optimizer what is idle"
        client = self.of.place.optimizer(action)
        request: dict[str, object] = {"resourceArns": arns, "maxResults": MOST_RESOURCES}
        while True:
            with self.of.place.turn(sign_calls.GET_IDLE_RECOMMENDATIONS, action):
                page = client.get_idle_recommendations(**request)
            for row in page.get("idleRecommendations", []):
                if row.get("finding") == IDLE and row["resourceArn"] in arns:
                    name = rows.last_part(row["resourceArn"]).rsplit(":", 1)[-1]
                    days = round(row.get("lookBackPeriodInDays", 0))
                    yield Idle(name, days, row.get("lastRefreshTimestamp"))
            if not page.get("nextToken"):
                return
            request["nextToken"] = page["nextToken"]

    def pushed(self) -> datetime | None:
        """When the newest running image was pushed. The image of a service at zero does not count."""
        names = {row["serviceName"] for row in self.own}
        running: set[tuple[str, str]] = set()
        for cluster in {row["clusterArn"] for row in self.own}:
            for row in tasks_of.read_running(self.of.place, cluster):
                if tasks_of.group(row) in names:
                    containers = row.get("containers", [])
                    running |= {(c.get("image", ""), c.get("imageDigest", "")) for c in containers}
        return newest_push(self.of.place, sorted(running))

    def registered(self) -> datetime | None:
        """When the newest revision was registered. A revision that has been deleted has no date."""
        found = [self._definition(row) for row in self.own if row.get("taskDefinition")]
        return max((d.registered for d in found if d and d.registered), default=None)

    def _definition(self, row: ServiceTypeDef) -> Definition | None:
        of = self.of
        try:
            return read_definition(of.place, of.definitions, row["taskDefinition"], row["serviceName"])
        except Absent:
            return None

    def _points(self, series: Sequence[Series], days: int) -> list[Points]:
        """Points by day of UTC, today included."""
        window = Window(self._midnight(days), self.at, DAY)
        return CloudWatch(self.of.place).points(series, window) if series else []

    def _midnight(self, days: int) -> datetime:
        return datetime.combine((self.at - timedelta(days=days)).astimezone(UTC).date(), time(), UTC)
