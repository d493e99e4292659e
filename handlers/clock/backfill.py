"""The backfill gives a new environment its history: what Container Insights remembers of the days before the
meter first looked.

Each environment is backfilled once, after the meter has looked at all of it. The meter counts from the day of
its first look (``handlers.clock.sampling``), so no day is counted by both. A backfill that is killed is
repeated and writes the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.ports.clock import Clock
from handlers.ports.ledger import Ledger
from handlers.ports.money import Backfilled
from handlers.ports.scope import Scopes
from handlers.words.errors import StoreLost, Trouble
from policies.access.people import ClockActor
from policies.cost.fargate import TaskSize
from policies.cost.insights import REMEMBERED, History, beginning, history
from policies.cost.prices import Prices
from policies.cost.table import TABLE
from policies.cost.usage import ON
from policies.service.environment import Environment

AGAIN = timedelta(minutes=10)
"""How long after a call that AWS did not answer the next try comes."""
SOON = timedelta(minutes=1)
AT_ONCE = 20
"""How many environments one beat handles. Each costs one or two queries, and a new environment should get its
history soon.
"""
PATIENCE = timedelta(hours=1)
"""How long after the meter's first look a history waits for the price list, if something has no price yet."""


@dataclass(frozen=True)
class Archive:
    """What the backfill works with. ``places``: returns every environment of the catalog as it stands now.
    ``patience``: how long after the meter's first look a history waits for prices; zero where no price list
    is read.
    """

    ledger: Ledger
    scopes: Scopes
    places: Callable[[], Sequence[Environment]]
    clock: Clock
    patience: timedelta = PATIENCE


class Backfill:
    """Fills in the history of new environments. Not thread-safe: one beat at a time."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._not_before: dict[str, datetime] = {}
        self._settled: frozenset[str] = frozenset()
        """Environments that need no further look; remembered to spare the store a query."""

    def tick(self) -> None:
        """Fill the next environments that are due. Trouble of the store and defects of our own are raised; a
        silence of AWS postpones the environment and ends the beat.
        """
        now = self._archive.clock.now()
        waiting = [e for e in self._archive.places() if e.name not in self._settled]
        if not waiting:
            return
        self._settled = self._archive.ledger.backfills.done()
        watched = self._watched([e.name for e in waiting], now)
        due = [e for e in waiting if e.name in watched and self._due(e.name, now)]
        for environment in due[:AT_ONCE]:
            try:
                self._fill(environment, watched[environment.name], now)
            except StoreLost:
                raise
            except Trouble:
                self._not_before[environment.name] = now + AGAIN
                return
            except Exception:
                self._not_before[environment.name] = now + AGAIN  # the next beat fills the others
                raise

    def _due(self, name: str, now: datetime) -> bool:
        return name not in self._settled and now >= self._not_before.get(name, now)

    def _watched(self, names: Sequence[str], now: datetime) -> dict[str, datetime]:
        """Return, for each environment, since when the meter has looked at it as a whole."""
        found: dict[str, datetime] = {}
        for stretch in self._archive.ledger.spans.watched(names, now - REMEMBERED):
            found[stretch.environment] = min(stretch.begin, found.get(stretch.environment, stretch.begin))
        return found

    def _fill(self, environment: Environment, watched: datetime, now: datetime) -> None:
        zone = ZoneInfo(environment.time_zone)
        before = watched.astimezone(zone).date()
        start, end = beginning(zone, before, now), datetime.combine(before, datetime.min.time(), zone)
        days = set[date]()
        if start < end:
            scope = self._archive.scopes.bind(environment, ClockActor())
            points = scope.insights.reserved(start, end)
            sizes = scope.services.sizes(sorted({point.service for point in points}))
            rows = history(points, self._by(environment, before, sizes))
            if now < watched + self._archive.patience and any(
                r.micros is None and r.item != ON for r in rows
            ):
                self._not_before[environment.name] = now + SOON
                return
            days = {row.day for row in rows}
            self._archive.ledger.days.put(environment.name, days, rows)
        self._archive.ledger.backfills.record(Backfilled(environment.name, now, len(days)))

    def _by(self, environment: Environment, before: date, sizes: Sequence[TaskSize]) -> History:
        prices = Prices.of([*TABLE.known.values(), *self._archive.ledger.prices.all()])
        return History(
            environment=environment.name,
            zone=ZoneInfo(environment.time_zone),
            before=before,
            sizes={size.service: size for size in sizes},
            find=lambda item: prices.find(environment.region, item),
        )
