"""An override: an exception to an environment's schedule that always ends by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Literal

from policies.times.between import Between, between
from policies.times.instants import NotATime, TimeError, When, when
from policies.times.reading import Moment, quoted, read
from policies.times.reasons import reason as plain_reason

LONGEST_REASON = 200
"""Characters; a sentence."""
_TIME_WORDS = 7
"""Words of the longest time: *until Mon 9 pm Port of Spain*, which is refused as a whole."""
_SPAN_WORDS = 12
"""Words of the longest span of two times: *from Tue at 9 pm until Wed at 6 am Port of Spain*."""
STATES: dict[str, Literal["up", "down"]] = {
    "on": "up",
    "up": "up",
    "running": "up",
    "awake": "up",
    "alive": "up",
    "off": "down",
    "down": "down",
    "stopped": "down",
    "asleep": "down",
}
_LEADS = ("until", "till", "for", "in")
_QUOTED = re.compile(r"""(?P<before>(?:.*?\s)?)(?P<quote>["'])(?P<reason>.*)""")
"""A quote begins a reason only where a word begins."""
_PLAIN = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | dict.fromkeys("‘’‚‛", "'"))


@dataclass(frozen=True)
class Override:
    """Up or down from ``since`` (inclusive) to ``until`` (exclusive), whatever the schedule says.
    ``actor`` and ``actor_name`` are who set it; ``ended_at`` is set if it was removed early, by
    ``ended_by`` (a name).

    One that is to begin later has ``planned_at``, when it was asked for, and ``begun_at`` once it was decided
    again that it begins. ``not_begun``: why that was decided otherwise, or why it could not be decided when
    that was last tried."""

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
    planned_at: datetime | None = None
    begun_at: datetime | None = None
    not_begun: str = ""

    def holds(self, now: datetime) -> bool:
        return self.begun and self.since <= now < self.end

    @property
    def begun(self) -> bool:
        """Whether it ever holds: one that is planned does once it was decided again that it begins."""
        return self.planned_at is None or self.begun_at is not None

    def waits(self, now: datetime) -> bool:
        """Whether it is planned: it may still begin."""
        return not self.begun and self.ended_at is None and now < self.until

    @property
    def end(self) -> datetime:
        """When it ends, or was ended."""
        return self.until if self.ended_at is None else min(self.until, self.ended_at)


def in_force(overrides: Iterable[Override], environment: str, now: datetime) -> Override | None:
    """Of the overrides in force, the one that was set last: a new one replaces the one before."""
    held = [o for o in overrides if o.environment == environment and o.holds(now)]
    return max(held, key=lambda o: (o.since, o.id), default=None)


def waiting(overrides: Iterable[Override], environment: str, now: datetime) -> tuple[Override, ...]:
    """Those planned for this environment that may still begin, the soonest first."""
    found = (o for o in overrides if o.environment == environment and o.waits(now))
    return tuple(sorted(found, key=lambda o: (o.since, o.id)))


def foreseen(overrides: Iterable[Override], now: datetime) -> tuple[Override, ...]:
    """As far as anybody knows now: what is planned for later begins then. What never began, and what is to
    begin now and is not decided yet, never holds."""
    return tuple(replace(o, begun_at=o.since) if o.waits(now) and now < o.since else o for o in overrides)


def cut_short(held: Override, overrides: Iterable[Override], now: datetime) -> Override | None:
    """The planned override with whose beginning what is kept ends, as far as anybody knows now."""
    against = (o for o in waiting(overrides, held.environment, now) if o.state != held.state)
    return next((o for o in against if now < o.since < held.end), None)


def promised(overrides: Iterable[Override], now: datetime) -> tuple[Override, ...]:
    """As people were told: what is to begin now begins too, unless it was noted why it has to wait. Nothing
    is done on the strength of a promise."""
    return tuple(
        replace(o, begun_at=o.since) if o.waits(now) and not o.not_begun else o
        for o in foreseen(overrides, now)
    )


@dataclass(frozen=True)
class Over:
    """How an override came to its end. ``by`` is who removed it or set the one that replaced it; empty if
    its own time came."""

    at: datetime
    by: str = ""
    replaced: bool = False


def over(held: Override, overrides: Iterable[Override], now: datetime) -> Over | None:
    """``None`` while it is in force. ``overrides`` are those among which the one that replaced it is
    looked for."""
    if now < held.end:
        return None
    if held.ended_at is None or held.ended_at >= held.until:
        return Over(held.until)
    replaced = any(
        o.environment == held.environment
        and held.ended_at == (o.since if held.begun else o.planned_at)
        and o.id != held.id
        for o in overrides
    )
    return Over(held.ended_at, held.ended_by, replaced)


def unbroken(held: Override, overrides: Iterable[Override]) -> datetime:
    """Since when it has been kept so: an override that replaced another goes on where that one began."""
    same = [o for o in overrides if o.begun and (o.environment, o.state) == (held.environment, held.state)]
    began = held.since
    while earlier := [o.since for o in same if o.since < began <= o.end]:
        began = min(earlier)
    return began


def replaced_by(later: Override, overrides: Iterable[Override], now: datetime) -> Override | None:
    """The override that ``later`` replaced and outlasts, if it would still be in force: whoever undoes
    theirs does not undo this one too."""
    ended = (
        o
        for o in overrides
        if (o.environment, o.state, o.ended_at) == (later.environment, later.state, later.since)
        and o.id != later.id
        and o.begun
        and now < o.until <= later.until
    )
    return max(ended, key=lambda o: o.until, default=None)


@dataclass(frozen=True)
class Asked:
    """What somebody wants kept, until when, and why. ``zone`` is the one that was written, if any. ``since``:
    when it is to begin, if later than now."""

    state: Literal["up", "down"]
    until: datetime
    reason: str = ""
    zone: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Keep:
    """The same as it was typed: only the time is known, and which instant it is depends on when and where."""

    state: Literal["up", "down"]
    when: When | Between
    reason: str = ""

    def at(self, now: datetime, zone: tzinfo) -> Asked:
        """Raises ``policies.times.instants.TimeError`` if its time is past or too far away."""
        if isinstance(self.when, Between):
            begins, ends = self.when.at(now, zone)
            return Asked(self.state, ends, self.reason, self.when.zone, begins)
        return Asked(self.state, self.when.at(now, zone), self.reason, self.when.zone)


def keep(text: str) -> Keep:
    """``[on|off] [until|for] TIME [reason]``, or ``[on|off] DAY TIME-TIME [reason]`` for what begins later;
    on if neither is said.

    The reason is in quotes, or stands just after the time with nothing that could be part of the time.
    Raises ``policies.times.instants.TimeError``, with a sentence, if the time is none.
    """
    head, reason = _parted(text.translate(_PLAIN).strip())
    words = head.split()
    state = STATES.get(words[0].lower(), "up") if words else "up"
    if words and words[0].lower() in STATES:
        words = words[1:]
    until, left = _spanned(words) or _timed(words)
    if left:
        reason = _unquoted(until, left, reason)
    return Keep(state, until, reason.strip()[:LONGEST_REASON])


def _parted(text: str) -> tuple[str, str]:
    """The text before the first quote, and the text in the quotes; a quote that is never closed goes to
    the end."""
    found = _QUOTED.fullmatch(text)
    if found is None:
        return text, ""
    quote, reason = found["quote"], found["reason"].rstrip()
    closed = re.search(rf"{quote}\s+(.+)", reason)
    if closed:
        raise TimeError(
            f"Nothing follows the reason; {quoted(closed[1])} goes before it, or into its quotes."
        )
    return found["before"], reason.removesuffix(quote).strip()


def _unquoted(until: When | Between, left: list[str], reason: str) -> str:
    """A reason just after the time. After a day or a zone that followed the time, it would be a guess."""
    said = quoted(" ".join(left))
    time = until.ends if isinstance(until, Between) else read(until.text)
    if reason or (isinstance(time, Moment) and time.followed):
        raise TimeError(f"A reason after {quoted(until.text)} is in quotes as a whole, and {said} is not.")
    return plain_reason(left, after=until.text)


def _spanned(words: list[str]) -> tuple[Between, list[str]] | None:
    """The longest beginning that is a span of two times, and the words after it."""
    for count in range(min(_SPAN_WORDS, len(words)), 0, -1):
        found = between(" ".join(words[:count]))
        if found is not None:
            return found, words[count:]
    return None


def _timed(words: list[str]) -> tuple[When, list[str]]:
    """The longest beginning that is a time, and the words after it."""
    wrong: TimeError | None = None
    least = 2 if words and words[0].lower() in _LEADS else 1
    for count in range(min(_TIME_WORDS, len(words)), least - 1, -1):
        try:
            return when(" ".join(words[:count])), words[count:]
        except NotATime as error:
            wrong = wrong or error
    raise wrong or TimeError('How long? Write for example "until 23:00", "4h" or "until Mon 08:00".')
