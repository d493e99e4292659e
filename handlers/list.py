"""`/env list`: the environments that the actor may view at a glance, as last seen."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from handlers.facts.failed import failed_last
from handlers.facts.fleet import Fleet, fleet, owners, this_month
from handlers.facts.listed import Around, rows_of
from handlers.ports.desk import Desk
from handlers.tell import list as tell
from handlers.words.arguments import Hidden, named, word
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.cost.glance import State
from policies.service.environment import Environment, Tier

PAGE = 15
"""Environments per answer: a table holds some 8,000 characters. A button shows more."""


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
    failed = failed_last(desk, page)
    rows = rows_of(Around(desk, known, overrides, costs.micros, owners(desk, page), live, failed), page)
    asked = {"find": find} if find else {}
    asked |= {"sort": sort.value} if sort is not Sort.NAME else {}
    remarks = [tell.costs(desk.command, costs.prices)] if any(row.micros is not None for row in rows) else []
    remarks += [tell.clock(desk.clock_ran, desk.now)] if desk.state.schedules else []
    return tell.page(
        rows, remarks, asked, of=len(found), skip=skip, seen=tell.Seen(desk.now, desk.meter_every)
    )


def _fits(find: str, environment: Environment, known: Fleet) -> bool:
    """Return whether an environment matches: a state or a tier matches as such, any other word as a part of a
    name or an owner.
    """
    if find in {state.value.split()[0] for state in State}:
        return known.glance(environment.name).state.value.split()[0] == find
    if find in list(Tier):
        return find == environment.tier.value
    return find in environment.name or find in environment.owner.lower()
