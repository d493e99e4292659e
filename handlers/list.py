"""`/env list`: the environments I may view at a glance, from what was last seen of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from handlers.fleet import Fleet, Use, fleet, looked, outdated, owners, this_month, used
from handlers.ports.desk import Desk
from handlers.tell import list as tell
from handlers.tell.list import Row
from handlers.words.arguments import Hidden, named, word
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.cost.glance import State
from policies.orphans.evidence import Owner
from policies.schedule.overrides import Override, in_force
from policies.schedule.rows import governing, shown
from policies.schedule.schedule import parse
from policies.schedule.standing import Seen, standing, words, words_seen, zone_of
from policies.service.environment import Environment, Tier

PAGE = 15
"""Environments an answer shows: a table holds some 8,000 characters. More by button."""
LIVE = 10
"""Of them so many are asked of AWS by themselves, where nobody has looked since they changed: each costs a
few calls (facts/ecs 1.5)."""


_SEEN: Mapping[State, Seen] = {
    State.ON: "on",
    State.PARTLY: "on",
    State.OFF: "off",
    State.STARTING: "starting",
    State.STOPPING: "stopping",
}
"""As schedules name it; of others they say what they want and not what is."""


class Sort(StrEnum):
    NAME = "name"
    COST = "cost"


@operation("list", role=Role.VIEWER, reach=Reach.VIEWABLE, aliases=("ls", "environments"))
def list_(
    desk: Desk,
    find: Annotated[
        str, word("on, off, partly or unknown; production; or a part of a name or an owner")
    ] = "",
    sort: Annotated[Sort, named("what comes first")] = Sort.NAME,
    skip: Hidden[int] = 0,
    live: Hidden[bool] = False,
) -> Answer:
    """Your environments at a glance: on or off, health, how long idle, what comes next, cost this month."""
    everything = desk.environments
    if not everything:
        return tell.none()
    known = fleet(desk, [e.name for e in everything])
    found = [e for e in everything if not find or _fits(find.strip().lower(), e, known)]
    if not found:
        return tell.nothing_like(find)
    costs = this_month(desk, found) if sort is Sort.COST else None
    if costs is not None:
        micros = costs.micros
        found.sort(key=lambda e: (-micros.get(e.name, 0), e.name))
    page = found[skip : skip + PAGE]
    overrides = desk.book.overrides.current(desk.now)
    costs = costs or this_month(desk, page)
    rows = _rows(Around(desk, known, overrides, costs.micros, owners(desk, page), live), page)
    asked = {"find": find} if find else {}
    asked |= {"sort": sort.value} if sort is not Sort.NAME else {}
    remarks = [tell.costs(desk.command, costs.prices)] if any(row.micros is not None for row in rows) else []
    remarks += [tell.clock(desk.clock_ran, desk.now)] if desk.state.schedules else []
    return tell.page(
        rows, remarks, asked, of=len(found), skip=skip, seen=tell.Seen(desk.now, desk.meter_every)
    )


def _fits(find: str, environment: Environment, known: Fleet) -> bool:
    """A word that is a state or a tier is that; any other is a part of a name or an owner."""
    if find in {state.value.split()[0] for state in State}:
        return known.glance(environment.name).state.value.split()[0] == find
    if find in list(Tier):
        return find == environment.tier.value
    return find in environment.name or find in environment.owner.lower()


@dataclass(frozen=True)
class Around:
    """What the rows of a page have in common. ``live``: AWS is asked of all of them."""

    desk: Desk
    known: Fleet
    overrides: Sequence[Override]
    costs: Mapping[str, int]
    owners: Mapping[str, Owner]
    live: bool


def _rows(around: Around, page: Sequence[Environment]) -> list[Row]:
    uses = {e.name: used(around.desk, e.name) for e in page}
    stale = [e.name for e in page if outdated(around.known.sightings.get(e.name), uses[e.name])]
    asked = {e.name for e in page} if around.live else set(stale[:LIVE])
    return [_row(around, e, uses[e.name], ask=e.name in asked) for e in page]


def _row(around: Around, environment: Environment, use: Use, *, ask: bool) -> Row:
    name, known, sighting = environment.name, around.known, around.known.sightings.get(environment.name)
    fresh = looked(around.desk, environment, sighting) if ask else sighting
    found, move, since = known.glance(name, fresh), known.move(name), use.or_deployed(fresh)
    return Row(
        environment=environment,
        glance=found,
        sighting=fresh,
        asked=ask and fresh is not None and not fresh.trouble,
        drifted=name in known.drifted,
        running=move or next(iter(known.running[name]), None),
        at=since.at,
        by=since.by,
        held=_held(around, environment, found.state),
        micros=around.costs.get(name),
        owner=around.owners.get(name),
    )


def _held(around: Around, environment: Environment, state: State) -> str:
    """What it is, and what holds it so and until when: its schedule, or whoever overrode that."""
    desk = around.desk
    held = in_force(around.overrides, environment.name, desk.now)
    row = shown(governing(environment, desk.state.schedules), held, desk.now)
    dates = desk.holidays(parse(row.text)) if row else frozenset()
    stands = standing(row, held, desk.now, dates, zone=zone_of(environment, row))
    seen = _SEEN.get(state)
    return words_seen(stands, desk.now, seen=seen) if seen else words(stands, desk.now)
