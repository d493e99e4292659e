"""Puts scopes together: what each adapter offers one environment, for one actor at one moment.

Only this module knows every adapter of a scope. Ports that are not AWS's are added here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.aws.cache_access import CacheAccess
from bot.aws.flushing import flushing
from bot.aws.ports import Aws
from bot.aws.preflight import Finding, preflight
from bot.cache.connection import Login
from bot.cache.keys import RedisKeys
from handlers.ports.book import Book
from handlers.ports.clock import Clock
from handlers.ports.scope import Scope
from policies.access.people import Actor
from policies.service.environment import Environment, LiveService


def _keys(environment: Environment, access: CacheAccess) -> RedisKeys:
    """The keys of the one cache that the catalog names: AWS tells where it is and as whom to sign in."""
    database = environment.flush.database if environment.flush else 0
    return RedisKeys(access.address, lambda address: Login(*access.login(address)), database)


class PortScopes:
    """Implements ``handlers.ports.scope.Scopes``. ``clock`` is the decision clock; ``book`` is the store's,
    and every scope gets it unchanged.
    """

    def __init__(self, aws: Aws, clock: Clock, book: Book) -> None:
        self.aws, self._clock, self._book = aws, clock, book

    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        aws = self.aws.ports(environment, actor)
        return Scope(
            environment=environment,
            actor=actor,
            now=self._clock.now(),
            services=aws.services,
            rollbacks=aws.rollbacks,
            tasks=aws.tasks,
            runs=aws.runs,
            images=aws.images,
            logs=aws.logs,
            scaling=aws.scaling,
            databases=aws.databases,
            capacities=aws.capacities,
            flags=aws.flags,
            features=aws.features,
            permissions=aws.permissions,
            keys=_keys(environment, aws.cache),
            usage=aws.usage,
            insights=aws.insights,
            signals=aws.signals,
            leftovers=aws.leftovers,
            book=self._book,
            operation_id=operation_id,
        )

    def among(self, environments: Sequence[Environment]) -> PortScopes:
        """The same scopes for a catalog with these environments, which may not be applied yet."""
        return PortScopes(self.aws.among(environments), self._clock, self._book)

    def live(self, environment: Environment, actor: Actor) -> tuple[LiveService, ...]:
        """Every service in the environment's clusters, whichever environment claims it; a few seconds old at
        most.
        """
        return self.aws.live(environment, actor)

    def preflight(self, environment: Environment, actor: Actor) -> list[Finding]:
        """For the doctor: what is wrong with this environment's access, and what to do about it."""
        place, scope = self.aws.place(environment, actor), self.bind(environment, actor)
        found = preflight(place, scope, now=datetime.now(UTC))
        return [*found, *flushing(scope)] if found[0].ok else found
