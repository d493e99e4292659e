"""`/env list`: the environments I may view, and what is being done in them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.ports.desk import Desk
from handlers.tell import list as tell
from handlers.tell.operation import doing
from handlers.words.arguments import Hidden
from handlers.words.errors import Trouble
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer
from policies.access import grants
from policies.access.people import Role
from policies.schedule.overrides import Override, in_force
from policies.schedule.rows import governing
from policies.schedule.schedule import parse
from policies.schedule.standing import standing, words_seen, zone_of
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
    running = {r.environment: doing(r, now=desk.now) for r in desk.records.running([e.name for e in shown])}
    overrides = desk.book.overrides.current(desk.now)
    rows = tuple((*_row(desk, e, overrides), running.get(e.name, "")) for e in shown)
    watched = (tell.clock(desk.clock_ran, desk.now),) if desk.state.schedules else ()
    return tell.page(rows, watched, of=len(everything), next_page=skip + PAGE)


def _row(desk: Desk, environment: Environment, overrides: Sequence[Override]) -> tuple[str, ...]:
    found = grants.standing(environment, desk.mine)
    role = found.role.word if found else ""
    up, on = _up(desk, environment)
    held = _held(desk, environment, overrides, on=on)
    return (environment.name, environment.tier.value, up, role, held)


def _held(desk: Desk, environment: Environment, overrides: Sequence[Override], *, on: bool) -> str:
    """What holds it as it is: its schedule, or whoever overrode that."""
    row = governing(environment, desk.state.schedules)
    dates = desk.holidays(parse(row.text)) if row else frozenset()
    held = in_force(overrides, environment.name, desk.now)
    found = standing(row, held, desk.now, dates, zone=zone_of(environment, row))
    return words_seen(found, desk.now, on=on)


def _up(desk: Desk, environment: Environment) -> tuple[str, bool]:
    """`5 up of 6` or why it cannot be told, and whether anything is wanted there; one unreadable environment
    leaves the others shown."""
    try:
        services = desk.scopes.bind(environment, desk.actor).services
        facts = services.summaries([s.name for s in services.members().own])
    except Trouble as trouble:
        return tell.not_readable(trouble), False
    up = sum(f.desired > 0 and f.running >= f.desired for f in facts)
    return tell.up(up, len(facts)), any(f.desired for f in facts)
