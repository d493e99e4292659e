"""What a notice rests on: the outcome of each stop, who keeps an environment on, and why a stop may not come
at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.clock.retries import next_try
from handlers.gate.parts import Parts
from handlers.gate.used import last_used
from handlers.now import MOVES
from handlers.ports.book import Notice
from handlers.ports.store import AuditQuery, CatalogState
from handlers.tell import gone
from handlers.tell.notice import GOOD, Told
from policies.record.evidence import Entry
from policies.record.lifecycle import MENDABLE, WHOLE, State
from policies.schedule.claims import Claim
from policies.schedule.overrides import in_force, promised
from policies.schedule.transitions import Course
from policies.service.environment import Environment

LOOKED_AT = 50
"""How many audit entries since a notice, newest first, are searched for what somebody did."""
_CATALOG = frozenset({"apply", "unschedule", "reschedule"})


class Telling:
    """Reads what a notice tells. Not thread-safe; part of the clock's tick."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._catalog = CatalogState()

    def learn(self, catalog: CatalogState) -> None:
        """Take the catalog as it stands now."""
        self._catalog = catalog

    def told(
        self,
        notice: Notice,
        placed: tuple[Environment, Course] | None,
        claimed: tuple[str, Sequence[Claim]],
        *,
        now: datetime,
    ) -> Told:
        """Return what the notice tells of one environment. ``placed``: the environment under its schedule, if
        it has one. ``claimed``: its name and the claims since the stop.
        """
        name, claims = claimed
        stops = [c for c in claims if c.key.action == "stop" and c.instant == notice.stop_at]
        stopped, opened = _last(stops), _last([c for c in stops if c.operation_id])
        started = _last([c for c in claims if c.key.action == "start" and c.state == "opened"])
        find = self._parts.records.find
        told = Told(
            environment=name,
            zone=ZoneInfo("UTC"),
            claim=stopped,
            record=find(opened.operation_id) if opened else None,
            started=find(started.operation_id) if started else None,
        )
        told = self._by_hand(told, notice)
        if placed is None:
            return self._unscheduled(told, notice)
        course = replace(placed[1], overrides=promised(placed[1].overrides, now))
        comes = course.stops_at(notice.stop_at)
        told = _planned_over(told, placed[1], course, notice, now=now)
        return replace(
            told,
            next_try=None if _overtaken(course, notice, now) else _next_try(told, opened),
            zone=course.schedule.zone,
            observed=course.row.mode == "observe",
            spared_by=in_force(course.overrides, name, notice.stop_at),
            gone="" if comes else _why_gone(course, notice, now),
            next_stop=None if comes else _next_stop(course, notice, now),
            last_used=last_used(self._parts.audit, name),
        )

    def _by_hand(self, told: Told, notice: Notice) -> Told:
        """Add what a person did last since the notice, or since the clock stopped the environment. A stop by
        a person replaces one that was not made in full; a start comes after it.
        """
        made = told.record is not None and told.record.state is not State.UNCHANGED
        since = told.record.opened_at if made and told.record is not None else notice.posted_at
        last = self._last_move(told.environment, since) if since is not None else None
        record = self._parts.records.find(last.operation_id) if last is not None else None
        if record is None or (told.record is not None and not told.record.state.ended):
            return told
        if record.name == "start":
            return replace(told, started=record) if made else told
        stands = not record.state.ended or record.state in GOOD
        full = made and told.record is not None and told.record.state in GOOD
        return replace(told, record=record, started=None) if stands and not full else told

    def _last_move(self, name: str, since: datetime) -> Entry | None:
        """Return the last start since then, or the last stop by hand."""
        query = AuditQuery(environments=(name,), since=since, limit=LOOKED_AT)
        found = (f.entry for f in self._parts.audit.entries(query))
        return next((entry for entry in found if entry.kind == "started" and _moves(entry)), None)

    def _unscheduled(self, told: Told, notice: Notice) -> Told:
        """Return what is told of an environment that no schedule covers any more."""
        environment = self._catalog.environment(told.environment)
        if environment is None:
            return replace(told, gone=gone.NOT_IN_CATALOG)
        zone = ZoneInfo(environment.time_zone)
        by = self._who_took_it(told.environment, notice)
        return replace(told, zone=zone, gone=gone.unscheduled(by, production=environment.production))

    def _who_took_it(self, name: str, notice: Notice) -> str:
        """Return who last changed the catalog since the notice, according to the audit log."""
        query = AuditQuery(since=notice.posted_at, limit=LOOKED_AT)
        for found in self._parts.audit.entries(query):
            entry = found.entry
            if entry.kind == "closed" and entry.operation in _CATALOG and entry.environment in ("", name):
                return entry.actor_name
        return ""


def _next_try(told: Told, opened: Claim | None) -> datetime | None:
    """Return when a stop that was made only in part is made again, if it is."""
    record = told.record
    if record is None or opened is None or record.id != opened.operation_id:
        return None
    if told.started is not None or record.state not in MENDABLE:
        return None
    if told.claim is not None and told.claim.state != "opened":
        return told.claim.next_try
    return next_try(record, opened.key.tries)


def _overtaken(course: Course, notice: Notice, now: datetime) -> bool:
    """Return whether the environment is to be up now, or a later stop has come, which has a notice of its
    own.
    """
    if now <= notice.stop_at:
        return False
    if course.wanted(now) != "down":
        return True
    later = course.edges(notice.stop_at, now)
    return any(e.action == "stop" and notice.stop_at < e.instant <= now for e in later)


def _next_stop(course: Course, notice: Notice, now: datetime) -> datetime | None:
    """Return the stop that replaces this one; a stop that has come is told by a notice of its own."""
    found = course.next_stop(notice.posted_at or now)
    return found if found and found > now else None


def _planned_over(told: Told, known: Course, course: Course, notice: Notice, *, now: datetime) -> Told:
    """Add who keeps the environment on beyond the stop, who is to, and whose plan the stop is. ``known``: the
    course with the plans that are not decided yet; in ``course`` they have begun.
    """
    name, begun = told.environment, {o.id for o in known.overrides if o.begun and o.since <= now}
    then = in_force(course.overrides, name, max(now, notice.stop_at))
    held = in_force(known.overrides, name, now)
    own = in_force(course.overrides, name, notice.stop_at)
    if own is not None and (own.planned_at is None or own.state == "up" or own.since != notice.stop_at):
        own = None
    told = replace(told, begins=own, begun=own is not None and own.id in begun)
    if then is None or then.state == "down" or then.id in begun:
        return replace(told, override=then)
    kept = held is not None and held.state == "up" and held.end > notice.stop_at
    return replace(told, override=held if kept else None, planned=then)


def _why_gone(course: Course, notice: Notice, now: datetime) -> str:
    """Return why there is no stop at that time any more."""
    row, told_at = course.row, notice.posted_at or notice.stop_at
    if row.since is not None and row.since >= told_at:
        return gone.rescheduled(row)
    ended = (o for o in course.overrides if o.until == notice.stop_at and o.ended_at is not None)
    given_back = next(ended, None)
    if given_back is not None:
        return gone.given_back(given_back.ended_by)
    held = in_force(course.overrides, course.environment, notice.stop_at)
    if held is not None and held.state == "down":
        return gone.kept_off(held, course.schedule.zone, now)
    planned = (o for o in course.overrides if o.since == notice.stop_at and not o.begun)
    if (never := next(planned, None)) is not None:
        return gone.cancelled(never)
    return gone.NO_SUCH_STOP


def _moves(entry: Entry) -> bool:
    """Return whether the entry is a start, or a stop by hand."""
    moves = entry.operation in MOVES and entry.target == WHOLE
    return moves and not (entry.operation == "stop" and entry.source == "clock")


def _last(claims: Sequence[Claim]) -> Claim | None:
    return max(claims, key=lambda c: (c.at, c.key.rule), default=None)
