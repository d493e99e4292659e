"""An override: an exception to an environment's schedule that always ends by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

from policies.times.instants import NotATime, TimeError, When, when

LONGEST_REASON = 200
"""Characters; a sentence."""
_TIME_WORDS = 3
"""Words of the longest time: *Mon 9 pm*."""
_STATES: dict[str, Literal["up", "down"]] = {"on": "up", "up": "up", "off": "down", "down": "down"}
_QUOTED = re.compile(r"""(?P<before>(?:.*?\s)?)(?P<quote>["'])(?P<reason>.*)""")
"""A quote begins a reason only where a word begins."""


@dataclass(frozen=True)
class Override:
    """Up or down from ``since`` (inclusive) to ``until`` (exclusive), whatever the schedule says.

    ``actor`` and ``actor_name`` are who set it; ``ended_at``: given back early, by ``ended_by`` (a name).
    """

    id: str
    environment: str
    state: Literal["up", "down"]
    since: datetime
    until: datetime
    reason: str = ""
    actor: str = ""
    actor_name: str = ""
    ended_at: datetime | None = None
    ended_by: str = ""

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.end

    @property
    def end(self) -> datetime:
        """When it ends, or was ended."""
        return self.until if self.ended_at is None else min(self.until, self.ended_at)


def in_force(overrides: Iterable[Override], environment: str, now: datetime) -> Override | None:
    """Of those that hold now the one that was set last: a new one takes the place of the one before."""
    held = [o for o in overrides if o.environment == environment and o.holds(now)]
    return max(held, key=lambda o: (o.since, o.id), default=None)


def replaced_by(later: Override, overrides: Iterable[Override], now: datetime) -> Override | None:
    """The override that ``later`` took the place of and outlasts, if it would hold still: whoever undoes
    theirs does not undo this one too."""
    ended = (
        o
        for o in overrides
        if (o.environment, o.state, o.ended_at) == (later.environment, later.state, later.since)
        and o.id != later.id
        and now < o.until <= later.until
    )
    return max(ended, key=lambda o: o.until, default=None)


@dataclass(frozen=True)
class Asked:
    """What somebody wants kept, until when, and why."""

    state: Literal["up", "down"]
    until: datetime
    reason: str = ""


@dataclass(frozen=True)
class Keep:
    """The same as it was typed: its time is one, and which instant it is depends on when and where."""

    state: Literal["up", "down"]
    when: When
    reason: str = ""

    def at(self, now: datetime, zone: tzinfo) -> Asked:
        """Raises ``policies.times.instants.TimeError`` if its time has passed by then, or is too far away."""
        return Asked(self.state, self.when.at(now, zone), self.reason)


def keep(text: str) -> Keep:
    """``[on|off] [until|for] TIME [reason]``, the reason in quotes or just after the time; on if not said.

    Raises ``policies.times.instants.TimeError``, with a sentence, for a time that is none.
    """
    head, reason = _parted(text)
    words = head.split()
    state = _STATES.get(words[0].lower(), "up") if words else "up"
    if words and words[0].lower() in _STATES:
        words = words[1:]
    if words and words[0].lower() in ("until", "for", "till"):
        words = words[1:]
    until, left = _timed(words)
    return Keep(state, until, " ".join([*left, reason]).strip()[:LONGEST_REASON])


def _parted(text: str) -> tuple[str, str]:
    """Before the first quote, and what is in the quotes."""
    found = _QUOTED.fullmatch(text.strip())
    if found is None:
        return text, ""
    return found["before"], found["reason"].rstrip().removesuffix(found["quote"]).strip()


def _timed(words: list[str]) -> tuple[When, list[str]]:
    """The longest beginning that is a time, and the words after it."""
    wrong: TimeError | None = None
    for count in range(min(_TIME_WORDS, len(words)), 0, -1):
        try:
            return when(" ".join(words[:count])), words[count:]
        except NotATime as error:
            wrong = error
    raise wrong or TimeError('How long? Write for example "until 23:00", "4h" or "until Mon 08:00".')
