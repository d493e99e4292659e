"""The playground's clock, which both worlds follow and, through its address, the bot's decisions."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
"""The time zone of the playground's schedules."""
TEN, TUESDAY, SETTLED = time(10), 1, range(8, 29)
"""When a demo begins: in office hours, before another working day, a week or more into a month and in the
same month as the next day. So its cost this month and its budget have something to show.
"""


def next_weekday(now: datetime, at: time) -> datetime:
    """Return the first instant after ``now`` at that time of a day from Monday to Friday, in ``ZONE``."""
    day = now.astimezone(ZONE).date()
    while True:
        found = datetime.combine(day, at, ZONE)
        if found > now and day.weekday() < 5:
            return found
        day += timedelta(days=1)


def demo_tuesday(now: datetime) -> datetime:
    """Return the next Tuesday at 10:00 in ``ZONE`` on a month's 8th to 28th, at most three weeks ahead."""
    found = next_weekday(now, TEN)
    while found.weekday() != TUESDAY or found.day not in SETTLED:
        found = next_weekday(found, TEN)
    return found


def instant_of(text: str, now: datetime) -> datetime:
    """Read ``tuesday`` (when a demo begins), ``19:29`` (the next weekday at that time) or an instant with a
    zone; ``ValueError`` on anything else.
    """
    if text == "tuesday":
        return demo_tuesday(now)
    try:
        return next_weekday(now, time.fromisoformat(text))
    except ValueError:
        found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return found


class PlaygroundClock:
    """Wall time that runs ``pace`` times as fast as ours and can be moved to any instant.

    ``now()`` is always aware and in UTC. Thread-safe.
    """

    def __init__(self, pace: float = 1.0) -> None:
        if pace <= 0:
            raise ValueError("pace must be positive")
        self.pace = pace
        self._lock = threading.Lock()
        self._base = datetime.now(UTC)
        self._since = monotonic()

    def now(self) -> datetime:
        with self._lock:
            return self._now()

    def advance(self, seconds: float) -> datetime:
        """Move by ``seconds``, which may be negative: wall clocks do jump back."""
        with self._lock:
            return self._rebase(self._now() + timedelta(seconds=seconds))

    def to(self, instant: datetime) -> datetime:
        """Move to an aware ``instant``; ``ValueError`` if it has no zone."""
        if instant.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        with self._lock:
            return self._rebase(instant.astimezone(UTC))

    def reading(self) -> dict[str, object]:
        """Return the answer to ``GET /playground/clock``: the instant and the pace."""
        return {"now": self.now().isoformat(), "pace": self.pace}

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(monotonic() - self._since) * self.pace)

    def _rebase(self, instant: datetime) -> datetime:
        self._base, self._since = instant, monotonic()
        return instant
