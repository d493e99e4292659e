"""Budgets: how much a month may cost, and at which shares of it somebody is told, once each."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase

from policies.cost.basis import WELL_KNOWN, Basis
from policies.cost.money import MILLION, micros
from policies.times.reading import quoted

SHARES = (50, 80, 100)
"""Percent, for a budget that names no shares."""
MOST_SHARE = 500
MOST = 1_000_000_000 * MILLION
"""Micros; more is a slip of the hand."""
FORMS = 'write an amount in US dollars, like "500", "500 USD" or "$1,200.50"'
_TEXT = 30
_AMOUNT = re.compile(r"(-?)(\$?)(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2}))?")
_NAMES = re.compile(r"\s*(usd|us dollars?|dollars?)")


class AmountError(ValueError):
    """A text is not an amount that a budget may have; the message is a sentence fit for a channel."""


@dataclass(frozen=True)
class Budget:
    """``monthly``: micros for a calendar month. ``shares``: percent at which somebody is told, in order."""

    monthly: int
    shares: tuple[int, ...] = SHARES

    def reached(self, spent: int) -> tuple[int, ...]:
        """Return the shares that this many micros reach."""
        return tuple(share for share in self.shares if spent * 100 >= self.monthly * share)

    def used(self, spent: int) -> int:
        """Return the used whole percent, rounded down: 100 is told when it is reached and not before."""
        return spent * 100 // self.monthly


@dataclass(frozen=True)
class BudgetRow:
    """A budget of the catalog, for all the environments that ``pattern`` covers, together; it may cover
    production too, since it gives nobody any right. ``people``: Slack ids of those who are told by name, in
    addition to the channel. ``stop``: whether a warning proposes to stop what runs.
    """

    pattern: str
    budget: Budget
    people: tuple[str, ...] = ()
    stop: bool = True

    def covers(self, name: str) -> bool:
        return fnmatchcase(name, self.pattern)


@dataclass(frozen=True)
class Spending:
    """How a budget stands. ``month``: its first day. Micros: ``spent`` so far, ``ahead`` at the month's end
    (``None`` if not known), ``each`` environment's own, the most expensive first; what environments share is
    only in ``spent``. ``unpriced``: something ran that has no known price, so the true sum is higher.
    ``contested``: AWS's own pages disagree on a price in the sum.
    """

    row: BudgetRow
    month: date
    spent: int
    ahead: int | None = None
    each: tuple[tuple[str, int], ...] = ()
    unpriced: bool = False
    known: bool = True
    """Whether anything is known of this month at all."""
    contested: bool = False
    prices: tuple[str, ...] = ()
    """Which prices were used, in words."""
    floating: bool = False
    """Whether one of the prices changes by itself."""
    basis: Basis = WELL_KNOWN
    """How well the month so far is known. ``recent``: the same for the days from which its end is forecast.
    """
    recent: Basis = WELL_KNOWN


@dataclass(frozen=True)
class Passed:
    """What a budget has newly reached. ``share``: the highest share. ``shares``: all of them, which are told
    with the highest and are not told again.
    """

    share: int
    shares: tuple[int, ...]


def passed(budget: Budget, spent: int, told: Collection[int]) -> Passed | None:
    """Return what is to be told now, if anything. ``told``: shares that were told in this month already. A
    share below one that was told is not told any more: whoever read of 80 % need not read of 50.
    """
    highest = max(told, default=0)
    new = tuple(share for share in budget.reached(spent) if share not in told)
    if not new or new[-1] <= highest:
        return None
    return Passed(new[-1], new)


def amount(text: str) -> int:
    """Return the amount in micros. Raises ``AmountError`` for anything but an amount of US dollars above
    zero.
    """
    said = text.strip().lower()
    found = _AMOUNT.match(said) if len(text) <= _TEXT else None
    rest = said[found.end() :] if found else said
    if (
        found is None
        or (rest and not _NAMES.fullmatch(rest))
        or (rest and found[2])
        or (found[1] and found[3])
    ):
        raise AmountError(f"{quoted(text)} is not an amount; {FORMS}.")
    dollars = Decimal(f"{found[4].replace(',', '')}.{found[5] or 0}")
    if found[1] or found[3]:
        raise AmountError(f"{quoted(text)} is less than nothing; a budget is more than 0 USD.")
    if not dollars:
        raise AmountError(
            "A budget of 0 USD is passed at once; to keep an environment off, give it a schedule."
        )
    if micros(dollars) > MOST:
        raise AmountError(f"{quoted(text)} is more than a billion US dollars; {FORMS}.")
    return micros(dollars)


def shares(given: Collection[int]) -> tuple[int, ...]:
    """Return the shares in order, each once. Raises ``AmountError`` for a number that is no percentage to be
    told at.
    """
    wrong = next((share for share in given if not 0 < share <= MOST_SHARE), None)
    if wrong is not None:
        raise AmountError(
            f"{wrong} % is not a share to warn at; write whole percents from 1 to {MOST_SHARE}."
        )
    if not given:
        raise AmountError("There is no share to warn at; write whole percents, like 50, 80 and 100.")
    return tuple(sorted(set(given)))
