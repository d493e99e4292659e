"""`/env list`: the environments I may view, and what is being done in them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.now import move_in, seen
from handlers.ports.desk import Desk
from handlers.ports.store import OperationRecord
from handlers.tell import list as tell
from handlers.tell.operation import doing
from handlers.words.arguments import Hidden
from handlers.words.errors import Trouble
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer
from policies.access import grants
from policies.access.people import Role
from policies.schedule.overrides import Override, in_force
from policies.schedule.rows import governing, shown
from policies.schedule.schedule import parse
from policies.schedule.standing import Seen, standing, words, words_seen, zone_of
from policies.service.environment import Environment

PAGE = 10
"""Environments an answer looks at live: each costs a few ECS calls (facts/ecs 1.5). More by button."""


@operation(
    "list",
    role=Role.VIEWER,
    reach=Reach.VIEWABLE,
    aliases=("ls", "environments"),
)
def list_(desk: Desk, skip: Hidden[int] = 0) -> Answer:
    """Your environments: how many services are up, and what is being done."""
    everything = desk.environments
    shown = everything[skip : skip + PAGE]
    if not everything:
        return tell.none()
    running: dict[str, list[OperationRecord]] = {e.name: [] for e in shown}
    for record in desk.records.running(list(running)):
        running[record.environment].append(record)
    overrides = desk.book.overrides.current(desk.now)
    rows = tuple(_row(desk, e, overrides, running[e.name]) for e in shown)
    watched = (tell.clock(desk.clock_ran, desk.now),) if desk.state.schedules else ()
    return tell.page(rows, watched, of=len(everything), next_page=skip + PAGE)


def _row(
    desk: Desk, environment: Environment, overrides: Sequence[Override], running: Sequence[OperationRecord]
) -> tuple[str, ...]:
    found, move = grants.standing(environment, desk.mine), move_in(running)
    role = found.role.word if found else ""
    up, desired = _up(desk, environment)
    held = _held(desk, environment, overrides, seen(move, desired) if move or desired else None)
    does = next((doing(r, now=desk.now) for r in ((move,) if move else running) if r), "")
    return (environment.name, environment.tier.value, up, role, held, does)


def _held(desk: Desk, environment: Environment, overrides: Sequence[Override], found: Seen | None) -> str:
    """What it is, and what holds it so: its schedule, or whoever overrode that. ``found``: ``None`` where it
    cannot be told what it is."""
    held = in_force(overrides, environment.name, desk.now)
    row = shown(governing(environment, desk.state.schedules), held, desk.now)
    dates = desk.holidays(parse(row.text)) if row else frozenset()
    stands = standing(row, held, desk.now, dates, zone=zone_of(environment, row))
    return words_seen(stands, desk.now, seen=found) if found else words(stands, desk.now)


def _up(desk: Desk, environment: Environment) -> tuple[str, tuple[int, ...]]:
    """`5 up of 6` or why it cannot be told, and the counts that are wanted there (none where it cannot be
    told); one unreadable environment leaves the others shown."""
    try:
        services = desk.scopes.bind(environment, desk.actor).services
        facts = services.summaries([s.name for s in services.members().own])
    except Trouble as trouble:
        return tell.not_readable(trouble), ()
    up = sum(f.desired > 0 and f.running >= f.desired for f in facts)
    return tell.up(up, len(facts)), tuple(f.desired for f in facts)
