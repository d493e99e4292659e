"""What is known of an environment that nobody may want any more. Each part may be missing: ``None`` is
unknown and never zero."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum

FRESH = timedelta(days=3)
"""How old a measurement may be: one that could not be read since stays as it was for so long."""
LEAST_DAYS = 7
"""Fewer days than a week hold no Monday, so that they say nothing of use."""


@dataclass(frozen=True)
class Last:
    """When something was done last. ``at``: ``None`` where it was not done once since ``since``, which is how
    far back can be seen."""

    at: datetime | None
    since: datetime

    @property
    def quiet_since(self) -> datetime:
        """Since when it has not been done, for all that is known: no earlier than that."""
        return self.since if self.at is None else self.at


@dataclass(frozen=True)
class Measured:
    """``value``: over so many days up to ``until`` (requests: their sum; CPU: the mean, in hundredths of a
    percent of what is reserved)."""

    value: int
    days: int
    until: datetime


@dataclass(frozen=True)
class Judged:
    """What Compute Optimizer says. Where an account is not enrolled it says nothing, which is unknown."""

    idle: bool
    at: datetime


class Standing(StrEnum):
    """Of an owner."""

    THERE = "there"
    """Named; a name that is no Slack id can only be taken at its word."""
    MISSING = "missing"
    """Nobody is named, neither in the catalog nor in Slack."""
    DEACTIVATED = "deactivated"
    GONE = "gone"
    """Slack knows nobody of that id."""


@dataclass(frozen=True)
class Owner:
    """``user``: a Slack id, where one is known; ``name``: as people know them."""

    standing: Standing
    name: str = ""
    user: str = ""


@dataclass(frozen=True)
class Rest:
    """Whether it rests. ``since``: from when on nothing has been wanted there; ``None``: something is."""

    since: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """As of ``at``. ``deployed``: by people or CI, and neither by this bot nor by AWS. ``acted``: the last
    time a person asked this bot for something there. ``image``: when the newest image that runs was pushed.
    ``made_for``: the branch or pull request it is for, as its tags have it; empty where they name none.
    ``monthly``: millionths of a US dollar for 30 days as the latest ones were, by these ``prices``, in
    words."""

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
    """What may be judged by at that time: long enough, and not too long ago."""
    if measured is None or measured.days < LEAST_DAYS or at - measured.until > FRESH:
        return None
    return measured


def kept_on(before: Evidence | None, seen: Evidence) -> Evidence:
    """What could not be read this time is as it was read last; how old it may be is judged by its own date.
    What has no date of its own is not kept."""
    if before is None:
        return seen
    dated = ("requests", "cpu", "optimizer", "image")
    missing = {f.name for f in fields(seen) if f.name in dated and getattr(seen, f.name) is None}
    return replace(seen, **{name: getattr(before, name) for name in missing})
