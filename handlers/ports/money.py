"""AWS's answers about money and use: list prices, the bill, and what Container Insights remembers.

Each method that asks AWS may raise ``handlers.words.errors.Trouble``; nothing is given back in part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from policies.cost.billed import BilledDay, Tagged
from policies.cost.insights import Reserved
from policies.cost.prices import Price


class Doubted(StrEnum):
    """Why an item got no price although it was asked for."""

    ABSENT = "absent"
    """The list has nothing of that usage type there, or only what costs nothing."""
    AMBIGUOUS = "ambiguous"
    """It has two different prices, and a guess would be worse than none."""


@dataclass(frozen=True)
class Doubt:
    region: str
    item: str
    why: Doubted


@dataclass(frozen=True)
class Quoted:
    """``doubts``: items that were asked for and have no price here."""

    prices: tuple[Price, ...]
    doubts: tuple[Doubt, ...] = ()


class PriceList(Protocol):
    """AWS's Price List API, asked by the bot's own identity. Deliberately absent: Spot, which is not in
    it."""

    def prices(self, region: str, items: Collection[str]) -> Quoted:
        """The list prices of these items (``policies.cost.prices``) in that region, dated today, each chosen
        by its exact usage type. An item of Spot is left out without a doubt; one of no known form is
        absent."""
        ...


class Activation(StrEnum):
    """Whether Cost Explorer knows spend by a tag (facts/ecs 7.7)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    """Known, and not activated: spend by it looks like zero."""
    ABSENT = "absent"
    """Never seen, or not yet: a new tag takes up to a day to be known."""


@dataclass(frozen=True)
class TagState:
    key: str
    activation: Activation


@dataclass(frozen=True)
class Bill:
    """``tagged``: every amount there is, by day and the values of the tags that were asked about."""

    tagged: tuple[Tagged, ...]
    whole: bool = True
    """False: ``page`` said no before the last one, so sums would be too small and none may be shown."""


class Billing(Protocol):
    """Cost Explorer of one payer account. Each answered page of ``bill`` costs 0.01 USD (facts/ecs 7.7)."""

    @property
    def account(self) -> str:
        """The payer account."""
        ...

    def tags(self, keys: Sequence[str], page: Callable[[], bool]) -> tuple[TagState, ...]:
        """How each of these keys stands, in the order asked; empty if ``page`` says no. Counted as a page
        too: nothing we read says it is free."""
        ...

    def bill(self, first: date, end: date, keys: Sequence[str], page: Callable[[], bool]) -> Bill:
        """Unblended cost of the UTC days from ``first``, without ``end``, by one or two tag keys; credits and
        refunds left out. ``page`` is asked before each page is paid for; where it says no, nothing more
        is."""
        ...


class Asked(StrEnum):
    """What came of the day's question to Cost Explorer."""

    BEGUN = "begun"
    """No answer is known: the process ended meanwhile. It is not asked again that day, since it may be
    paid."""
    ANSWERED = "answered"
    UNTAGGED = "untagged"
    """No tag key that was asked about is activated, so the bill was not asked for."""
    CAPPED = "capped"
    """The month's cap was reached before the last page."""
    REFUSED = "refused"


@dataclass(frozen=True)
class BillingQuery:
    """One day's question about one payer account. ``day``: the UTC date it was asked on. ``pages``: counted
    before each is asked for. ``tags``: how each key stood. ``trouble``: why it was refused, as a sentence."""

    account: str
    day: date
    at: datetime
    state: Asked = Asked.BEGUN
    pages: int = 0
    tags: tuple[TagState, ...] = ()
    trouble: str = ""


class Billed(Protocol):
    """What the bill said, and what asking cost. A store: each method may raise ``StoreLost``."""

    def begin(self, query: BillingQuery) -> bool:
        """Claim that account's day: true for exactly one asker, whatever else happens."""
        ...

    def update(self, query: BillingQuery) -> None:
        """Replace the row of that account and day."""
        ...

    def queries(self, since: date) -> Sequence[BillingQuery]:
        """Of that day and later, oldest first."""
        ...

    def put(self, account: str, days: Collection[date], rows: Sequence[BilledDay]) -> None:
        """In place of every row of that account and these days, in one transaction."""
        ...

    def rows(self, first: date, last: date) -> Sequence[BilledDay]:
        """Of these UTC dates, both among them; in order of account, day and owner."""
        ...


class Insights(Protocol):
    """Container Insights of one environment. For the clock, behind everybody else in the rate buckets."""

    def reserved(self, start: datetime, end: datetime) -> tuple[Reserved, ...]:
        """What the tasks of each of its own services reserved in each quarter of an hour from ``start`` to
        ``end``, in order of time and service, whatever they ran on. Empty where Container Insights is off, or
        was. ``start``: a whole quarter of an hour, at most ``policies.cost.insights.REMEMBERED`` ago."""
        ...


@dataclass(frozen=True)
class Backfilled:
    """That an environment's history was asked for, and how many days of it there were."""

    environment: str
    at: datetime
    days: int


class Backfills(Protocol):
    """A store: each method may raise ``StoreLost``."""

    def done(self) -> frozenset[str]:
        """Environments whose history was asked for and answered."""
        ...

    def record(self, backfilled: Backfilled) -> None:
        """Insert or replace."""
        ...
