"""The ledger: what was seen, for how long it existed, what it cost, at which prices, and what was billed.

As with every store, each method may raise ``handlers.words.errors.StoreLost``. No method locks the head of
the audit chain: the ledger is working state, which a setting prunes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from handlers.ports.money import Backfills, Billed
from policies.cost.prices import Price
from policies.cost.sightings import Sighting
from policies.cost.spans import Span
from policies.cost.usage import Total, UsageRow


@dataclass(frozen=True)
class Sample:
    """One look at an environment. ``spans``: everything in it that is paid for, running and recently stopped.
    ``whole``: everything could be read, so what is not in ``spans`` is gone.
    """

    environment: str
    at: datetime
    spans: tuple[Span, ...]
    whole: bool = True


@dataclass(frozen=True)
class Watched:
    """From ``begin`` to ``until`` no task can have been missed: no two looks were further apart than ECS
    remembers a stopped task.
    """

    environment: str
    begin: datetime
    until: datetime


class Spans(Protocol):
    def record(self, sample: Sample) -> datetime | None:
        """Record a sample, all of it or nothing: each span as ``policies.cost.spans.merged`` says, and what
        is gone as ``lost`` says. The order of samples does not matter, and a repeat changes nothing.

        Returns the earliest instant from which anything differs from before; ``None`` if nothing does.
        """
        ...

    def overlapping(self, environment: str, start: datetime, end: datetime) -> Sequence[Span]:
        """Return the spans that reach into ``[start, end)``, in order of their beginning. What is shared is
        under the name that ``policies.cost.spans.shared_name`` returns.
        """
        ...

    def shared(self, since: datetime) -> Sequence[str]:
        """Return the names of what several environments share, if anything of it reaches beyond ``since``."""
        ...

    def watched(self, environments: Collection[str], since: datetime) -> Sequence[Watched]:
        """Return the watched stretches that reach beyond ``since``, in order; the time between two was not
        watched.
        """
        ...


class Days(Protocol):
    def put(self, environment: str, days: Collection[date], rows: Sequence[UsageRow]) -> None:
        """Replace every row of that environment and these days, in one transaction."""
        ...

    def rows(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        """Return the rows of these local dates, ``first`` and ``last`` included, in order of environment,
        day, service and item.
        """
        ...

    def sums(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        """Return ``rows`` with each day's services summed up: one row (its service empty) for each
        environment, day, item, source and price. ``micros`` is ``None`` only if no summed row has a price.
        """
        ...

    def shared(self, first: date, last: date) -> Sequence[str]:
        """Return the names of what several environments share and used in these days, in order."""
        ...

    def totals(
        self, environments: Collection[str], first: date, last: date, *, services: bool = False
    ) -> Sequence[Total]:
        """Return what these days came to together, in order of environment, item and source, and by service
        if asked. There are a few rows for each environment, however many days are summed up.
        """
        ...


class PriceBook(Protocol):
    def all(self) -> Sequence[Price]: ...

    def put(self, prices: Sequence[Price]) -> None:
        """Insert or replace prices, by region, item and day."""
        ...


class Sightings(Protocol):
    def put(self, sighting: Sighting) -> None:
        """Insert or replace a sighting; a sighting earlier than the stored one changes nothing."""
        ...

    def all(self) -> Mapping[str, Sighting]:
        """Return the last sighting of each environment."""
        ...

    def count(self) -> int:
        """Return how many environments were ever seen."""
        ...


@dataclass(frozen=True)
class Ledger:
    spans: Spans
    days: Days
    prices: PriceBook
    sightings: Sightings
    billed: Billed
    backfills: Backfills
