"""The ledger: what was seen, for how long it was there, what that came to, at which prices, and what was
billed.

As with every store, each method may raise ``handlers.words.errors.StoreLost``. No method holds the head of
the evidence: working state, which a setting prunes.
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
    """One look at an environment. ``spans``: everything in it that is paid for, running and lately stopped.
    ``whole``: all of it could be read, so what is not among them is gone."""

    environment: str
    at: datetime
    spans: tuple[Span, ...]
    whole: bool = True


@dataclass(frozen=True)
class Watched:
    """From ``begin`` to ``until`` no task can have been missed: no two looks were further apart than ECS
    remembers a stopped task."""

    environment: str
    begin: datetime
    until: datetime


class Spans(Protocol):
    def record(self, sample: Sample) -> datetime | None:
        """All of it or nothing, each span as ``policies.cost.spans.merged`` says and what is gone as ``lost``
        says; the same sample again changes nothing, and in whatever order samples are recorded, the same is
        kept at the end. The earliest instant from which anything is now otherwise than before; ``None``:
        nothing is."""
        ...

    def overlapping(self, environment: str, start: datetime, end: datetime) -> Sequence[Span]:
        """Those that reach into ``[start, end)``, by their beginning. Of what is shared under the very name
        ``policies.cost.spans.shared_name`` gives."""
        ...

    def shared(self, since: datetime) -> Sequence[str]:
        """Names of what several environments share, with anything that reaches beyond ``since``."""
        ...

    def watched(self, environments: Collection[str], since: datetime) -> Sequence[Watched]:
        """Spans of time that reach beyond ``since``, in order; what lies between two was not watched."""
        ...


class Days(Protocol):
    def put(self, environment: str, days: Collection[date], rows: Sequence[UsageRow]) -> None:
        """In place of every row of that environment and these days, in one transaction."""
        ...

    def rows(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        """Of these local dates, both among them; in order of environment, day, service and item."""
        ...

    def sums(self, environments: Collection[str], first: date, last: date) -> Sequence[UsageRow]:
        """As ``rows``, each day's services taken together: one row (its service empty) for each environment,
        day, item, source and price. ``micros`` is ``None`` only where no row of it has a price."""
        ...

    def shared(self, first: date, last: date) -> Sequence[str]:
        """Names of what several environments share and used any of in these days, in order."""
        ...

    def totals(
        self, environments: Collection[str], first: date, last: date, *, services: bool = False
    ) -> Sequence[Total]:
        """What these days came to together, by environment, item and source, and by service where asked: in
        that order. A few rows for each environment, however many days."""
        ...


class PriceBook(Protocol):
    def all(self) -> Sequence[Price]: ...

    def put(self, prices: Sequence[Price]) -> None:
        """Insert or replace, by region, item and day."""
        ...


class Sightings(Protocol):
    def put(self, sighting: Sighting) -> None:
        """Insert or replace; one seen earlier than what is kept changes nothing."""
        ...

    def all(self) -> Mapping[str, Sighting]:
        """By environment."""
        ...


@dataclass(frozen=True)
class Ledger:
    spans: Spans
    days: Days
    prices: PriceBook
    sightings: Sightings
    billed: Billed
    backfills: Backfills
