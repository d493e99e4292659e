"""`/env forecast`: the next seven days of the environments that the actor may view, or of one of them, and
when a large fleet will really be down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from handlers.now import MOVES, move_in
from handlers.ports.desk import Desk
from handlers.ports.store import OperationRecord
from handlers.tell import forecast as tell
from handlers.words.arguments import Hidden
from handlers.words.errors import Trouble
from handlers.words.operation import Purpose, Reach, operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.schedule import forecast as coming
from policies.schedule.forecast import Crowd
from policies.schedule.overrides import Override, foreseen, in_force, waiting
from policies.schedule.rows import ScheduleRow, governing, shown
from policies.schedule.schedule import parse
from policies.schedule.standing import Standing, planned_words, standing_of, words, words_seen, zone_of
from policies.schedule.transitions import Course, Edge
from policies.service.environment import Environment

PAGE = 20
"""Environments per answer: a table holds some 8,000 characters. A button shows more."""
FLEET = 10
"""The number of environments stopping at once from which the time that takes is worth telling."""
LOOKED_AT = 5
"""Environments of a fleet whose services are counted live; the others are assumed to be similar."""
FLEETS = 3


@dataclass(frozen=True)
class Line:
    environment: Environment
    row: ScheduleRow | None
    found: Standing
    edges: tuple[Edge, ...]
    planned: tuple[Override, ...] = ()


@operation(
    "forecast",
    purpose=Purpose.MONEY,
    role=Role.VIEWER,
    reach=Reach.ONE_OR_ALL,
)
def forecast(desk: Desk, skip: Hidden[int] = 0) -> Answer:
    """What the schedule of an environment does in the next seven days, or those of all of yours."""
    overrides = tuple(desk.book.overrides.current(desk.now))
    everything = [_line(desk, environment, overrides) for environment in desk.environments]
    lines = [line for line in everything if line.row is not None]
    if desk.named is not None:
        return _one(desk, lines, desk.named.name)
    if not lines:
        return tell.none()
    page = lines[skip : skip + PAGE]
    left = _left(desk, [line.environment.name for line in page])
    rows = [_row(desk, line, left) for line in page]
    bare = len(everything) - len(lines)
    return tell.page(rows, tuple(_fleets(desk, lines)), of=len(lines), bare=bare, next_page=skip + PAGE)


def _one(desk: Desk, lines: Sequence[Line], name: str) -> Answer:
    """Answer about one environment, and about the fleet that it stops with. ``lines``: of all of them."""
    line = next((line for line in lines if line.environment.name == name), None)
    if line is None:
        return tell.unscheduled(name)
    return tell.one(name, _row(desk, line, _left(desk, [name])), tuple(_fleets(desk, lines, name)))


def _line(desk: Desk, environment: Environment, overrides: Sequence[Override]) -> Line:
    held = in_force(overrides, environment.name, desk.now)
    row = shown(governing(environment, desk.state.schedules), held, desk.now)
    dates = desk.holidays(parse(row.text)) if row else frozenset()
    found = standing_of(environment, row, overrides, desk.now, dates)
    course = Course(environment.name, row, foreseen(overrides, desk.now), dates) if row else None
    edges = coming.coming(course, desk.now) if course else ()
    return Line(environment, row, found, edges, waiting(overrides, environment.name, desk.now))


@dataclass(frozen=True)
class Left:
    """The start or stop under way in each environment, and the environments for which a stop has saved
    something.
    """

    moves: Mapping[str, OperationRecord]
    stopped: frozenset[str]


def _left(desk: Desk, names: Sequence[str]) -> Left:
    moves = {r.environment: r for r in desk.records.running(names) if move_in((r,))}
    return Left(moves, desk.book.capacities.stopped())


def _row(desk: Desk, line: Line, left: Left) -> tuple[str, ...]:
    zone = zone_of(line.environment, line.row)
    observes = line.row is not None and line.row.mode == "observe"
    said = tell.days(coming.day_by_day(line.edges, zone), observes=observes, zone=zone)
    planned = [planned_words(o, zone, desk.now) for o in line.planned]
    return (line.environment.name, "; ".join((_now(desk, line, left), *planned)), said)


def _now(desk: Desk, line: Line, left: Left) -> str:
    """Describe an environment now. AWS is asked only if the environment may be off although its schedule has
    it on.
    """
    move = left.moves.get(line.environment.name)
    if move is not None:
        return words_seen(line.found, desk.now, seen=MOVES[move.name])
    asleep = line.found.state == "up" and line.environment.name in left.stopped
    if asleep and _sleeps(desk, line.environment):
        return words_seen(line.found, desk.now, seen="off")
    return words(line.found, desk.now)


def _sleeps(desk: Desk, environment: Environment) -> bool:
    try:
        services = desk.scopes.bind(environment, desk.actor).services
        facts = services.summaries([s.name for s in services.members().own])
    except Trouble:
        return True  # as the stop left it
    return not any(f.desired for f in facts)


def _fleets(desk: Desk, lines: Sequence[Line], name: str = "") -> Iterator[str]:
    """Say when each fleet will be down: stops of one account and region run one call after another. ``name``:
    only the fleets of this environment.
    """
    acting = {x.environment.name: x for x in lines if x.row is not None and x.row.mode == "act"}
    places = {name: (x.environment.account, x.environment.region) for name, x in acting.items()}
    edges = {name: [e for e in x.edges if e.action == "stop"][:1] for name, x in acting.items()}
    crowds = coming.crowds(places, edges, FLEET)
    for crowd in [c for c in crowds if not name or name in c.environments][:FLEETS]:
        yield _fleet(desk, crowd, acting)


def _fleet(desk: Desk, crowd: Crowd, acting: Mapping[str, Line]) -> str:
    first = acting[crowd.environments[0]]
    zone = zone_of(first.environment, first.row)
    each = _services_each(desk, [acting[name].environment for name in crowd.environments])
    return tell.fleet(crowd, each, zone=zone, now=desk.now)


def _services_each(desk: Desk, environments: Sequence[Environment]) -> float | None:
    """Return the average number of services, from the first ``LOOKED_AT`` environments; ``None`` if none can
    be read.
    """
    counts = []
    for environment in environments[:LOOKED_AT]:
        try:
            services = desk.scopes.bind(environment, desk.actor).services
            counts.append(len(services.members().own))
        except Trouble:
            continue
    return sum(counts) / len(counts) if counts else None
