"""Reads a service's logs for ``logs`` and ``share``: which groups, which streams, and page by page the newest
lines. Who follows them reads on from a start and a token in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.ports.logs import MOST_STREAMS, LogSpan
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Denied, Throttled
from policies.logs import lines
from policies.logs.lines import APART, CONTEXT, LINES, Event, Page, Wanted
from policies.logs.routes import STANDARD, Group, Route, chosen, containers, groups
from policies.service.facts import Task

STARTED = ("RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING")
MOST_TASKS = 50
"""The newest tasks of a service whose streams are read."""
MOST_GROUPS = 3
MOST_APART = 5
"""Calls for the streams of one group, part by part, where one of them does not exist yet."""
MOST_PAGES = 4
"""Pages of one group for one answer: an account and region may have 5 calls a second (facts/ecs 4)."""
MOST_BYTES = 2_000_000
MOST_SEARCHED = 1_500
"""Lines of one group that are looked through for a text."""
MOST_ROWS = 500
"""Rows of one query of Logs Insights."""


@dataclass(frozen=True)
class Source:
    """Where the lines come from. ``tasks``: how many of them. ``last``: the stopped task whose lines they
    are, if no task runs. ``barred``: containers whose logs cannot be read. ``others``: containers that were
    not chosen.
    """

    groups: tuple[Group, ...]
    tasks: int
    last: Task | None = None
    barred: tuple[Route, ...] = ()
    others: tuple[str, ...] = ()
    left: int = 0
    """How many older tasks run whose lines are not read."""
    unread: int = 0
    """How many further log groups have lines that are not read."""
    beyond: tuple[str, ...] = ()
    """Containers that write into those alone."""
    known: tuple[str, ...] = ()
    """Every container of the tasks, the essential ones first."""


@dataclass(frozen=True)
class Found:
    """``closed``: groups that cannot be filtered, each with its class. ``gone``: groups that do not exist.
    ``hurried``: the rate ended the reading early. ``unread``: how many streams were not read at all.
    ``unseen``: AWS was still looking where it had found no line yet.
    """

    page: Page
    closed: tuple[tuple[Group, str], ...] = ()
    gone: tuple[Group, ...] = ()
    hurried: bool = False
    unread: int = 0
    unseen: bool = False


def source(scope: Scope, service: str, container: str, *, ended: timedelta | None = None) -> Source:
    """Find the groups and streams from the revisions of the tasks that run. If none runs, those of the task
    that stopped last, whose streams are known by its id. ``ended``: tasks that stopped no longer ago than
    this count as running, because their last lines may still come in.
    """
    tasks = scope.services.facts(service).tasks
    since = scope.now - ended if ended is not None else None
    alive = [
        t for t in tasks if t.last_status in STARTED or (since and t.stopped_at and t.stopped_at > since)
    ]
    last = None if alive else max((t for t in tasks if t.stopped_at), key=_stopped, default=None)
    read = sorted(alive, key=_created, reverse=True)[:MOST_TASKS] if alive else [t for t in (last,) if t]
    routes = scope.services.log_routes(service, sorted({t.revision for t in read}))
    every = [route for t in read for route in routes.get(t.revision, ())]
    written = [(t.id, r) for t in read for r in chosen(routes.get(t.revision, ()), container)]
    shown = {route.container for _, route in written}
    found = groups(written)
    taken = {(group.name, group.region) for group in found[:MOST_GROUPS]}
    heard = {r.container for _, r in written if (r.group, r.region) in taken or r.unreadable}
    return Source(
        groups=found[:MOST_GROUPS],
        unread=len(found) - len(taken),
        beyond=tuple(dict.fromkeys(r.container for _, r in written if r.container not in heard)),
        tasks=len(read),
        last=last,
        barred=tuple(dict.fromkeys(route for _, route in written if route.unreadable)),
        left=max(0, len(alive) - MOST_TASKS),
        others=tuple(dict.fromkeys(r.container for r in every if r.container not in shown)),
        known=containers(every),
    )


def read(scope: Scope, source: Source, wanted: Wanted, *, searching: bool) -> Found:
    """Read the newest wanted lines of all groups. ``searching``: many lines are looked through for few."""
    found = sorted_out(scope, source.groups)
    limit = MOST_SEARCHED if searching else LINES + CONTEXT * (1 + sum(len(g.streams) for g in found.open))
    scanned: list[Scanned] = []
    for group in found.open:
        try:
            scanned.append(_scan(scope, group, wanted, min(limit, MOST_SEARCHED)))
        except Throttled:
            if not scanned:
                raise
            scanned.append(Scanned(whole=True, hurried=True, unread=len(group.streams)))
    events, whole = _together(scanned)
    page = lines.page(events, wanted, whole=whole)
    return Found(
        page,
        found.closed,
        found.gone,
        hurried=any(s.hurried for s in scanned),
        unread=sum(s.unread for s in scanned),
        unseen=any(not s.whole and not s.events for s in scanned),
    )


@dataclass(frozen=True)
class Groups:
    """``open``: can be filtered. ``closed``: cannot, each with its class. ``gone``: do not exist."""

    open: tuple[Group, ...] = ()
    closed: tuple[tuple[Group, str], ...] = ()
    gone: tuple[Group, ...] = ()


def sorted_out(scope: Scope, groups: Sequence[Group]) -> Groups:
    """Ask for the class of each group. AWS lets only standard groups be filtered (facts/ecs 4)."""
    opened: list[Group] = []
    closed: list[tuple[Group, str]] = []
    gone: list[Group] = []
    for group in groups:
        try:
            named = _class(scope, group)
        except Absent:
            gone.append(group)
            continue
        if named == STANDARD:
            opened.append(group)
        else:
            closed.append((group, named))
    return Groups(tuple(opened), tuple(closed), tuple(gone))


def span(group: Group, wanted: Wanted, limit: int) -> LogSpan:
    """Return what is asked for: a little before the wanted lines too, because what stands there may announce
    that their beginning is secret.
    """
    return LogSpan(group, wanted.since - APART, wanted.cut.at, limit)


@dataclass(frozen=True)
class Scanned:
    """``events``: oldest first. ``whole``: there is nothing older in the span. ``hurried``: the rate ended
    the reading early. ``unread``: how many streams were not read at all.
    """

    events: tuple[Event, ...] = ()
    whole: bool = False
    hurried: bool = False
    unread: int = 0


def _scan(scope: Scope, group: Group, wanted: Wanted, limit: int) -> Scanned:
    """Read the streams of the newest tasks, as many as one call takes."""
    newest = replace(group, streams=group.streams[:MOST_STREAMS])
    try:
        return pages(scope, span(newest, wanted, limit))
    except Absent:
        return _apart(scope, newest, wanted, limit)


def _apart(scope: Scope, group: Group, wanted: Wanted, limit: int) -> Scanned:
    """Read a group in which a stream does not exist yet: half by half, the older tasks first, because those
    have written.
    """
    scanned: list[Scanned] = []
    left, hurried = _halves(group.streams), False
    for _ in range(MOST_APART):
        if not left:
            break
        streams = left.pop()
        try:
            scanned.append(pages(scope, span(Group(group.name, group.region, streams), wanted, limit)))
        except Absent:
            left += _halves(streams)
        except Throttled:
            if not scanned:
                raise
            left.append(streams)
            hurried = True
            break
    events, whole = _together(scanned)
    hurried = hurried or any(s.hurried for s in scanned)
    return Scanned(tuple(events), whole, hurried, sum(map(len, left)))


def _halves(streams: tuple[str, ...]) -> list[tuple[str, ...]]:
    middle = len(streams) // 2
    return [streams[:middle], streams[middle:]]


def pages(scope: Scope, asked: LogSpan) -> Scanned:
    """Read pages, of which some may be empty, until there is enough. A rate that is used up after the first
    page ends the reading: what was read is shown.
    """
    events: list[Event] = []
    token, size = "", 0
    for number in range(MOST_PAGES):
        try:
            page = scope.logs.page(asked, token)
        except Throttled:
            if not number:
                raise
            return Scanned(tuple(reversed(events)), hurried=True)
        events += page.events
        token, size = page.token, size + sum(len(e.text) for e in page.events)
        if not token:
            return Scanned(tuple(reversed(events)), whole=True)
        if len(events) >= asked.limit or size >= MOST_BYTES:
            break
    return Scanned(tuple(reversed(events)))


def _together(scanned: Sequence[Scanned]) -> tuple[list[Event], bool]:
    """Put the groups' events in order, from where on all of them were read."""
    floor: datetime | None = None
    for one in scanned:
        if not one.whole and one.events:
            floor = max(one.events[0].at, floor) if floor else one.events[0].at
    every = lines.by_time({number: one.events for number, one in enumerate(scanned)})
    return [e for e in every if floor is None or e.at >= floor], all(one.whole for one in scanned)


def _class(scope: Scope, group: Group) -> str:
    """Return the group's class; where it may not be read, the group is tried as a standard one."""
    try:
        return scope.logs.log_class(group)
    except Denied:
        return STANDARD


def _stopped(task: Task) -> datetime:
    assert task.stopped_at is not None
    return task.stopped_at


def _created(task: Task) -> timedelta:
    """Order by age; a task without a date counts as the oldest."""
    return (
        timedelta()
        if task.created_at is None
        else task.created_at - datetime.min.replace(tzinfo=task.created_at.tzinfo)
    )
