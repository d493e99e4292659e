"""Environments: what one is, which services are its own, and what counts as production."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from policies.service.approved import ApprovedTask

NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Names are of ``[a-z0-9-]``, at most 63 so that they fit a tag, a label and a session name."""


class Tier(StrEnum):
    PRODUCTION = "production"
    NONPRODUCTION = "nonproduction"


@dataclass(frozen=True)
class ClusterPick:
    """Every service of exactly this cluster."""

    cluster: str

    @property
    def clusters(self) -> tuple[str, ...]:
        return (self.cluster,)


@dataclass(frozen=True)
class TagPick:
    """The services in these clusters whose tag ``key`` is exactly ``value``."""

    clusters: tuple[str, ...]
    key: str
    value: str


Pick = ClusterPick | TagPick


@dataclass(frozen=True)
class Bound:
    """Between how many tasks, both included, a service may be scaled. ``service``: its name, or a pattern
    with ``*`` and ``?``."""

    service: str
    minimum: int
    maximum: int


@dataclass(frozen=True)
class AppConfig:
    """Where AppConfig keeps a flag: the ids of the application, of the environment that it is deployed to and
    of the configuration profile, and the ``flag``'s key in that profile. ``strategy``: how fast a change
    reaches those who read it; what AppConfig deploys to all at once still bakes for 10 minutes (facts/ecs
    12.2)."""

    application: str
    environment: str
    profile: str
    flag: str
    strategy: str = "AppConfig.AllAtOnce"


@dataclass(frozen=True)
class Flag:
    """A feature flag. It is kept in a parameter of Systems Manager, which holds the text ``on`` or the text
    ``off``, or in AppConfig; then ``parameter`` is empty. ``service``: the service that reads the parameter
    only when its tasks start, and so needs a restart after a change; empty if none does."""

    name: str
    parameter: str = ""
    on: str = "true"
    off: str = "false"
    service: str = ""
    appconfig: AppConfig | None = None


@dataclass(frozen=True)
class Flush:
    """The cache whose keys people may delete by pattern, and within which limits.

    ``cache`` is an id as in ``Environment.caches``, or empty where ``url`` says the address. ``user`` signs
    in by IAM, or with what ``secret`` holds; without either the cache asks nobody who they are.
    ``prefixes``: what a pattern must begin with; empty allows any. ``most_seconds`` of work, however long
    that takes."""

    cache: str = ""
    url: str = ""
    user: str = ""
    secret: str = ""
    """The ARN of the one secret that holds the password."""
    database: int = 0
    prefixes: tuple[str, ...] = ()
    least_prefix: int = 4
    classes: bool = False
    most_keys: int = 100_000
    most_seconds: int = 120


@dataclass(frozen=True)
class Environment:
    """A named set of ECS services in one account and region.

    ``open_to`` lists the operations a production environment is open to (none by default).
    ``generation`` grows with every change of the definition; an older offer no longer binds.
    """

    name: str
    tier: Tier
    account: str
    region: str
    pick: Pick
    channel: str = ""
    owner: str = ""
    time_zone: str = "UTC"
    role_arn: str = ""
    open_to: frozenset[str] = frozenset()
    shared_channel: bool = False
    databases: tuple[str, ...] = ()
    """RDS instances, and Aurora clusters as ``cluster:<id>``, that stop after its services and start before
    them. The same id may stand in several environments, which then share it."""
    caches: tuple[str, ...] = ()
    """Replication groups of ElastiCache, cache clusters as ``cluster:<id>``, serverless caches as
    ``serverless:<name>``. They are never stopped; named by several environments, they are shared too."""
    start_order: tuple[tuple[str, ...], ...] = ()
    """Waves of services: each starts when the one before is ready. Services named in none start last."""
    scale: tuple[Bound, ...] = ()
    """Between how many tasks people may scale its services. A service that none of these covers is not
    scaled."""
    flags: tuple[Flag, ...] = ()
    """The flags that people may read and switch here. Nothing else in Parameter Store or AppConfig is
    touched."""
    tasks: tuple[ApprovedTask, ...] = ()
    """The one-off tasks that people may run. Nothing else is run."""
    flush: Flush | None = None
    """``None``: keys of no cache are deleted from here."""
    generation: int = 1
    origin: str = "file"

    @property
    def production(self) -> bool:
        return self.tier is not Tier.NONPRODUCTION

    def task(self, name: str) -> ApprovedTask | None:
        """The approved task of that name."""
        return next((task for task in self.tasks if task.name == name), None)


def same_place(one: Environment, other: Environment) -> bool:
    """Whether these two are one environment that was changed, and not two of one name: in the same account
    and region, picked by the same cluster, or by the same tag in whatever clusters."""

    def place(environment: Environment) -> tuple[str, ...]:
        pick = environment.pick
        picked = (pick.cluster,) if isinstance(pick, ClusterPick) else (pick.key, pick.value)
        return (environment.account, environment.region, *picked)

    return place(one) == place(other)


@dataclass(frozen=True)
class LiveService:
    """An ECS service as it stands now: where it lies and its tags."""

    name: str
    cluster: str
    arn: str
    tags: Mapping[str, str] = field(default_factory=dict)


def has_old_arn(service: LiveService) -> bool:
    """Is its ARN of the old short format, without its cluster (facts/ecs 1.3)?"""
    return service.arn.rsplit(":", 1)[-1].count("/") == 1


@dataclass(frozen=True)
class Membership:
    """Which of the live services are an environment's own, and which it may not touch and why."""

    own: tuple[LiveService, ...]
    disputed: Mapping[str, tuple[str, ...]]
    """Service name to the names of all environments that claim it (or that hold its cluster)."""


def picks(environment: Environment, service: LiveService) -> bool:
    """Does the environment's rule, read literally, name this service?"""
    pick = environment.pick
    if service.cluster not in pick.clusters:
        return False
    return isinstance(pick, ClusterPick) or service.tags.get(pick.key) == pick.value


def membership(
    environment: Environment, live: Iterable[LiveService], everyone: Sequence[Environment]
) -> Membership:
    """Judge live services against all environments of the same account and region.

    A service two environments claim belongs to neither. Whatever lies in a production environment's
    cluster is production, whatever its tags say: a nonproduction claim on it is disputed.
    """
    same_place = [e for e in everyone if (e.account, e.region) == (environment.account, environment.region)]
    own: list[LiveService] = []
    disputed: dict[str, tuple[str, ...]] = {}
    for service in live:
        if not picks(environment, service):
            continue
        claims = claimants(service, same_place)
        if claims == (environment.name,):
            own.append(service)
        else:
            disputed[service.name] = claims
    return Membership(tuple(own), disputed)


def claimants(service: LiveService, environments: Iterable[Environment]) -> tuple[str, ...]:
    """The names, sorted, of the environments that claim the service or hold its cluster as production."""
    return tuple(
        sorted(
            e.name
            for e in environments
            if picks(e, service) or (e.production and service.cluster in e.pick.clusters)
        )
    )
