"""A claim: the unique name by which one transition of one environment is acted on once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

OVERRIDE = "override:"
"""The rule of a claim on an override's end begins with this; the override's id follows."""
_BEGINS = " begins"
"""Follows the id in the rule of a claim on the beginning of a planned override."""
_RETRY, _DRIFT, _SAID, _SEVEN_DAYS = " retry ", "drift:", "said: ", "seven days:"
ClaimState = Literal["opened", "skipped", "postponed", "observed"]
WAITS = (timedelta(minutes=2), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
"""From the end of one try to the next; the last one again and again, until the transition is a day old."""


def retried_at(ended: datetime, tries: int) -> datetime:
    """When a transition is made again whose last try, after so many retries, ended then."""
    return ended + WAITS[min(tries, len(WAITS) - 1)]


class ClaimKey(NamedTuple):
    """The edge's local date and rule (or ``override:<id>``), and what is to be done at it. A retry, a drift
    and what is said only once have keys of their own among them, made and read here alone."""

    environment: str
    day: date
    rule: str
    action: Literal["stop", "start"]

    @property
    def text(self) -> str:
        """For a delivery key and for the log."""
        return f"clock:{self.environment}:{self.day.isoformat()}:{self.rule}:{self.action}"

    @property
    def tries(self) -> int:
        """Which retry of the transition it is; 0 is the transition itself."""
        return int(self.rule.rpartition(_RETRY)[2]) if _RETRY in self.rule else 0

    def again(self) -> ClaimKey:
        """The key of the next retry."""
        return self._replace(rule=f"{self.rule.partition(_RETRY)[0]}{_RETRY}{self.tries + 1}")

    @property
    def ends_override(self) -> bool:
        """Whether the transition is the end of an override, and none of the schedule's own."""
        return self.rule.startswith(OVERRIDE) and not self.begins_override

    @property
    def begins_override(self) -> bool:
        """Whether the transition is the beginning of a planned override."""
        return self.rule.startswith(OVERRIDE) and _BEGINS in self.rule

    @property
    def is_drift(self) -> bool:
        return self.rule.startswith(_DRIFT)

    @property
    def is_transition(self) -> bool:
        """Whether it is one of a schedule or of an override's end, or a retry of such: no drift, nothing that
        is only said, and no second stop of what AWS has started."""
        return not self.rule.startswith((_DRIFT, _SAID, _SEVEN_DAYS))

    @property
    def is_saying(self) -> bool:
        return self.rule.startswith(_SAID)


def override_key(environment: str, day: date, override: str, action: Literal["stop", "start"]) -> ClaimKey:
    """The key of the transition at an override's end."""
    return ClaimKey(environment, day, f"{OVERRIDE}{override}", action)


def beginning_key(environment: str, day: date, override: str, action: Literal["stop", "start"]) -> ClaimKey:
    """The key of the transition at the beginning of a planned override."""
    return ClaimKey(environment, day, f"{OVERRIDE}{override}{_BEGINS}", action)


def drift_key(environment: str, day: date, at: datetime) -> ClaimKey:
    """The key of a drift that was told at that moment."""
    return ClaimKey(environment, day, f"{_DRIFT}{at.isoformat()}", "stop")


def seven_days_key(environment: str, day: date, databases: Iterable[str]) -> ClaimKey:
    """The key of the second stop of databases that AWS has started after seven days."""
    return ClaimKey(environment, day, f"{_SEVEN_DAYS}{','.join(sorted(databases))}", "stop")


def saying_key(environment: str, day: date, sentence: str) -> ClaimKey:
    """The key of a sentence that is said of an environment once."""
    return ClaimKey(environment, day, f"{_SAID}{sentence}", "stop")


@dataclass(frozen=True)
class Claim:
    """``instant``: the edge itself. ``opened`` names its operation; ``postponed`` says why and until when;
    ``skipped`` and ``observed`` are ends."""

    key: ClaimKey
    instant: datetime
    state: ClaimState
    at: datetime
    operation_id: str = ""
    reason: str = ""
    next_try: datetime | None = None
    put_off_by: str = ""
    """The rule of the refusal that put a postponed transition off; empty if nothing did."""
