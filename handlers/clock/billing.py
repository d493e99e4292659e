"""The bill is read from Cost Explorer at most once a day, because each page costs money.

The day is claimed before anything is asked, and each page is counted before it is requested. So neither a
process that is killed nor a second holder pays for the same page twice. An answer that is lost stays lost
until tomorrow, when the query covers those days again.
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
"""The earliest time of day to ask: by then most of the previous day's usage has arrived, and Europe has not
begun to work.
"""
REACHES_BACK = timedelta(days=35)
"""How far back a query reaches: a bill changes for days afterwards, and a month is read whole, with its end.
"""


@dataclass(frozen=True)
class Terms:
    """What may be asked. ``keys``: one or two cost allocation tags; if empty, the tags by which the catalog
    tells its environments apart. ``pages``: how many pages may be paid for in a month.
    """

    keys: tuple[str, ...]
    pages: int


@dataclass(frozen=True)
class Accounts:
    """Where the bill is read and written. ``billing``: Cost Explorer of the payer account. ``places``:
    returns every environment of the catalog.
    """

    billing: Billing
    billed: Billed
    places: Callable[[], Sequence[Environment]]
    clock: Clock


class BillingClock:
    """Reads the bill once a day. Not thread-safe: one beat at a time."""

    def __init__(self, accounts: Accounts, terms: Terms) -> None:
        self._accounts, self._terms = accounts, terms
        self._settled: date | None = None
        """The last day on which the bill was asked for; remembered only to spare the store a query."""

    def tick(self) -> None:
        """Ask for the bill if it is time and nobody has asked today. Raises only trouble of the store."""
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
    """The query of one day, already claimed. ``spent``: pages of this month that were paid for before it."""

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
        """Return the state of the tags, or ``None`` if this account may not list them because it is not the
        payer.
        """
        try:
            return self._accounts.billing.tags(self._keys, self._page)
        except (Denied, Rejected):
            return None

    def _bill(self, keys: tuple[str, ...], *, sure: bool) -> Asked:
        """Read the bill and record its days. Unless it is ``sure`` that a tag is active, a bill without any
        tagged usage counts as untagged.
        """
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
