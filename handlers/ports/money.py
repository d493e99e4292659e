"""AWS's answers about money and use: list prices, the bill, and what Container Insights remembers.

Each method that asks AWS may raise ``handlers.words.errors.Trouble``; no method returns a partial answer.
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
    """Why an item that was asked for got no price."""

    ABSENT = "absent"
    """The list has nothing of that usage type there, or only what costs nothing."""
    AMBIGUOUS = "ambiguous"
    """The item has two different prices, and a guess would be worse than none."""


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
    """AWS's Price List API, asked with the bot's own identity. Deliberately absent: Spot, which the API does
    not list.
    """

    def prices(self, region: str, items: Collection[str]) -> Quoted:
        """Return the list prices of these items (``policies.cost.prices``) in that region, dated today, each
        chosen by its exact usage type. A Spot item is left out without a doubt; an item of no known form is
        absent.
        """
        ...


class Activation(StrEnum):
    """Whether Cost Explorer knows spend by a tag (facts/ecs 7.7)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    """The tag is known but not activated: spend by it looks like zero."""
    ABSENT = "absent"
    """The tag was never seen, or not yet: a new tag takes up to a day to be known."""


@dataclass(frozen=True)
class TagState:
    key: str
    activation: Activation


@dataclass(frozen=True)
class Bill:
    """``tagged``: every amount there is, by day and by the values of the tags that were asked about."""

    tagged: tuple[Tagged, ...]
    whole: bool = True
    """False if ``page`` said no before the last page: sums would then be too small, so none may be shown."""


class Billing(Protocol):
    """Cost Explorer of one payer account. Each answered page of ``bill`` costs 0.01 USD (facts/ecs 7.7)."""

    @property
    def account(self) -> str:
        """The id of the payer account."""
        ...

    def tags(self, keys: Sequence[str], page: Callable[[], bool]) -> tuple[TagState, ...]:
        """Return the state of each of these keys, in the order asked; empty if ``page`` says no. The call
        counts as a page too: no documentation that we read says it is free.
        """
        ...

    def bill(self, first: date, end: date, keys: Sequence[str], page: Callable[[], bool]) -> Bill:
        """Return the unblended cost of the UTC days from ``first`` to before ``end``, by one or two tag keys,
        without credits and refunds. ``page`` is asked before each page is paid for; once it says no, no
        further page is paid for.
        """
        ...


class Asked(StrEnum):
    """What came of the day's query to Cost Explorer."""

    BEGUN = "begun"
    """No answer is known: the process ended meanwhile. The query is not repeated that day, because it may
    already be paid for.
    """
    ANSWERED = "answered"
    UNTAGGED = "untagged"
    """No tag key that was asked about is activated, so the bill was not asked for."""
    CAPPED = "capped"
    """The month's cap was reached before the last page."""
    REFUSED = "refused"


@dataclass(frozen=True)
class BillingQuery:
    """One day's query about one payer account. ``day``: the UTC date of the query. ``pages``: each is counted
    before it is asked for. ``tags``: the state of each key. ``trouble``: why the query was refused, as a
    sentence.
    """

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
        """Return the queries of that day and later, oldest first."""
        ...

    def put(self, account: str, days: Collection[date], rows: Sequence[BilledDay]) -> None:
        """Replace every row of that account and these days, in one transaction."""
        ...

    def rows(self, first: date, last: date) -> Sequence[BilledDay]:
        """Return the rows of these UTC dates, ``first`` and ``last`` included, in order of account, day and
        owner.
        """
        ...


class Insights(Protocol):
    """Container Insights of one environment. For the clock, which comes after everybody else in the rate
    buckets.
    """

    def reserved(self, start: datetime, end: datetime) -> tuple[Reserved, ...]:
        """Return what the tasks of each of the environment's own services reserved, whatever they ran on, in
        each quarter of an hour from ``start`` to ``end``, in order of time and service. Empty if Container
        Insights is off, or was off then.

        ``start``: a whole quarter of an hour, at most ``policies.cost.insights.REMEMBERED`` ago.
        """
        ...


@dataclass(frozen=True)
class Backfilled:
    """An environment's history was asked for, and covered this number of ``days``."""

    environment: str
    at: datetime
    days: int


class Backfills(Protocol):
    """A store: each method may raise ``StoreLost``."""

    def done(self) -> frozenset[str]:
        """Return the environments whose history was asked for and answered."""
        ...

    def record(self, backfilled: Backfilled) -> None:
        """Insert or replace a back-fill."""
        ...
