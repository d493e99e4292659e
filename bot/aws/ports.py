"""AWS's ports, bound to one environment and one actor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial
from time import monotonic

from bot.aws.account_seat import AccountSeat
from bot.aws.appconfig import AppConfigFeatures
from bot.aws.billing import CostExplorer
from bot.aws.cache_access import CacheAccess
from bot.aws.capacity_groups import GroupCapacities
from bot.aws.databases import RdsDatabases
from bot.aws.discovery.ecs import EcsServices, Memory
from bot.aws.discovery.going_back import EcsRollbacks
from bot.aws.discovery.live import Everyone, LiveServices
from bot.aws.flags import CatalogFlags
from bot.aws.identity import Identity
from bot.aws.images import EcrImages
from bot.aws.insights import ContainerInsights
from bot.aws.kept import Kept
from bot.aws.leftovers import AwsLeftovers
from bot.aws.logs import CloudWatchLogs
from bot.aws.own_calls import EVERYWHERE
from bot.aws.permitted import SILENT_SECONDS, IamPermissions
from bot.aws.place import Place
from bot.aws.price_list import AwsPriceList
from bot.aws.runs import EcsRuns
from bot.aws.scaling import ServiceScaling
from bot.aws.session import AwsSettings, Identities, Watch
from bot.aws.signals import AwsSignals
from bot.aws.tasks import EcsTasks
from bot.aws.throttle import Standing, Throttle
from bot.aws.usage import EcsUsage, UsageMemory
from handlers.ports.clock import Clock
from policies.access.people import Actor, ClockActor
from policies.service.environment import Environment, LiveService

MOST_BEHIND = 36
"""Clients for calls that nobody waits for: nine services, for each of four environments at a time."""


@dataclass(frozen=True)
class Instruments:
    """What a process has one of. ``ticks`` counts monotonic seconds for time limits and short memories;
    ``refill`` counts the seconds in which AWS's buckets fill, which pass faster in a faster playground.
    ``watch`` is called for each call.
    """

    ticks: Callable[[], float] = monotonic
    refill: Callable[[], float] = monotonic
    watch: Watch | None = None
    among: Callable[[], int] = lambda: 1
    """How many processes share AWS's allowance, this process included."""
    clients: Callable[[AwsSettings, Watch | None], Identities] = Identities
    """Makes clients, or returns those that were made for the same settings."""


@dataclass(frozen=True)
class AwsPorts:
    """What AWS offers one actor in one environment."""

    services: EcsServices
    rollbacks: EcsRollbacks
    tasks: EcsTasks
    runs: EcsRuns
    images: EcrImages
    logs: CloudWatchLogs
    scaling: ServiceScaling
    databases: RdsDatabases
    capacities: GroupCapacities
    flags: CatalogFlags
    features: AppConfigFeatures
    permissions: IamPermissions
    cache: CacheAccess
    usage: EcsUsage
    insights: ContainerInsights
    signals: AwsSignals
    leftovers: AwsLeftovers
    """The last four stand behind everything else in the rate buckets, whoever asks."""


class Aws:
    """Makes ports. Holds what the process shares: clients, buckets and memory.

    ``clock`` is the decision clock. ``everyone`` returns all environments of the catalog as it stands now.
    """

    def __init__(
        self,
        settings: AwsSettings,
        everyone: Everyone,
        clock: Clock,
        *,
        instruments: Instruments | None = None,
    ) -> None:
        shared = instruments or Instruments()
        self._settings, self._everyone, self._clock = settings, everyone, clock
        self._ticks = shared.ticks
        self._identities = shared.clients(settings, shared.watch)
        few = replace(settings, most_clients=min(MOST_BEHIND, settings.most_clients))
        self._behind = shared.clients(few, shared.watch)
        """Clients for calls that nobody waits for. Those calls go through every role there is, and would
        drive out the clients that people use.
        """
        self._throttle = Throttle(shared.refill, settings.allowance, shared.among)
        self._silent: Kept[bool] = Kept(settings.most_clients, shared.ticks, SILENT_SECONDS)
        self._memory = Memory.fresh(shared.ticks, settings.membership_seconds)
        self._usage = UsageMemory.fresh(shared.ticks, self._memory.definitions)

    def ports(self, environment: Environment, actor: Actor) -> AwsPorts:
        place = self.place(environment, actor)
        behind = replace(place, identities=self._behind, standing=Standing.BACKGROUND)
        features = AppConfigFeatures(place)
        return AwsPorts(
            services=EcsServices(place, self._everyone, self._memory, self._clock.now),
            rollbacks=EcsRollbacks(place, self._live(place)),
            tasks=EcsTasks(place),
            runs=EcsRuns(place, self._live(place)),
            images=EcrImages(place),
            logs=CloudWatchLogs(place, partial(self._elsewhere, place)),
            scaling=ServiceScaling(place, self._live(place)),
            databases=RdsDatabases(place),
            capacities=GroupCapacities(place, self._live(place)),
            flags=CatalogFlags(place, features),
            features=features,
            permissions=IamPermissions(place, self._live(place), self._silent),
            cache=CacheAccess(place),
            usage=EcsUsage(behind, self._everyone, self._usage, self._clock.now),
            insights=ContainerInsights(behind, self._live(behind)),
            signals=AwsSignals(behind, self._live(behind), self._memory.definitions, self._clock.now),
            leftovers=AwsLeftovers(behind, self._everyone, self._clock.now),
        )

    def price_list(self) -> AwsPriceList:
        """The price list, read by the bot's own identity."""
        return AwsPriceList(self._seat(Identity("", "")), lambda: self._clock.now().astimezone(UTC).date())

    def billing(self, account: str, role_arn: str = "") -> CostExplorer:
        """The bill of that payer account, read by a role of the account or by the bot itself."""
        return CostExplorer(self._seat(Identity(account, role_arn)), account)

    def _seat(self, identity: Identity) -> AccountSeat:
        buckets = self._throttle.buckets(identity.account, EVERYWHERE)
        return AccountSeat(identity, EVERYWHERE, self._identities, buckets)

    def among(self, environments: Sequence[Environment]) -> Aws:
        """The same ports for a catalog with these environments, which may not be applied yet."""
        other = copy(self)
        other._everyone = lambda: environments
        return other

    def place(self, environment: Environment, actor: Actor) -> Place:
        standing = Standing.CLOCK if isinstance(actor, ClockActor) else Standing.PERSON
        return Place(
            environment,
            actor,
            self._identities,
            self._throttle.buckets(environment.account, environment.region),
            self._ticks,
            self._settings.send_within,
            standing,
        )

    def _elsewhere(self, place: Place, region: str) -> Place:
        """The same place in another region of its account, where a container's log group may be."""
        environment = replace(place.environment, region=region)
        buckets = self._throttle.buckets(environment.account, region)
        return replace(place, environment=environment, buckets=buckets)

    def live(self, environment: Environment, actor: Actor) -> tuple[LiveService, ...]:
        """Every service in the environment's clusters, whichever environment claims it; a few seconds old at
        most.
        """
        return self._live(self.place(environment, actor)).everything()

    def _live(self, place: Place) -> LiveServices:
        return LiveServices(place, self._everyone, self._memory.memberships)
