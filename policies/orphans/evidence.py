"""What is known of an environment that nobody may want any more. Any part may be missing: ``None`` is unknown
and never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(days=3)
"""How old a measurement may be before it stops counting. A measurement that cannot be read stays as it was
until then.
"""
LEAST_DAYS = 7
"""A measurement over fewer days than a week may hold no Monday, so it says nothing of use."""


@dataclass(frozen=True)
class Last:
    """When something was last done. ``at``: ``None`` if it was not done since ``since``, the furthest back
    that can be seen.
    """

    at: datetime | None
    since: datetime

    @property
    def quiet_since(self) -> datetime:
        """The earliest instant since which, as far as is known, the thing has not been done."""
        return self.since if self.at is None else self.at


@dataclass(frozen=True)
class Measured:
    """A measurement over ``days`` days up to ``until``.

    ``value``: for requests, their sum; for CPU, the mean in hundredths of a percent of the reservation.
    """

    value: int
    days: int
    until: datetime


@dataclass(frozen=True)
class Judged:
    """What Compute Optimizer says. For an account that is not enrolled it says nothing, which is unknown."""

    idle: bool
    at: datetime


class Standing(StrEnum):
    """How an owner stands."""

    THERE = "there"
    """The owner is named. A name that is not a Slack id can only be taken at its word."""
    MISSING = "missing"
    """Neither the catalog nor Slack names anybody."""
    DEACTIVATED = "deactivated"
    GONE = "gone"
    """Slack knows nobody with that id."""


@dataclass(frozen=True)
class Owner:
    """The owner of an environment. ``user``: a Slack id, if known. ``name``: the name that people use."""

    standing: Standing
    name: str = ""
    user: str = ""


@dataclass(frozen=True)
class Rest:
    """Whether an environment rests. ``since``: when the environment was last wanted; ``None`` if it is wanted
    now.
    """

    since: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """What is known of an environment at ``at``.

    ``deployed``: the last deployment by people or CI, not by this bot or AWS. ``acted``: the last time a
    person asked this bot for something there. ``image``: when the newest running image was pushed.
    ``made_for``: the branch or pull request that the tags name; empty if they name none. ``monthly``:
    millionths of a US dollar for 30 days like the latest ones. ``prices``: the prices behind ``monthly``, in
    words.
    """

    environment: str
    at: datetime
    deployed: Last | None = None
    acted: Last | None = None
    image: datetime | None = None
    requests: Measured | None = None
    cpu: Measured | None = None
    optimizer: Judged | None = None
    owner: Owner | None = None
    made_for: str | None = None
    rest: Rest | None = None
    monthly: int | None = None
    prices: tuple[str, ...] = ()


def current(measured: Measured | None, at: datetime) -> Measured | None:
    """Return a measurement that may be judged by at that time, or ``None`` if it covers too few days or is
    too old.
    """
    if measured is None or measured.days < LEAST_DAYS or at - measured.until > FRESH:
        return None
    return measured


def kept_on(before: Evidence | None, seen: Evidence) -> Evidence:
    """Return the new evidence, with what could not be read this time taken from the last reading.

    Each dated part is later judged by its own date. A part without a date is not carried over.
    """
    if before is None:
        return seen
    dated = ("requests", "cpu", "optimizer", "image")
    missing = {f.name for f in fields(seen) if f.name in dated and getattr(seen, f.name) is None}
    return replace(seen, **{name: getattr(before, name) for name in missing})
