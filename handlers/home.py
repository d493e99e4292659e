"""A person's Home, from rows: how their environments were last seen, what is being done, and what they may
do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from handlers.facts.fleet import Fleet, fleet
from handlers.facts.listed import as_seen
from handlers.ports.desk import Desk
from handlers.ports.store import OperationRecord
from handlers.tell import home as tell
from handlers.tell.list import Row, Seen
from handlers.words.home import Card, HomePage
from policies.access.grants import standing
from policies.access.people import Role
from policies.cost.glance import State
from policies.schedule.overrides import Override, in_force, waiting
from policies.schedule.rows import governing
from policies.schedule.standing import zone_of
from policies.service.environment import Environment

CARDS = 20
"""Environments that one Home shows. It has room for 100 blocks (facts/slack 2.1), of which each environment
takes three; nobody reads more than these.
"""
RUNNING = 10
PEOPLE = 5
May = Callable[[str, Environment], bool]
"""Whether this person may ask for the operation of that name there."""


def home(desk: Desk, may: May, granters: Callable[[Environment], Sequence[str]]) -> HomePage:
    """Build the Home page without asking AWS. ``granters``: the Slack ids of those who can give more rights
    on an environment.
    """
    everything = desk.environments
    if not everything:
        people = _most_named(granters(each) for each in desk.state.environments)
        return HomePage(tell.NONE, asks=tell.ASK_FOR_A_GRANT if people else "", people=people)
    known = fleet(desk, [e.name for e in everything])
    order = sorted(everything, key=lambda e: (not known.running[e.name], e.name))
    rows = as_seen(desk, known, order[:CARDS])
    people = _most_named(granters(each) for each in everything if _less_than_all(desk, each))
    around = _Around(desk, may, desk.book.overrides.current(desk.now))
    return HomePage(
        tell.environments(len(everything)),
        _running(desk, known, everything),
        tuple(_card(around, row) for row in rows),
        rest=tell.rest(len(rows), len(everything), desk.command) if len(rows) < len(everything) else "",
        asks=tell.ASK_FOR_MORE if people else "",
        people=people,
        remarks=_remarks(desk, rows),
    )


@dataclass(frozen=True)
class _Around:
    """What the cards of a page have in common."""

    desk: Desk
    may: May
    overrides: Sequence[Override]


def _card(around: _Around, row: Row) -> Card:
    desk, place, overrides = around.desk, row.environment, around.overrides
    buttons = [tell.button(n, place.name) for n in _fitting(desk, row, overrides) if around.may(n, place)]
    zone = zone_of(place, governing(place, desk.state.schedules))
    planned = waiting(overrides, place.name, desk.now)
    if around.may("resume", place):
        buttons += tell.cancels(place.name, planned, zone, desk.now)
    beside = tell.Beside(planned, zone, desk.command)
    return tell.card(row, Seen(desk.now, desk.meter_every), buttons, beside)


def _fitting(desk: Desk, row: Row, overrides: Sequence[Override]) -> Iterator[str]:
    """Name the operations that make sense in the state last seen: what changes something first, of which none
    does while a start or a stop is under way, then what looks.
    """
    state = row.glance.state
    if state not in (State.STARTING, State.STOPPING):
        yield from _changing(desk, row, overrides)
    yield "why"
    if state not in (State.OFF, State.EMPTY):
        yield "logs"


def _changing(desk: Desk, row: Row, overrides: Sequence[Override]) -> Iterator[str]:
    state, place = row.glance.state, row.environment
    scheduled = governing(place, desk.state.schedules) is not None
    held = in_force(overrides, place.name, desk.now)
    if state not in (State.OFF, State.EMPTY):
        yield "restart"
    if scheduled:
        yield "keep"
        yield "pause" if held is None else "resume"
    if state in (State.OFF, State.PARTLY, State.UNKNOWN):
        yield "start"
    if state in (State.ON, State.PARTLY, State.UNKNOWN):
        yield "stop"
    if place.tasks and state not in (State.OFF, State.EMPTY):
        yield "run"
    if place.flags:
        yield "flag"


def _running(desk: Desk, known: Fleet, places: Sequence[Environment]) -> tuple[str, ...]:
    zones = {place.name: place.time_zone for place in places}
    records: list[OperationRecord] = [r for some in known.running.values() for r in some]
    records.sort(key=lambda record: record.opened_at)
    known_as = {operation.name: operation for operation in desk.operations}
    shown = [(record, known_as.get(record.name)) for record in records[:RUNNING]]
    said = [tell.doing(record, operation, zones[record.environment], desk.now) for record, operation in shown]
    left = len(records) - len(said)
    return (*said, *([tell.more_running(left)] if left else []))


def _remarks(desk: Desk, rows: Sequence[Row]) -> tuple[str, ...]:
    """Tell the age of the oldest sighting shown, and what to type."""
    seen = [(s.at, e.time_zone) for s, e in ((r.sighting, r.environment) for r in rows) if s and s.at]
    said = tell.seen_at(*min(seen), desk.now, desk.meter_every) if seen else ""
    return tuple(filter(None, (said, tell.typed(desk.command))))


def _less_than_all(desk: Desk, place: Environment) -> bool:
    found = standing(place, desk.mine)
    return found is None or found.role < Role.ADMIN


def _most_named(named: Iterator[Sequence[str]]) -> tuple[str, ...]:
    """Return those who can give more in the most environments, first."""
    count: dict[str, int] = {}
    for who in (each for some in named for each in some):
        count[who] = count.get(who, 0) + 1
    return tuple(sorted(count, key=lambda who: -count[who])[:PEOPLE])
