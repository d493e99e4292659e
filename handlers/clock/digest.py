"""Each week's digest is posted to each channel once, when it is due there, whatever else happens.

Rows hold all the truth. What is remembered here only spares work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.gate.parts import Parts
from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.slack import Posts
from handlers.ports.store import AuditQuery, CatalogState
from handlers.tell import awaited as told
from handlers.tell import digest as tell
from handlers.tell import not_posted
from handlers.tell.weekly_caveats import BROKEN
from handlers.weekly.channels import ops_channel, told_in
from handlers.weekly.posting import OPEN, left_behind, post
from handlers.words.errors import StoreLost, Throttled, Trouble, Unanswered, Unsendable
from policies.access.people import ClockActor
from policies.cost import looks
from policies.cost.prices import Prices
from policies.cost.table import TABLE
from policies.digest.awaited import Awaited, Lacking, There, lacking
from policies.schedule.standing import said_in_full
from policies.schedule.weekly import Due, Lateness, Weekly, agreed, last_due
from policies.service.environment import Environment

EVERY = timedelta(seconds=30)
"""Time between two looks for channels that are due."""
AGAIN = timedelta(minutes=10)
"""Time until a digest that Slack did not take is tried again: somebody may invite the bot meanwhile."""
LONGEST = looks.LONGEST
"""How long a digest waits for its sources: the longest time between two looks that a setting allows, plus
time to ask twice more for a history that did not come (``handlers.clock.backfill``).
"""
AT_ONCE = 20
"""How many digests one look posts, so that Slack's rate limit holds and the beat returns soon."""


@dataclass(frozen=True)
class When:
    """When digests are posted. ``weekly``: ``None`` if no digest is posted by itself. ``zone``: the time zone
    where environments disagree. ``awaited``: which sources a digest waits for when an environment is new.
    """

    weekly: Weekly | None
    zone: str = "UTC"
    awaited: Awaited = field(default_factory=Awaited)


@dataclass(frozen=True)
class Turn:
    """A channel's digest that is due. ``row``: its state so far."""

    channel: str
    due: Due
    zone: ZoneInfo
    row: DigestRow | None

    @property
    def week(self) -> str:
        return str(self.due.week)


class DigestClock:
    """Posts the weekly digests. Not thread-safe: one tick at a time, under a lease.

    A digest waits for its sources while an environment is new to this installation, or to the process that
    holds the lease. That wait ends for each environment ``LONGEST`` after it was first known here, and for
    each channel ``LONGEST`` after the row that records the wait. So a failing source delays one digest, once,
    and no restart makes the delay longer.
    """

    def __init__(self, parts: Parts, posts: Posts, when: When) -> None:
        self._parts, self._posts, self._when = parts, posts, when
        self._looked: datetime | None = None
        self._before: set[tuple[str, str]] = set()
        """Channel and week of each digest that was due before this installation existed."""
        self._since: dict[str, datetime] = {}
        """Since when each environment is known here."""
        self._there: There | None = None
        """The sources that have arrived, read once per look for all its channels."""

    def tick(self) -> int:
        """Post the digests that are due; return how many were tried. Raises ``StoreLost``."""
        now = self._parts.clock.now()
        if self._when.weekly is None or (self._looked and self._looked <= now < self._looked + EVERY):
            return 0
        tried = self._look(self._when.weekly, now)
        self._looked = now if tried < AT_ONCE else None
        return tried

    def _look(self, weekly: Weekly, now: datetime) -> int:
        state = self._parts.catalog.read()
        due = {
            channel: (last_due(weekly, zone, now), zone) for channel, zone in self._channels(state).items()
        }
        rows = self._parts.book.digests.of_weeks({str(found.week) for found, _ in due.values()})
        known = {(row.channel, row.week): row for row in rows}
        self._learn(state, now)
        self._there = None
        tried, unsendable = 0, list[tuple[Turn, Unsendable]]()
        for channel, (found, zone) in due.items():
            turn = Turn(channel, found, zone, known.get((channel, str(found.week))))
            if tried >= AT_ONCE or not self._open(turn, now):
                continue
            if self._waits(state, turn, now):
                continue
            tried += 1
            trouble = self._tell(state, turn, now)
            if isinstance(trouble, Unsendable):
                unsendable.append((turn, trouble))
            if isinstance(trouble, (Unanswered, Throttled)):
                break  # the other channels would wait for the same silence
        self._tell_ops(state, unsendable)
        return tried

    def _learn(self, state: CatalogState, now: datetime) -> None:
        """Note when each environment was first seen; after the clock went back, no time lies ahead of now."""
        self._since = {e.name: min(now, self._since.get(e.name, now)) for e in state.environments}

    def _waits(self, state: CatalogState, turn: Turn, now: datetime) -> bool:
        """Return whether the digest waits for environments that are new here. The row records since when, and
        for what.
        """
        row = turn.row
        if row is not None and (row.state is not DigestState.WAITING or now >= row.at + LONGEST):
            return False
        new = {name for name, since in self._since.items() if now < since + LONGEST}
        lacks = self._lacking(e for e in told_in(state, turn.channel, shared=False) if e.name in new)
        if lacks and row is None:
            why = told.waits(lacks, LONGEST)
            waiting = DigestRow(turn.channel, turn.week, DigestState.WAITING, now, reason=why)
            self._parts.book.digests.claim(waiting, over=())
        return bool(lacks)

    def _without(self, state: CatalogState, turn: Turn) -> tuple[str, ...]:
        """Return a note on what did not arrive, if this digest waited for it."""
        if turn.row is None or turn.row.state is not DigestState.WAITING:
            return ()
        lacks = self._lacking(told_in(state, turn.channel, shared=False))
        return (told.came_without(lacks),) if lacks else ()

    def _lacking(self, environments: Iterable[Environment]) -> Lacking:
        here = tuple(environments)
        if not here or not self._when.awaited.metered:
            return Lacking()
        self._there = self._there or self._read()
        return lacking(here, self._when.awaited, self._there)

    def _read(self) -> There:
        ledger = self._parts.book.ledger
        looked = {name for name, seen in ledger.sightings.all().items() if seen.at is not None}
        prices = Prices.of([*TABLE.known.values(), *ledger.prices.all()])
        return There(looked, ledger.backfills.done(), prices)

    def _channels(self, state: CatalogState) -> Mapping[str, ZoneInfo]:
        """Return each channel with the time zone in which its Monday begins."""
        here: dict[str, list[Environment]] = {}
        for environment in state.environments:
            if environment.channel:
                here.setdefault(environment.channel, []).append(environment)
        ops = ops_channel(state)
        if ops and state.environments:
            here.pop(ops, None)
            here[ops] = list(state.environments)  # last, so that it hears of the others at once
        return {c: agreed((e.time_zone for e in found), self._when.zone) for c, found in here.items()}

    def _open(self, turn: Turn, now: datetime) -> bool:
        """Return whether to post the digest now. A digest that was left behind or comes too late is recorded
        here.
        """
        channel, due, row = turn.channel, turn.due, turn.row
        if row is not None and row.state is DigestState.POSTING:
            self._left_behind(row, now)
            return False
        if row is not None and row.state not in OPEN:
            return False
        lateness = due.lateness(now)
        if lateness is not Lateness.ON_TIME and row is None and not self._was_here(channel, due):
            return False
        if lateness is Lateness.TOO_OLD:
            why = row.reason if row else tell.TOO_OLD
            skipped = DigestRow(channel, str(due.week), DigestState.SKIPPED, now, reason=why)
            self._parts.book.digests.claim(skipped, over=OPEN)
            return False
        refused = row is not None and row.state is DigestState.POSTPONED
        return not (refused and row is not None and row.at <= now < row.at + AGAIN)

    def _left_behind(self, row: DigestRow, now: datetime) -> None:
        """Record a digest as lost if it was left behind; if Slack still answers, *posted* replaces this."""
        if left_behind(row, now):
            lost = replace(row, state=DigestState.UNKNOWN, at=now, reason=tell.LOST)
            self._parts.book.digests.settle(lost)

    def _was_here(self, channel: str, due: Due) -> bool:
        """Return whether the installation existed when the digest was due; otherwise nothing is late."""
        if (channel, str(due.week)) in self._before:
            return False
        if self._parts.audit.entries(AuditQuery(until=due.at, limit=1)):
            return True
        self._before.add((channel, str(due.week)))
        return False

    def _tell(self, state: CatalogState, turn: Turn, now: datetime) -> Trouble | None:
        """Post the digest; return the trouble that kept it from being posted, if any."""
        notes = self._without(state, turn)
        if turn.due.lateness(now) is Lateness.LATE:
            notes = (told.late(said_in_full(turn.due.at, turn.zone, now)), *notes)
        desk = self._parts.desk(ClockActor(), state, channel=turn.channel)
        try:
            row = post(desk, self._posts, (turn.channel, turn.due.week), over=OPEN, notes=notes)
        except StoreLost:
            raise
        except (Unanswered, Throttled) as silence:
            return silence
        except Trouble as trouble:  # Slack has no such channel, or lets us neither see it nor post
            self._postpone(turn, now, trouble.sentence)
            self._log(turn, trouble)
            return trouble
        except Exception as defect:  # our own: the other channels still get theirs
            self._postpone(turn, now, BROKEN)
            if turn.row is None or turn.row.reason != BROKEN:
                self._parts.on_defect(f"the digest in {turn.channel}", defect)
            return None
        if row is not None and row.state is DigestState.POSTPONED:
            self._log(turn, Trouble(row.reason))
        return Unanswered(row.reason) if row is not None and row.state is DigestState.UNKNOWN else None

    def _postpone(self, turn: Turn, now: datetime, why: str) -> None:
        row = DigestRow(turn.channel, turn.week, DigestState.POSTPONED, now, reason=why)
        self._parts.book.digests.claim(row, over=OPEN)

    def _log(self, turn: Turn, trouble: Trouble) -> None:
        """Log a trouble once for each reason, not at each try."""
        if turn.row is None or turn.row.reason != trouble.sentence:
            self._parts.on_defect(f"the digest in {turn.channel}", trouble)

    def _tell_ops(self, state: CatalogState, found: Sequence[tuple[Turn, Unsendable]]) -> None:
        """Tell the ops channel of each undelivered digest once. This is noted before Slack is asked, so that
        a kill does not lead to a second message.
        """
        ops, once = ops_channel(state), self._parts.book.digests.tell_once
        others = [(turn, trouble) for turn, trouble in found if turn.channel != ops]
        try:
            if not ops or not others or self._posts.shared(ops):
                return
            told = [(turn, trouble) for turn, trouble in others if once(turn.channel, turn.week)]
            if told:
                self._posts.post(ops, not_posted.message([_undelivered(state, *each) for each in told]))
        except StoreLost:
            raise
        except Trouble as trouble:
            self._parts.on_defect(f"what {ops} is told of digests", trouble)


def _undelivered(state: CatalogState, turn: Turn, trouble: Unsendable) -> not_posted.Undelivered:
    names = tuple(e.name for e in told_in(state, turn.channel, shared=False))
    return not_posted.Undelivered(turn.channel, names, trouble.sentence)
