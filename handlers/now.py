"""How an environment stands now: what is in force, and whether it is off, on, starting or stopping."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.tell import scale
from handlers.words.errors import Trouble
from handlers.words.result import Refusal
from policies.access.decision import Refused
from policies.access.safeguards import STOPPED
from policies.capacity.rules import asleep
from policies.capacity.scaling import ROLE, bound_of
from policies.record.lifecycle import WHOLE
from policies.schedule.overrides import Override, in_force, unbroken
from policies.schedule.rows import Terms
from policies.schedule.schedule import parse
from policies.schedule.standing import Seen, Standing, left_on, standing, tonight, zone_of
from policies.schedule.transitions import AT_THE_LATEST
from policies.service.rollback import NOTHING_RUNS
from policies.times.instants import When

MOVES: Mapping[str, Seen] = {"start": "starting", "stop": "stopping"}
"""Operations that move a whole environment, and its state while they run."""


def terms(scope: Scope) -> Terms:
    return scope.schedule.terms if scope.schedule else Terms()


def held_now(scope: Scope) -> Override | None:
    return in_force(scope.book.overrides.current(scope.now), scope.environment.name, scope.now)


def refused(scope: Scope, decision: Refused, service: str) -> Refusal:
    """Return the refusal, with a button that scales the service up if that is what it lacks, and if the
    catalog and the actor's role allow it.
    """
    bound = bound_of(service, scope.environment.scale)
    lacks = decision.rule in (STOPPED, NOTHING_RUNS)
    may = bound is not None and bound.maximum > 0 and scope.role >= ROLE
    return scale.first(decision, service, max(1, bound.minimum) if lacks and may and bound else 0)


def stands(scope: Scope, *, without: bool = False) -> Standing:
    """Return how the environment stands now; ``without`` the override in force, by the schedule alone."""
    row = scope.schedule
    dates = scope.holidays(parse(row.text)) if row else frozenset()
    held = None if without else held_now(scope)
    return standing(row, held, scope.now, dates, zone=zone_of(scope.environment, row))


def on_anyway(scope: Scope) -> datetime | None:
    """Return until when the schedule alone leaves on what is on (``policies.schedule.standing.left_on``)."""
    dates = scope.holidays(parse(scope.schedule.text)) if scope.schedule else frozenset()
    held, since = held_now(scope), None
    if held is not None and held.state == "up":
        since = unbroken(held, scope.book.overrides.recent(scope.now - AT_THE_LATEST))
    return left_on(stands(scope, without=True), scope.now, dates, kept_since=since)


def meant(scope: Scope, when: When) -> datetime:
    """Return the time that ``when`` means here: a night ends where the schedule begins in the morning. Raises
    ``TimeError``.
    """
    zone, row = zone_of(scope.environment, scope.schedule), scope.schedule
    if not when.night:
        return when.at(scope.now, zone)
    schedule = parse(row.text) if row else None
    dates = scope.holidays(schedule) if schedule else frozenset()
    return tonight(schedule, zone, scope.now, dates)


def sleeping(scope: Scope) -> bool:
    """Return whether the environment is off according to AWS; if AWS cannot be read, whether a stop has left
    something saved.
    """
    saved = scope.book.capacities.find(scope.environment.name)
    try:
        names = [service.name for service in scope.services.members().own]
        facts = scope.services.summaries(names)
    except Trouble:
        return saved is not None
    return asleep({f.name: f.desired for f in facts}, saved)


def move_in(running: Iterable[OperationRecord]) -> OperationRecord | None:
    """Return the start or stop among the operations under way in one environment."""
    return next((r for r in running if r.name in MOVES and r.target == WHOLE), None)


def under_way(scope: Scope) -> OperationRecord | None:
    """Return the start or stop that is under way here."""
    return move_in(scope.running.values())


def seen(move: OperationRecord | None, desired: Collection[int]) -> Seen:
    """Return the state: the move under way, or on if any service wants tasks (``desired``: the counts of the
    services).
    """
    if move is not None:
        return MOVES[move.name]
    return "on" if any(desired) else "off"


def seen_now(scope: Scope) -> Seen:
    """Return the state, from what is under way and from AWS."""
    move = under_way(scope)
    if move is not None:
        return MOVES[move.name]
    return "off" if sleeping(scope) else "on"
