"""The rows of a catalog file for schedules and budgets. `docs/catalog.md` shows what each field says."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator, model_validator

from bot.catalog_forms import STRICT, Amount, Flag, Pattern, Person, Share, Text, once
from bot.holidays import check_calendars
from policies.cost.budgets import SHARES, Budget, BudgetRow, shares
from policies.schedule.rows import LEAST_NOTICE, ScheduleRow, Terms
from policies.schedule.schedule import parse
from policies.schedule.words import ScheduleError
from policies.times.instants import LONGEST

_SPAN = re.compile(r"(?:([0-9]{1,3})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")


def _span(value: object) -> object:
    """Read ``30m``, ``4h``, ``1h30m`` or ``7d``. A bare number has no unit, and none is guessed."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) and value else None
    if found is None:
        raise ValueError("write a span like 30m, 4h, 1h30m or 7d")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


Span = Annotated[timedelta, BeforeValidator(_span)]


def _schedule(text: str) -> str:
    try:
        schedule = parse(text)
        check_calendars(schedule)
    except ScheduleError as wrong:
        raise ValueError(str(wrong)) from None
    return str(schedule)


class ScheduleRows(BaseModel):
    """One row of ``schedules``. A field that is left out is as in ``policies.schedule.rows.Terms``."""

    model_config = STRICT

    environments: Pattern
    """a name, or a pattern with `*` and `?`; one row each. A name that does not exist is a mistake, a
    pattern that covers nothing yet is listed. A pattern never covers production, and a name does only
    if `open_to` has `stop` and `start`"""
    when: Text
    """for example `Mon-Fri 08:00-20:00 Europe/Berlin`"""
    mode: Literal["act", "observe"] = "act"
    """`act`, or `observe`: the clock says what it would have done and changes nothing"""
    notice: Span = Terms.notice
    """how long before a stop its notice is posted: `30m` if left out, at least `10m`"""
    assume: Span = Terms.assume
    """how long a start by hand outside the window lasts if no end is given: `4h`"""
    bounded: Span = Terms.bounded
    """the longest start or keep that is a developer's right: `14h`. Longer ones are operator's"""
    longest: Span = Terms.longest
    """of any keep: `7d`"""
    ahead: Span = Terms.ahead
    """how far ahead at most a keep may be planned: `31d`"""
    postpone: Span = Terms.postpone
    """how long at most a deployment in flight keeps a stop waiting: `60m`"""

    @field_validator("when")
    @classmethod
    def notation(cls, value: str) -> str:
        """Return the schedule as the notation prints it, so that another spelling of the same schedule is no
        change.
        """
        return _schedule(value)

    @field_validator("notice")
    @classmethod
    def in_time(cls, value: timedelta) -> timedelta:
        if not LEAST_NOTICE <= value <= timedelta(days=1):
            raise ValueError("a notice is at least 10m and at most 1d before the stop")
        return value

    @field_validator("ahead")
    @classmethod
    def within_a_year(cls, value: timedelta) -> timedelta:
        if not timedelta(0) < value <= LONGEST:
            raise ValueError(f"a keep is planned at most {LONGEST.days}d ahead")
        return value

    @field_validator("postpone")
    @classmethod
    def for_a_day_at_most(cls, value: timedelta) -> timedelta:
        if value > timedelta(days=1):
            raise ValueError("a deployment postpones a stop by at most 1d")
        return value

    @model_validator(mode="after")
    def one_within_the_other(self) -> ScheduleRows:
        if not timedelta(0) < self.assume <= self.bounded <= self.longest <= LONGEST:
            raise ValueError(f"assume, bounded and longest grow in this order, up to {LONGEST.days}d")
        return self

    def row(self) -> ScheduleRow:
        terms = Terms(self.notice, self.assume, self.bounded, self.longest, self.ahead, self.postpone)
        return ScheduleRow(self.environments, self.when, self.mode, terms)


class BudgetRows(BaseModel):
    """One row of ``budgets``."""

    model_config = STRICT

    environments: Pattern
    """a name, or a pattern with `*` and `?`, which covers production too: the amount is for all of them
    together. A name that does not exist is a mistake, a pattern that covers nothing yet is listed"""
    monthly: Amount
    """US dollars for a calendar month, by the estimate: `500`, `"500 USD"` or `"$1,200.50"`"""
    shares: list[Share] = list(SHARES)
    """percents of it at which the channel is warned, once each: `[50, 80, 100]` if left out"""
    people: list[Annotated[Person, Field(min_length=1)]] = []
    """Slack user ids of those whom a warning names, for example `[U0ADA]`"""
    stop: Flag = True
    """`false` if a warning should not propose to stop what runs. Nothing is ever stopped by a budget alone"""

    @field_validator("shares")
    @classmethod
    def in_order(cls, value: list[int]) -> list[int]:
        return list(shares(value))

    @field_validator("people")
    @classmethod
    def each_persononce(cls, value: list[str]) -> list[str]:
        return once(value)

    def row(self) -> BudgetRow:
        budget = Budget(self.monthly, tuple(self.shares))
        return BudgetRow(self.environments, budget, tuple(self.people), self.stop)
