"""The bill, read from Cost Explorer at most once a day: each page of it is paid for.

The day is claimed before anything is asked, and each page is counted before it is, so that a process that is
killed, or a second holder, never pays for the same twice. An answer that is lost is lost until tomorrow,
whose question reaches back over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from handlers.ports.clock import Clock
from handlers.ports.money import Activation, Asked, Billed, Billing, BillingQuery, TagState
from handlers.words.errors import Denied, Rejected, StoreLost, Trouble
from policies.cost.billed import CLUSTER_TAG, billed_days, keys_in_use
from policies.service.environment import Environment

NOT_BEFORE = time(6, tzinfo=UTC)
"""Of a day: what was used the day before has mostly arrived by then, and Europe has not begun to work."""
REACHES_BACK = timedelta(days=35)
"""A bill changes for days after; and a month and its end are read whole."""


@dataclass(frozen=True)
class Terms:
    """``keys``: one or two cost allocation tags; none: those that the catalog's environments are told apart
    by. ``pages``: what may be paid for in a month."""

    keys: tuple[str, ...]
    pages: int


@dataclass(frozen=True)
class Accounts:
    """``billing``: Cost Explorer of the payer account; ``places``: every environment of the catalog."""

    billing: Billing
    billed: Billed
    places: Callable[[], Sequence[Environment]]
    clock: Clock


class BillingClock:
    """Not thread-safe: one beat at a time."""

    def __init__(self, accounts: Accounts, terms: Terms) -> None:
        self._accounts, self._terms = accounts, terms
        self._settled: date | None = None
        """A day that was asked about; remembered only to spare the store a look."""

    def tick(self) -> None:
        """Ask if it is time and nobody has today. Raises the store's trouble alone."""
        now = self._accounts.clock.now()
        today = now.astimezone(UTC).date()
        if self._settled == today:
            return
        known = self._accounts.billed.queries(today.replace(day=1) - REACHES_BACK)
        mine = [query for query in known if query.account == self._accounts.billing.account]
        early = mine and now < datetime.combine(today, NOT_BEFORE)
        if early or not self._accounts.places():
            return
        query = BillingQuery(self._accounts.billing.account, today, now)
        if not any(q.day == today for q in mine) and self._accounts.billed.begin(query):
            spent = sum(q.pages for q in mine if q.day >= today.replace(day=1))
            _Question(self._accounts, self._terms, query, spent).ask()
        self._settled = today


class _Question:
    """One day's, claimed. ``spent``: pages of the month before it."""

    def __init__(self, accounts: Accounts, terms: Terms, query: BillingQuery, spent: int) -> None:
        self._accounts, self._terms, self._query, self._spent = accounts, terms, query, spent
        self._places = accounts.places()
        self._keys = terms.keys or keys_in_use(self._places) or (CLUSTER_TAG,)

    def ask(self) -> None:
        try:
            state = self._asked()
        except StoreLost:
            raise
        except Trouble as trouble:
            self._write(replace(self._query, state=Asked.REFUSED, trouble=trouble.sentence))
        else:
            self._write(replace(self._query, state=state))

    def _asked(self) -> Asked:
        tags = self._tags()
        if tags is not None and not tags:
            return Asked.CAPPED
        self._write(replace(self._query, tags=tags or ()))
        active = tuple(tag.key for tag in tags or () if tag.activation is Activation.ACTIVE)
        if tags and not active:
            return Asked.UNTAGGED
        return self._bill(active or self._keys, sure=bool(active))

    def _tags(self) -> tuple[TagState, ...] | None:
        """``None``: this account may not list them, as one that is not the payer."""
        try:
            return self._accounts.billing.tags(self._keys, self._page)
        except (Denied, Rejected):
            return None

    def _bill(self, keys: tuple[str, ...], *, sure: bool) -> Asked:
        """Where it is not ``sure`` that a tag is active, a bill in which nothing is tagged tells nothing."""
        end = self._query.day
        first = end - REACHES_BACK
        bill = self._accounts.billing.bill(first, end, keys, self._page)
        if not bill.whole:
            return Asked.CAPPED
        if not sure and not any(value for row in bill.tagged for _, value in row.values):
            return Asked.UNTAGGED
        rows = billed_days(self._query.account, bill.tagged, self._places)
        days = [first + timedelta(days=n) for n in range(REACHES_BACK.days)]
        self._accounts.billed.put(self._query.account, days, rows)
        return Asked.ANSWERED

    def _page(self) -> bool:
        if self._spent + self._query.pages >= self._terms.pages:
            return False
        self._write(replace(self._query, pages=self._query.pages + 1))
        return True

    def _write(self, query: BillingQuery) -> None:
        self._query = query
        self._accounts.billed.update(query)
