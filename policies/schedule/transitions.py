"""The edges of one environment, overrides taken into account, and which of them is to be acted on now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from policies.schedule.claims import Claim, ClaimKey, beginning_key, override_key
from policies.schedule.course import Transition
from policies.schedule.overrides import Override, in_force, unbroken
from policies.schedule.rows import ScheduleRow
from policies.schedule.schedule import Holidays, Schedule, parse

LATE = timedelta(hours=24)
"""A transition is still made this long after its instant; an older one is recorded as skipped. A bot that
comes back in the night still stops what should be stopped."""
AT_THE_LATEST = timedelta(days=8)
"""How far back transitions are looked for when the clock begins; a week has every weekly one."""

_ACTIONS: Mapping[str, Literal["stop", "start"]] = {"down": "stop", "up": "start"}


class Edge(NamedTuple):
    """One transition as it is to be acted on: its claim's key, when, and whose doing it is."""

    key: ClaimKey
    instant: datetime
    why: str

    @property
    def action(self) -> Literal["stop", "start"]:
        return self.key.action


@dataclass(frozen=True)
class Skip:
    edge: Edge
    reason: str


@dataclass(frozen=True)
class Due:
    """``act`` is the one transition to act on; ``skip`` are those whose time has passed."""

    act: Edge | None
    skip: tuple[Skip, ...] = ()


@dataclass(frozen=True)
class Course:
    """An environment's row with its overrides (ended ones too; planned ones as
    ``policies.schedule.overrides.foreseen`` has them) and holidays: all its edges depend on."""

    environment: str
    row: ScheduleRow
    overrides: tuple[Override, ...] = ()
    holidays: Holidays = frozenset()

    @property
    def schedule(self) -> Schedule:
        return parse(self.row.text)

    def edges(self, start: datetime, end: datetime) -> tuple[Edge, ...]:
        """Those from ``start`` on and before ``end``, in order; none from before the row took effect."""
        start = max(start, self.row.since) if self.row.since else start
        own = [e for e in self._scheduled(start, end) if self._held(e.instant) is None]
        if not self.overrides:
            return tuple(own)
        begins = tuple(self._begins(start, end))
        taken = {e.instant for e in (*own, *begins)}
        ends = [e for e in self._ends(start, end) if e.instant not in taken]
        return tuple(sorted((*own, *begins, *ends), key=lambda e: (e.instant, e.key.text)))

    def wanted(self, now: datetime) -> Literal["up", "down", "unscheduled"]:
        """The state it should have at that instant."""
        held = self._held(now)
        return held.state if held else self.schedule.at(now, holidays=self.holidays).state

    def stops_at(self, instant: datetime) -> bool:
        """Whether a stop is due at exactly that instant."""
        found = self.edges(instant, instant + timedelta(microseconds=1))
        return any(e.action == "stop" for e in found)

    def next_stop(self, now: datetime) -> datetime | None:
        """The next one within ``AT_THE_LATEST``."""
        found = self.edges(now, now + AT_THE_LATEST)
        return next((e.instant for e in found if e.action == "stop"), None)

    def _held(self, instant: datetime) -> Override | None:
        return in_force(self.overrides, self.environment, instant) if self.overrides else None

    def _scheduled(self, start: datetime, end: datetime) -> Iterator[Edge]:
        for instant, state, day, rule in _transitions(self.row.text, start, end, self.holidays):
            key = ClaimKey(self.environment, day, rule, _ACTIONS[state])
            yield Edge(key, instant, f"schedule {rule}")

    def _ends(self, start: datetime, end: datetime) -> Iterator[Edge]:
        """Where an override ends and the schedule says otherwise, that is a transition too."""
        for override in self.overrides:
            at = override.end
            if (
                not override.begun
                or override.environment != self.environment
                or not start <= at < end
                or self._held(at)
            ):
                continue
            after = self.schedule.at(at, holidays=self.holidays)
            if (
                after.state not in _ACTIONS
                or after.state == override.state
                or self._of_old(override, after.since)
            ):
                continue
            day = at.astimezone(self.schedule.zone).date()
            key = override_key(self.environment, day, override.id, _ACTIONS[after.state])
            yield Edge(key, at, f"the end of what {override.actor_name or 'somebody'} asked for")

    def _begins(self, start: datetime, end: datetime) -> Iterator[Edge]:
        """Where a planned override begins, whatever the schedule says: somebody may have moved the
        environment since."""
        for override in self.overrides:
            at, mine = override.since, override.environment == self.environment
            if override.planned_at is None or not mine or not start <= at < end or self._held(at) != override:
                continue
            day = at.astimezone(self.schedule.zone).date()
            key = beginning_key(self.environment, day, override.id, _ACTIONS[override.state])
            yield Edge(key, at, f"planned by {override.actor_name or 'somebody'}")

    def _of_old(self, override: Override, since: datetime | None) -> bool:
        """A schedule that only stops, or only starts, says what was last: a stop that came before the
        override, or what that took the place of, is none after it."""
        if not self.schedule.one_way:
            return False
        return since is None or since < unbroken(override, self.overrides)


@lru_cache(maxsize=1_024)
def _transitions(text: str, start: datetime, end: datetime, holidays: Holidays) -> tuple[Transition, ...]:
    """Worked out once for the thousands of environments that one text holds and one tick asks about."""
    return tuple(parse(text).edges(start, end, holidays=holidays))


def due(edges: Sequence[Edge], claims: Mapping[ClaimKey, Claim], now: datetime, *, wanted: str = "") -> Due:
    """Of edges in order, only the latest that has come is acted on: those before it are history.

    A claim that was opened, skipped or observed is settled. A postponed one waits for its next try, however
    late it has become meanwhile. ``wanted``: what the environment should be now; a transition that a person
    has overridden since is not made.
    """
    come = [e for e in edges if e.instant <= now]
    settled = {key for key, claim in claims.items() if claim.state != "postponed"}
    followed = [(e, after) for e, after in pairwise(come) if e.key not in settled]
    skipped = [Skip(e, f"its next {after.action} came first") for e, after in followed]
    if not come or come[-1].key in settled:
        return Due(None, tuple(skipped))
    latest = come[-1]
    if wanted in _ACTIONS and _ACTIONS[wanted] != latest.action:
        return Due(None, (*skipped, Skip(latest, "somebody has asked otherwise since")))
    postponed = claims.get(latest.key)
    if postponed is not None:
        waits = postponed.next_try is not None and now < postponed.next_try
        return Due(None if waits else latest, tuple(skipped))
    if now - latest.instant > LATE:
        return Due(None, (*skipped, Skip(latest, f"the clock did not run for more than {LATE.days} day")))
    return Due(latest, tuple(skipped))


def unsettled(edges: Iterable[Edge], claims: Mapping[ClaimKey, Claim], now: datetime) -> datetime | None:
    """The instant of the earliest edge that has come and is not settled: looked at again from there."""
    return min(
        (
            e.instant
            for e in edges
            if e.instant <= now and (e.key not in claims or claims[e.key].state == "postponed")
        ),
        default=None,
    )
