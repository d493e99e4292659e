"""How long somebody wants an orphan kept, and why: ``30d "demo on Friday"``.

::

    kept  = ["for"] span [reason] | ["until"] 2026-12-24 [reason]
    span  = 30d | 30 days | 6w | 6 weeks

Spans are whole days, unlike the times of a schedule: what is kept for weeks needs no hour. The grammar is
closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from policies.times.wall import earliest

LONGEST = timedelta(days=366)
LONGEST_REASON = 200
"""In characters: about a sentence."""
FORMS = 'write for example `30d "demo on Friday"`, `6w "…"` or `until 2026-12-24 "…"`'
_SPAN = re.compile(r"(?:for )?([0-9]{1,3}) ?(d|days?|w|weeks?)(?: (.*))?", re.IGNORECASE)
_DATE = re.compile(r"(?:until )?([0-9]{4}-[0-9]{2}-[0-9]{2})(?: (.*))?", re.IGNORECASE)
_QUOTES = "\"'“”„‟«»‘’"


class KeepError(ValueError):
    """A text names no time to keep until, or one that has passed or is too far away. The message is one
    sentence fit for a channel.
    """


@dataclass(frozen=True)
class KeptFor:
    """A span as typed: a number of days from now, or through a day. ``reason``: empty if none was given."""

    days: int = 0
    through: date | None = None
    reason: str = ""

    def at(self, now: datetime, zone: tzinfo) -> datetime:
        """Return when the span ends, in UTC. Raises ``KeepError``."""
        if self.through is None:
            return now + timedelta(days=self.days)
        if not timedelta(0) <= self.through - now.astimezone(zone).date() <= LONGEST:
            raise KeepError(f"{self.through} has passed or is more than {LONGEST.days} days away; {FORMS}.")
        return earliest(self.through + timedelta(days=1), 0, zone).astimezone(UTC)


def kept_for(text: str) -> KeptFor:
    """Read a span and its reason. Raises ``KeepError``."""
    words = " ".join(text.split())
    span, until = _SPAN.fullmatch(words), _DATE.fullmatch(words)
    if span is not None:
        days = int(span[1]) * (7 if span[2].lower().startswith("w") else 1)
        if not 1 <= days <= LONGEST.days:
            raise KeepError(
                f"An environment is kept for at least a day and at most {LONGEST.days} days; {FORMS}."
            )
        return KeptFor(days, None, _reason(span[3]))
    if until is not None:
        try:
            return KeptFor(0, date.fromisoformat(until[1]), _reason(until[2]))
        except ValueError:
            raise KeepError(f"{until[1]} is not in the calendar; {FORMS}.") from None
    shown = "".join(letter if letter.isprintable() else "?" for letter in words[:40])
    raise KeepError(f"`{shown}` does not say for how long; {FORMS}.")


def _reason(said: str | None) -> str:
    return (said or "").strip().strip(_QUOTES).strip()[:LONGEST_REASON]
