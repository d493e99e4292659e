"""A keep that begins later: planned now, decided again when its beginning comes, cancelled until then."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from handlers.now import held_now, terms
from handlers.ports.scope import Scope
from handlers.steps.override import begin_override_step, end_override_step, plan_override_step
from handlers.tell import keep as tell_keep
from handlers.tell import planned as tell
from handlers.tell.keep import Outside, not_a_time
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.decision import Refused
from policies.access.people import Role
from policies.schedule.overrides import Asked, Keep, Override, waiting
from policies.schedule.rows import BY_HAND, ScheduleRow
from policies.schedule.schedule import parse
from policies.schedule.standing import Standing, standing, zone_of
from policies.secrets.redaction import redact
from policies.times.between import Between
from policies.times.instants import TimeError

A_WEEK = timedelta(days=7)


def planned_here(scope: Scope) -> tuple[Override, ...]:
    """Return what is planned for the environment, the soonest first."""
    return waiting(scope.book.overrides.current(scope.now), scope.environment.name, scope.now)


def plan_keep(scope: Scope, words: Keep, span: Between, shown: str) -> Plan | Refusal | Choice | Unchanged:
    """Plan a keep for later. ``shown``: the ids of the planned keeps that the actor was told it replaces."""
    row, zone, name = scope.schedule, zone_of(scope.environment, scope.schedule), scope.environment.name
    try:
        since, until = span.at(scope.now, zone)
    except TimeError as wrong:
        return not_a_time(wrong)
    asked = Asked(words.state, until, redact(words.reason), span.zone, since)
    if row is None or _unable(row):
        return tell.no_schedule(name) if row is None or row.origin == BY_HAND else tell.observes(name)
    too_far = _too_far(scope, asked, zone)
    if too_far is not None:
        return Refusal(too_far)
    own = _own(scope, since)
    if own.state == asked.state and (own.until is None or until <= own.until):
        return tell.so_anyway(name, asked, own, now=scope.now)
    others = [o for o in planned_here(scope) if o.since < until and since < o.until]
    covers = next((o for o in others if _covers(o, asked)), None)
    if covers is not None:
        return tell.planned_already(name, covers, zone=zone, now=scope.now)
    beyond = _beyond(asked.until, since, own, scope)
    if beyond is not None and scope.role < Role.OPERATOR:
        return Refusal(beyond, wants=Role.OPERATOR)
    ids = tuple(sorted(o.id for o in others))
    made = Plan(
        doing="planning to keep on" if asked.state == "up" else "planning to keep off",
        steps=(plan_override_step(asked, since, instead_of=ids),),
        before={"planned": list(ids)},
        until=until,
        begins=since,
        notes=tell.notes(asked, held_now(scope), zone, scope.now),
        needs=Role.OPERATOR if beyond is not None or asked.state == "down" else None,
    )
    return _to_show(scope, (asked, span), made, others, shown=shown == ",".join(ids)) or made


def _to_show(
    scope: Scope, asked: tuple[Asked, Between], made: Plan, others: list[Override], *, shown: bool
) -> Choice | None:
    """Return what is to be shown first: times that were left open, and what a plan would replace."""
    zone, now = zone_of(scope.environment, scope.schedule), scope.now
    runs = asked[1].runs(now, zone)
    if shown and not asked[1].rough and not runs:
        return None
    today = asked[0].until - A_WEEK if runs else None
    return tell.shown_first(scope.environment.name, asked, made, others, at=(zone, now), today=today)


def _unable(row: ScheduleRow) -> bool:
    """Return whether the clock may not bring about what is planned: a schedule lets it."""
    return row.origin == BY_HAND or row.mode == "observe"


def _own(scope: Scope, at: datetime) -> Standing:
    """Return how the environment stands at that time by its schedule alone."""
    row = scope.schedule
    dates = scope.holidays(parse(row.text)) if row else frozenset()
    return standing(row, None, at, dates, zone=zone_of(scope.environment, row))


def _too_far(scope: Scope, asked: Asked, zone: tzinfo) -> Refused | None:
    """Refuse what lies too far ahead, or lasts longer than anybody may ask for here."""
    assert asked.since is not None
    name, allowed = scope.environment.name, terms(scope)
    if asked.since - scope.now > allowed.ahead:
        return tell.too_far(name, asked.since, allowed.ahead, zone=zone, now=scope.now)
    if asked.until - asked.since > allowed.longest:
        return tell.too_long(name, asked.until - asked.since, allowed.longest)
    return None


def _covers(other: Override, asked: Asked) -> bool:
    """Return whether another plan brings about all that is asked for."""
    assert asked.since is not None
    return other.state == asked.state and other.since <= asked.since and asked.until <= other.until


def _beyond(until: datetime, since: datetime, own: Standing, scope: Scope) -> Refused | None:
    """Say that a plan is longer than everybody's right, measured from the end of the window it begins in."""
    begins = max(since, own.until) if own.state == "up" and own.until else since
    bounded = terms(scope).bounded
    if until - begins <= bounded:
        return None
    zone = zone_of(scope.environment, scope.schedule)
    outside = Outside(until, until - begins, bounded, scope.role, zone, since=since)
    return tell_keep.beyond(scope.environment.name, outside, scope.now)


def begin(scope: Scope, override_id: str) -> Plan | Refusal | Unchanged:
    """Decide again whether a planned keep begins, for the person who planned it."""
    name, found = scope.environment.name, scope.book.overrides.find(override_id)
    if found is not None and found.not_begun and found.ended_at is None and scope.now >= found.until:
        return Refusal(tell.too_late(found))
    if found is None or not found.waits(scope.now) or scope.now < found.since:
        return tell.not_waiting(name)
    if scope.schedule is None or _unable(scope.schedule):
        return Refusal(tell.unscheduled(name))
    held, zone = held_now(scope), zone_of(scope.environment, scope.schedule)
    if held is not None and _stays(held, found):
        return Refusal(tell.kept_otherwise(held, zone, scope.now))
    own = _own(scope, found.since)
    beyond = _beyond(found.until, found.since, own, scope)
    return Plan(
        doing="beginning the planned keep of",
        steps=(begin_override_step(found),),
        before={"override": held.id if held else ""},
        until=found.until,
        notes=tell.begins(found, held, zone, scope.now),
        needs=Role.OPERATOR if beyond is not None or found.state == "down" else None,
    )


def _stays(held: Override, planned: Override) -> bool:
    """Return whether what is in force stays: it was set after that beginning, or does as much for longer."""
    same = held.state == planned.state and held.end >= planned.until
    return same or held.since > planned.since


def cancel(scope: Scope, planned: Override) -> Plan:
    """Cancel what was planned, before it begins."""
    zone = zone_of(scope.environment, scope.schedule)
    return Plan(
        doing="cancelling the planned keep of",
        steps=(end_override_step(planned, told=tell.cancelled(planned, zone, scope.now)),),
        before={"planned": [planned.id]},
        begins=planned.since,
        of=planned.id,
    )
