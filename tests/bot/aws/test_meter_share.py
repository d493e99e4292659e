"""A fleet of 500 environments with 15 services each: the meter's use of AWS's rates, second by second.

``test_usage`` counts the calls of one look; the buckets are real, on the clock of the test.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bot.aws.throttle import Buckets, Standing
from handlers.clock.meter import Heard, Look, Meter
from handlers.ports.usage import Users
from handlers.words.errors import Throttled
from policies.access.people import Actor
from policies.cost.sightings import ServiceSeen
from policies.cost.spans import Span
from policies.service.environment import Environment
from tests.handlers.clock.meters import metered
from tests.handlers.stage import Stage
from tests.handlers.world import environment

FLEET, SERVICES = 500, 15
MINUTES = 15
LISTS = {"service read": 1 + math.ceil(SERVICES / 10), "cluster resource read": 2 + 1}
"""Calls of one look by category: a list and batches of ten services; two lists and a batch of a hundred
tasks.
"""
HALF = 25
"""Calls that half of our own half of a bucket of 100 allows."""


@dataclass
class Bought:
    """A ``Usage`` that takes from the buckets as the adapter does."""

    inner: Any
    buckets: Buckets
    sent: Counter[str]

    def services(self) -> tuple[ServiceSeen, ...]:
        self._pay("service read")
        return self.inner.services()  # type: ignore[no-any-return]

    def tasks(self) -> tuple[Span, ...]:
        self._pay("cluster resource read")
        return self.inner.tasks()  # type: ignore[no-any-return]

    def attached(self, users: Users) -> tuple[Span, ...]:
        return self.inner.attached(users)  # type: ignore[no-any-return]

    def _pay(self, category: str) -> None:
        if self.buckets.ask(category, standing=Standing.BACKGROUND, calls=LISTS[category]):
            raise Throttled("Too much is being asked of AWS just now.", retry_helps=True)
        self.sent[category] += LISTS[category]


@dataclass
class Scopes:
    inner: Any
    buckets: Buckets
    sent: Counter[str]

    def bind(self, where: Environment, actor: Actor, *, operation_id: str = "") -> Any:
        bound = self.inner.bind(where, actor, operation_id=operation_id)
        return replace(bound, usage=Bought(bound.usage, self.buckets, self.sent))


def test_the_meter_spreads_a_fleet_evenly_and_always_leaves_half_of_the_rates_for_others() -> None:
    world = metered(*(environment(f"env-{n:03d}") for n in range(FLEET)))
    seconds, looks = [0.0], Counter[Look]()
    buckets = Buckets(lambda: seconds[0])
    sent = Counter[str]()
    scopes: Any = Scopes(world.scopes, buckets, sent)
    parts = replace(Stage(world).parts, scopes=scopes)
    meter = Meter(parts, timedelta(minutes=MINUTES), heard=Heard(lambda look: looks.update([look])))

    def second() -> Counter[str]:
        before = Counter(sent)
        world.forward(1)
        seconds[0] += 1
        meter.tick()
        for category in LISTS:
            assert buckets.ask(category, standing=Standing.PERSON, calls=HALF) == 0.0
            buckets.give_back(category, HALF)
        return sent - before

    for _ in range(10 * 60):  # a newcomer is read all at once, as fast as there is room
        second()
    assert looks[Look.WHOLE] >= FLEET
    looks.clear()
    sent.clear()
    most = max(max(second().values(), default=0) for _ in range(MINUTES * 60))

    assert looks == {Look.WHOLE: FLEET}
    assert sent == {category: FLEET * calls for category, calls in LISTS.items()}
    assert most <= 2 * max(LISTS.values())
