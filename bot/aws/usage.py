"""What is paid for in one environment, read for the meter in a few calls for each of its clusters.

What was read of a cluster stays valid for a moment, so environments that share a cluster and are read one
after the other read it once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from bot.aws.attached import Attached
from bot.aws.attached_caches import AttachedCaches
from bot.aws.discovery import rows, tasks_of
from bot.aws.discovery.definitions import Definition, read_definition
from bot.aws.discovery.live import Everyone, LiveServices
from bot.aws.kept import Kept
from bot.aws.place import Place
from bot.aws.task_spans import SeenTask, seen_task
from bot.aws.use_points import Told, UsePoints
from handlers.ports.usage import Users
from handlers.words.errors import Absent
from policies.cost.sightings import ServiceSeen
from policies.cost.spans import Part, Span, shared_name
from policies.service.environment import Environment, LiveService, TagPick, claimants, picks
from policies.service.facts import ServiceFacts

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import ServiceTypeDef, TaskTypeDef

FRESH = timedelta(minutes=1)
"""How long, on the decision clock, what was read of a cluster is valid for other environments with the same
cluster.
"""
MOST_CLUSTERS, MOST_REVISIONS, MOST_SERIES = 32, 32_768, 4_096
MOST_SHARERS = 30
"""Names that are listed for something shared; a database's index has no room for more."""
PUBLIC = Part("ipv4", 1_000)
T = TypeVar("T")


@dataclass(frozen=True)
class SeenService:
    """``groups`` are ARNs of the service's target groups. ``public`` is true if its tasks get a public
    address.
    """

    live: LiveService
    seen: ServiceSeen
    groups: tuple[str, ...]
    public: bool


@dataclass(frozen=True)
class UsageMemory:
    """What the process remembers for the meter. The memory saves calls and decides nothing. ``told`` holds
    what CloudWatch reported of things that are paid for by their use.
    """

    services: Kept[tuple[datetime, tuple[SeenService, ...]]]
    tasks: Kept[tuple[datetime, tuple[SeenTask, ...]]]
    architectures: Kept[str]
    definitions: Kept[Definition]
    told: Told

    @classmethod
    def fresh(cls, clock: Callable[[], float], definitions: Kept[Definition]) -> UsageMemory:
        """Start with an empty memory. ``clock`` counts monotonic seconds; ``definitions`` are shared with
        other readers.
        """
        return cls(
            services=Kept(MOST_CLUSTERS, clock),
            tasks=Kept(MOST_CLUSTERS, clock),
            architectures=Kept(MOST_REVISIONS, clock),
            definitions=definitions,
            told=Kept(MOST_SERIES, clock),
        )


class EcsUsage:
    """Implements ``handlers.ports.usage.Usage``. ``now`` is the decision clock."""

    def __init__(
        self, place: Place, everyone: Everyone, memory: UsageMemory, now: Callable[[], datetime]
    ) -> None:
        self._place, self._everyone, self._memory, self._now = place, everyone, memory, now

    def services(self) -> tuple[ServiceSeen, ...]:
        name = self._environment.name
        return tuple(s.seen for s, owner in sorted(self._picked(), key=_by_name) if owner == name)

    def tasks(self) -> tuple[Span, ...]:
        found = (span for cluster in self._clusters for span in self._tasks_in(cluster))
        return tuple(sorted(found, key=lambda span: span.id))

    def attached(self, users: Users) -> tuple[Span, ...]:
        points = UsePoints(self._place, self._now(), self._memory.told)
        attached = Attached(self._place, points)
        groups = sorted({group for service, _ in self._picked() for group in service.groups})
        found = [
            *attached.databases(self._owner_of_database),
            *AttachedCaches(self._place, points, self._owner_of_cache).spans(),
            *attached.balancers(groups, lambda id_: self._owner_of_balancer(users.get(id_, ()))),
        ]
        return tuple(sorted({span.id: span for span in found}.values(), key=lambda span: span.id))

    @property
    def _environment(self) -> Environment:
        return self._place.environment

    @property
    def _clusters(self) -> tuple[str, ...]:
        return self._environment.pick.clusters

    @cached_property
    def _here(self) -> tuple[Environment, ...]:
        """All environments of this account and region, read once."""
        place = (self._environment.account, self._environment.region)
        return tuple(e for e in self._everyone() if (e.account, e.region) == place)

    @cached_property
    def _beside(self) -> tuple[Environment, ...]:
        """The environments that share a cluster with this one, this one included."""
        return tuple(e for e in self._here if set(e.pick.clusters) & set(self._clusters))

    def _picked(self) -> list[tuple[SeenService, str]]:
        """The services that this environment's rule picks, each with the name of its owner."""
        return [
            (service, _together(claimants(service.live, self._beside)))
            for cluster in self._clusters
            for service in self._services(cluster)
            if picks(self._environment, service.live)
        ]

    def _tasks_in(self, cluster: str) -> Iterable[Span]:
        known = {service.live.name: service for service in self._services(cluster)}
        owners = {s.live.name: owner for s, owner in self._picked() if s.live.cluster == cluster}
        for task in self._tasks(cluster):
            service = known.get(task.service)
            owner = owners.get(task.service, "") if service else self._owner_of(task, cluster)
            if owner:
                public = service is not None and service.public and task.serverless
                used = (*task.span.parts, PUBLIC) if public else task.span.parts
                yield replace(task.span, environment=owner, parts=used)

    def _owner_of(self, task: SeenTask, cluster: str) -> str:
        """The owner of a task that no service keeps (any more), by the task's own tags. In a cluster that
        several environments share by tag, a task without the tag belongs to all of them, because nobody can
        tell whose it is. Empty if the task is not this environment's.
        """
        live = LiveService(task.service, cluster, "", task.tags)
        claims = claimants(live, self._beside)
        if not claims and not any(self._says(e, task) for e in self._beside):
            claims = tuple(sorted(e.name for e in self._beside if cluster in e.pick.clusters))
        return _together(claims) if self._environment.name in claims else ""

    def _says(self, environment: Environment, task: SeenTask) -> bool:
        pick = environment.pick
        return isinstance(pick, TagPick) and pick.key in task.tags

    def _owner_of_database(self, database: str) -> str:
        """The environments whose catalog rows name this database. RDS keeps ids in lower case."""
        named = (e.name for e in self._here if database.lower() in map(str.lower, e.databases))
        return _together(named) or self._environment.name

    def _owner_of_cache(self, ids: Collection[str]) -> str:
        named = (e.name for e in self._here if not set(e.caches).isdisjoint(ids))
        return _together(named) or self._environment.name

    def _owner_of_balancer(self, users: Collection[str]) -> str:
        """This environment and the others that are known to use the load balancer; at first none are
        known.
        """
        return _together({e.name for e in self._here if e.name in users} | {self._environment.name})

    def _services(self, cluster: str) -> tuple[SeenService, ...]:
        def read() -> tuple[SeenService, ...]:
            live = LiveServices(self._place, self._everyone, Kept(1, self._place.ticks))
            return tuple(seen_service(row, self._now()) for row in live.read(cluster))

        return self._lately(self._memory.services, cluster, read)

    def _tasks(self, cluster: str) -> tuple[SeenTask, ...]:
        def read() -> tuple[SeenTask, ...]:
            at = self._now()
            rows_ = tasks_of.read_every(self._place, cluster)
            return tuple(task for row in rows_ if (task := self._task(row, at)) is not None)

        return self._lately(self._memory.tasks, cluster, read)

    def _task(self, row: TaskTypeDef, at: datetime) -> SeenTask | None:
        self._place.check_account(row["taskArn"])
        return seen_task(row, at, self._architecture)

    def _lately(self, kept: Kept[tuple[datetime, T]], cluster: str, read: Callable[[], T]) -> T:
        e = self._environment
        key, now = (e.account, e.region, e.role_arn, cluster), self._now()
        known = kept.find(key)
        if known is not None and abs(now - known[0]) <= FRESH:
            return known[1]
        return kept.keep(key, (now, read()))[1]

    def _architecture(self, row: TaskTypeDef) -> str:
        """The architecture in the task's definition; empty if the definition was deleted."""
        revision, memory = row.get("taskDefinitionArn", ""), self._memory
        known = memory.architectures.find(revision)
        if known is not None:
            return known
        family = rows.last_part(revision).split(":")[0]
        try:
            found = read_definition(self._place, memory.definitions, revision, family)
        except Absent:
            return ""
        return memory.architectures.keep(revision, found.size.architecture)


def seen_service(row: ServiceTypeDef, at: datetime) -> SeenService:
    """Everything that the meter keeps of a row of DescribeServices."""
    facts, network = rows.summary(row, at), rows.placed(row).get("networkConfiguration", {})
    newest, others = facts.primary, rows.task_set(row) or {}
    made = newest.created_at if newest else others.get("createdAt")
    seen = ServiceSeen(
        name=facts.name,
        desired=facts.desired,
        running=facts.running,
        healthy=_healthy(facts),
        deployment=newest.id if newest else others.get("id", ""),
        deployed=made.astimezone(UTC) if made else None,
        revision=facts.revision,
    )
    public = network.get("awsvpcConfiguration", {}).get("assignPublicIp") == "ENABLED"
    return SeenService(rows.live_service(row), seen, facts.target_groups, public)


def _healthy(facts: ServiceFacts) -> bool | None:
    """Is the service healthy, as far as its counts show? ``None`` while a deployment goes on, and where no
    tasks are wanted.
    """
    newest = facts.primary
    if newest is None or not facts.desired or newest.rollout == "IN_PROGRESS" or len(facts.deployments) > 1:
        return None
    return newest.rollout != "FAILED" and facts.running >= facts.desired


def _together(names: Iterable[str]) -> str:
    """The joint name of these environments; empty if there are none."""
    return shared_name(sorted(set(names))[:MOST_SHARERS])


def _by_name(picked: tuple[SeenService, str]) -> tuple[str, str]:
    live = picked[0].live
    return (live.name, live.cluster)
