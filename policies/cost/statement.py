"""What days came to, taken together: the sum, by service, by what was paid for, on against off, and what is
not known. Rows in, figures out; every figure is a sum of whole micros.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow

_MILLI = 1_000


class Group(StrEnum):
    """What was paid for, as people name it."""

    TASKS = "tasks"
    DATABASES = "databases"
    STORAGE = "storage"
    CACHES = "caches"
    BALANCERS = "load balancers"
    ADDRESSES = "public addresses"
    OTHERS = "other things"


_GROUPS = (
    ("fargate.", Group.TASKS),
    ("spot.", Group.TASKS),
    ("rds.storage.", Group.STORAGE),
    ("rds.", Group.DATABASES),
    ("cache.", Group.CACHES),
    ("elb.", Group.BALANCERS),
    ("ipv4", Group.ADDRESSES),
)


def group(item: str) -> Group:
    """Of an item of the price list (``policies.cost.prices``)."""
    return next((found for lead, found in _GROUPS if item.startswith(lead)), Group.OTHERS)


class Service(NamedTuple):
    """What one service came to. ``unpriced``: something of it has no price and is not in ``micros``."""

    micros: int
    groups: frozenset[Group]
    unpriced: bool


@dataclass(frozen=True)
class Statement:
    """``micros``: of all that has a price. ``prices``: which were gone by, in words. ``guessed``: days of
    which something is back-filled."""

    micros: int
    services: Mapping[str, Service]
    prices: tuple[str, ...]
    guessed: frozenset[date]

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Services of which something has no price, by name."""
        return tuple(sorted(name for name, found in self.services.items() if found.unpriced))


def statement(rows: Iterable[UsageRow]) -> Statement:
    """Of these rows, whatever environments and days they are of."""
    micros: dict[str, int] = defaultdict(int)
    groups: dict[str, set[Group]] = defaultdict(set)
    unpriced, prices, guessed = set[str](), set[str](), set[date]()
    for row in rows:
        if row.source is Source.INSIGHTS:
            guessed.add(row.day)
        if row.item == ON:
            continue
        micros[row.service] += row.micros or 0
        groups[row.service].add(group(row.item))
        if row.micros is None:
            unpriced.add(row.service)
        elif row.priced:
            prices.add(row.priced)
    services = {n: Service(micros[n], frozenset(groups[n]), n in unpriced) for n in micros}
    return Statement(sum(micros.values()), services, tuple(sorted(prices)), frozenset(guessed))


def on_by_day(rows: Iterable[UsageRow]) -> dict[date, int]:
    """Seconds in which any task of a service ran, of one environment's rows."""
    found: dict[date, int] = defaultdict(int)
    for row in rows:
        if row.item == ON:
            found[row.day] += row.used
    return dict(found)


def while_off(rows: Iterable[UsageRow], lengths: Mapping[date, int]) -> dict[Group, int]:
    """Micros that were paid in the hours in which no task ran, by what for: at least so many.

    ``lengths``: seconds of each day that have passed and are known. Within a day a thing is taken to have
    been there whenever tasks ran, so only what it was there beyond that is counted; an address of a service
    with tasks comes and goes with them.
    """
    found, on, with_tasks = list[UsageRow](), dict[tuple[str, date], int](), set[tuple[str, str, date]]()
    for row in rows:
        if row.item == ON:
            key = (row.environment, row.day)
            on[key] = on.get(key, 0) + row.used
        elif group(row.item) is Group.TASKS:
            with_tasks.add((row.environment, row.service, row.day))
        elif row.micros:
            found.append(row)
    sums: dict[Group, int] = defaultdict(int)
    for row in found:
        if group(row.item) is Group.ADDRESSES and (row.environment, row.service, row.day) in with_tasks:
            continue
        sums[group(row.item)] += _beyond(row, on.get((row.environment, row.day), 0), lengths.get(row.day, 0))
    return {what: micros for what, micros in sums.items() if micros}


def _beyond(row: UsageRow, on: int, length: int) -> int:
    """The share of its cost in which it was there longer than any task. Several of one kind are taken to
    have been there equally long."""
    if not length or not row.used or row.micros is None:
        return 0
    several = -(-row.used // (_MILLI * length))
    seconds = row.used // (_MILLI * several)
    return row.micros * max(0, seconds - min(on, seconds)) // seconds if seconds else 0
