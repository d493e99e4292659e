"""What days cost: the sum, by service, by what was paid for, on against off, and what is not known. Every
figure is a sum of whole micros.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from policies.cost.prices import contested, floats
from policies.cost.spans import Source
from policies.cost.usage import ON, Total

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
    ("rds.iops.", Group.STORAGE),
    ("rds.throughput.", Group.STORAGE),
    ("rds.", Group.DATABASES),
    ("aurora.storage", Group.STORAGE),
    ("aurora.", Group.DATABASES),
    ("cache.", Group.CACHES),
    ("elb.", Group.BALANCERS),
    ("ipv4", Group.ADDRESSES),
)


@cache
def group(item: str) -> Group:
    """Return the group of an item of the price list (``policies.cost.prices``)."""
    return next((found for lead, found in _GROUPS if item.startswith(lead)), Group.OTHERS)


class Service(NamedTuple):
    """What one service cost. ``unpriced``: something in it has no price and is not in ``micros``.
    ``contested``: something in it has a price on which AWS's own pages disagree.
    """

    micros: int
    groups: frozenset[Group]
    unpriced: bool
    contested: bool = False


@dataclass(frozen=True)
class Statement:
    """What days cost. ``micros``: of all that has a price. ``on``: seconds in which any task of a service
    ran. ``prices``: which prices were used, in words. ``guessed``: on how many days something is back-filled.
    ``floating``: one of the prices changes by itself.
    """

    micros: int
    services: Mapping[str, Service]
    on: int
    prices: tuple[str, ...]
    guessed: int
    floating: bool = False

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Services with something that has no price, by name."""
        return tuple(sorted(name for name, found in self.services.items() if found.unpriced))

    @property
    def contested(self) -> tuple[str, ...]:
        """Services in whose sum AWS's own pages disagree on a price, by name."""
        return tuple(sorted(name for name, found in self.services.items() if found.contested))


def statement(totals: Iterable[Total]) -> Statement:
    """Return the statement of these totals, whatever environments they belong to."""
    micros: dict[str, int] = defaultdict(int)
    groups: dict[str, set[Group]] = defaultdict(set)
    unpriced, disputed, prices, guessed, on = set[str](), set[str](), set[str](), 0, 0
    floating = False
    for each in totals:
        if each.source is Source.INSIGHTS:
            guessed = max(guessed, each.days)
        if each.item == ON:
            on += each.used
            continue
        micros[each.service] += each.micros
        groups[each.service].add(group(each.item))
        if each.unpriced:
            unpriced.add(each.service)
        if each.priced:
            prices.add(each.priced)
        if each.micros and contested(each.item):
            disputed.add(each.service)
        floating |= bool(each.micros) and floats(each.item)
    services = {n: Service(micros[n], frozenset(groups[n]), n in unpriced, n in disputed) for n in micros}
    return Statement(sum(micros.values()), services, on, tuple(sorted(prices)), guessed, floating)


class Dear(NamedTuple):
    environment: str
    service: str
    micros: int


def dearest(totals: Iterable[Total], most: int, *, least: int = 0) -> tuple[Dear, ...]:
    """Return the services that cost most, at most ``most``; none that cost less than ``least``, which is what
    a service elsewhere may have cost.
    """
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for each in totals:
        if each.service:
            sums[each.environment, each.service] += each.micros
    ordered = sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Dear(*key, micros) for key, micros in ordered[:most] if micros and micros >= least)


def while_off(totals: Iterable[Total], passed: int) -> dict[Group, int]:
    """Return the micros that one environment paid, by what for, in the hours in which no task ran: at least
    this much. ``passed``: seconds of these days that are over. A thing is taken to have been there whenever
    tasks ran, so only its time beyond that is counted; an address of a service with tasks comes and goes with
    them.
    """
    found, on, with_tasks = list[Total](), 0, set[str]()
    for each in totals:
        what = group(each.item)
        if each.item == ON:
            on += each.used
        elif what is Group.TASKS:
            with_tasks.add(each.service)
        else:
            found.append(each)
    sums: dict[Group, int] = defaultdict(int)
    for each in found:
        what = group(each.item)
        if not (what is Group.ADDRESSES and each.service in with_tasks):
            sums[what] += _beyond(each, on, passed)
    return {what: micros for what, micros in sums.items() if micros}


def _beyond(each: Total, on: int, passed: int) -> int:
    """Return the share of its cost for the time in which the thing was there longer than any task. Several
    things of one kind are taken to have been there equally long.
    """
    if passed <= 0:
        return 0
    several = max(1, -(-each.used // (_MILLI * passed)))
    seconds = each.used // (_MILLI * several)
    return each.micros * max(0, seconds - on) // seconds if seconds else 0
