"""The fake AWS behind real buckets: each call of a port costs what the adapter's calls would cost.

Both sides are counted. Ours, ``bot.aws.throttle.Buckets`` at the configured share, answers *not now* before
anything is sent. AWS's own, at the published rates, refuses requests that exceed them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from bot.aws.calls import CALLS
from bot.aws.throttle import RATES, Buckets, Standing
from handlers.ports.scope import Scope, Scopes
from handlers.words.errors import Throttled
from policies.access.people import Actor, ClockActor
from policies.service.environment import Environment

DESCRIBED_AT_ONCE, TARGETS_AT_ONCE = 10, 50
"""The batch sizes of facts/ecs 1.2."""
MEMBERSHIP_SECONDS = 5.0
"""The same as in ``bot.aws.session.AwsSettings``."""

BUCKET = {call.name: call.bucket for call in CALLS}


@dataclass
class AwsSide:
    """AWS's buckets at the published rates, with nobody else in the account."""

    clock: Callable[[], float]
    throttled: int = 0
    sent: dict[str, int] = field(default_factory=dict)
    _tokens: dict[str, tuple[float, float]] = field(default_factory=dict)

    def take(self, operation: str) -> None:
        """Take one call from the bucket. Raises ``Throttled`` if the bucket is empty."""
        category, now = BUCKET[operation], self.clock()
        rate = RATES[category]
        held, at = self._tokens.get(category, (rate.burst, now))
        held = min(rate.burst, held + (now - at) * rate.per_second)
        self._tokens[category] = (held, now)
        if held < 1.0:
            self.throttled += 1
            raise Throttled("AWS says that it is asked too much.", "ThrottlingException", retry_helps=True)
        self._tokens[category] = (held - 1.0, now)
        self.sent[operation] = self.sent.get(operation, 0) + 1


@dataclass
class Meter:
    """Counts calls. ``took`` is called after each call that was sent, because its answer takes time."""

    buckets: Buckets
    aws: AwsSide
    took: Callable[[], None]
    put_off: int = 0

    def call(self, operation: str, *, person: bool, times: int = 1) -> None:
        """Make that many calls one after the other, as ``bot.aws.place.Place.turn`` does."""
        standing = Standing.PERSON if person else Standing.CLOCK
        for _ in range(times):
            if self.buckets.ask(BUCKET[operation], standing=standing):
                self.put_off += 1
                raise Throttled("Too much is being asked of AWS just now.", retry_helps=True)
            self.aws.take(operation)
            self.took()


@dataclass
class MeteredServices:
    """``Services`` with a meter. A stop must not call anything that is not metered here: such a call fails
    with ``AttributeError``.
    """

    inner: Any
    meter: Meter
    person: bool
    recent: dict[int, float]
    changed: Callable[[str], None]

    def members(self) -> Any:
        now, known = self.meter.aws.clock(), self.recent.get(id(self.inner))
        if known is None or now - known >= MEMBERSHIP_SECONDS:
            self.meter.call("ListServices", person=self.person)
            self._describe(len(self.inner.known()))
            self.recent[id(self.inner)] = self.meter.aws.clock()
        return self.inner.members()

    def summaries(self, services: Sequence[str], *, tasks: bool = False) -> Any:
        self._describe(len(services))
        if tasks:
            self.meter.call("ListTasks", person=self.person, times=2)
            self.meter.call("DescribeTasks", person=self.person)
        return self.inner.summaries(services, tasks=tasks)

    def facts(self, service: str, service_deployment: str = "") -> Any:
        self._describe(1)
        self.meter.call("ListTasks", person=self.person, times=2)
        self.meter.call("DescribeTasks", person=self.person)
        return self.inner.facts(service, service_deployment)

    def set_desired(self, service: str, count: int) -> Any:
        self._describe(1)
        self.meter.call("UpdateService", person=self.person)
        receipt = self.inner.set_desired(service, count)
        self.changed(service)
        return receipt

    def _describe(self, services: int) -> None:
        batches = -(-services // DESCRIBED_AT_ONCE)
        self.meter.call("DescribeServices", person=self.person, times=batches)


@dataclass
class MeteredScaling:
    inner: Any
    services: MeteredServices

    def facts(self, services: Sequence[str]) -> Mapping[str, Any]:
        self.services.members()
        self._call("DescribeScalableTargets", -(-len(services) // TARGETS_AT_ONCE))
        found: Mapping[str, Any] = self.inner.facts(services)
        return found

    def suspend(self, service: str) -> Any:
        self._call("DescribeServices")
        self._call("RegisterScalableTarget")
        return self.inner.suspend(service)

    def _call(self, operation: str, times: int = 1) -> None:
        self.services.meter.call(operation, person=self.services.person, times=times)


@dataclass
class MeteredDatabases:
    inner: Any
    meter: Meter
    person: bool
    count: int
    changed: Callable[[str], None]

    def facts(self) -> Any:
        self.meter.call("DescribeDBInstances", person=self.person, times=self.count)
        return self.inner.facts()

    def stop(self, database: str) -> Any:
        self.meter.call("DescribeDBInstances", person=self.person)
        self.meter.call("StopDBInstance", person=self.person)
        receipt = self.inner.stop(database)
        self.changed(database)
        return receipt


@dataclass
class MeteredTasks:
    inner: Any
    meter: Meter
    person: bool

    def one_off(self) -> Any:
        self.meter.call("ListTasks", person=self.person)
        found = self.inner.one_off()
        self.meter.call("DescribeTasks", person=self.person, times=1 if found else 0)
        return found


@dataclass
class MeteredScopes:
    """``Scopes`` of one account and region. ``changed`` is called for each count or database that was set."""

    inner: Scopes
    meter: Meter
    changed: Callable[[str, str], None]
    recent: dict[int, float] = field(default_factory=dict)

    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        scope = self.inner.bind(environment, actor, operation_id=operation_id)
        person, name = not isinstance(actor, ClockActor), environment.name
        told = partial(self.changed, name)
        services = MeteredServices(scope.services, self.meter, person, self.recent, told)
        databases = MeteredDatabases(scope.databases, self.meter, person, len(environment.databases), told)
        metered: Any = {
            "services": services,
            "tasks": MeteredTasks(scope.tasks, self.meter, person),
            "scaling": MeteredScaling(scope.scaling, services),
            "databases": databases,
        }
        return replace(scope, **metered)
