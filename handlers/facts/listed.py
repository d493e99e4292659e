"""Environments in rows, as a page of a list or a person's Home shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.facts.failed import Failed, failed_last, not_mended
from handlers.facts.fleet import Fleet, Use, looked, outdated, used
from handlers.ports.desk import Desk
from handlers.tell.list import Row
from policies.cost.glance import State
from policies.orphans.evidence import Owner
from policies.schedule.overrides import Override, in_force
from policies.schedule.rows import governing, shown
from policies.schedule.schedule import parse
from policies.schedule.standing import Seen, standing, words, words_seen, zone_of
from policies.service.environment import Environment

LIVE = 10
"""The number of environments on a page that are read from AWS without being asked for, if nobody has looked
since they changed: each costs a few calls (facts/ecs 1.5).
"""


_SEEN: Mapping[State, Seen] = {
    State.ON: "on",
    State.PARTLY: "on",
    State.OFF: "off",
    State.STARTING: "starting",
    State.STOPPING: "stopping",
}
"""States as schedules name them; for other states a row says what the schedule wants, not what is."""


@dataclass(frozen=True)
class Around:
    """What the rows of a page have in common. ``live``: every one of them is read from AWS. ``failed``: by
    environment, what of ours failed last.
    """

    desk: Desk
    known: Fleet
    overrides: Sequence[Override]
    costs: Mapping[str, int]
    owners: Mapping[str, Owner]
    live: bool
    failed: Mapping[str, Sequence[Failed]]


def as_seen(desk: Desk, known: Fleet, page: Sequence[Environment]) -> list[Row]:
    """Return rows as last seen, whatever their age, without costs, owners or last use."""
    overrides, failed = desk.book.overrides.current(desk.now), failed_last(desk, page)
    around = Around(desk, known, overrides, {}, {}, live=False, failed=failed)
    return [_row(around, environment, Use(), ask=False) for environment in page]


def rows_of(around: Around, page: Sequence[Environment]) -> list[Row]:
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
        failed=not_mended(around.failed[name], fresh),
        zone=zone_of(environment, governing(environment, around.desk.state.schedules)),
    )


def _held(around: Around, environment: Environment, state: State) -> str:
    """Say what state the environment is in, what keeps it in that state and until when: its schedule, or
    whoever overrode the schedule.
    """
    desk = around.desk
    held = in_force(around.overrides, environment.name, desk.now)
    row = shown(governing(environment, desk.state.schedules), held, desk.now)
    dates = desk.holidays(parse(row.text)) if row else frozenset()
    stands = standing(row, held, desk.now, dates, zone=zone_of(environment, row))
    seen = _SEEN.get(state)
    return words_seen(stands, desk.now, seen=seen) if seen else words(stands, desk.now)
