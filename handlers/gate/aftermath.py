"""How what operations left stands now: keeps that are over, and starts and stops done only in part."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handlers.gate.undoing import can_be_repeated, can_be_undone, onward_of, repeatable, reversible
from handlers.ports.book import Book
from handlers.ports.store import Catalog, CatalogState, OperationRecord, Records
from handlers.tell.endings import GOOD, Keeps, Kept, Mended, Repeatable, Reversible
from handlers.words.operation import Operation
from handlers.words.plan import Facts
from handlers.words.step import StepState
from policies.cost.glance import State as Glanced
from policies.cost.glance import glance
from policies.cost.sightings import Sighting
from policies.record.lifecycle import MENDABLE, WHOLE
from policies.schedule.claims import Claim, retried_at
from policies.schedule.overrides import Over, Override, cut_short, in_force, unbroken
from policies.schedule.overrides import over as over_of
from policies.schedule.rows import ScheduleRow, governing
from policies.schedule.schedule import Holidays, Schedule, parse
from policies.schedule.standing import Seen, left_on, left_on_after, standing, zone_of
from policies.schedule.transitions import AT_THE_LATEST, LATE
from policies.times.reading import named_zone

LONGEST = timedelta(hours=12)
"""How long what was done in part can be tried again from its message: its buttons last no longer."""
BEFORE = timedelta(days=1)
"""No stop takes longer: the stop that ended a keep began at most this long before the keep's end."""
_COMING: Mapping[str, Seen] = {"up": "starting", "down": "stopping"}
_KEPT: Mapping[str, Seen] = {"up": "on", "down": "off"}
_WANTED = {"up": Glanced.ON, "down": Glanced.OFF}
Since = Kept | Keeps | Mended | Reversible | Repeatable


@dataclass(frozen=True)
class Ground:
    """Where the aftermath is read from. ``moves``: names of the operations that bring an environment up or
    down.
    """

    book: Book
    records: Records
    catalog: Catalog
    declared: Callable[[str], Operation | None]
    holidays: Callable[[Schedule], Holidays]
    moves: Collection[str]


def lasting(after: Facts) -> str:
    """Return the id of the override that an operation left in force; empty if it left none."""
    override = after.get("override")
    found = override.get("id") if isinstance(override, dict) else None
    return found if isinstance(found, str) else ""


def in_part(record: OperationRecord, declared: Operation | None) -> bool:
    """Return whether the operation is a start or a stop that can be tried again."""
    return declared is not None and bool(declared.brings) and record.state in MENDABLE


def lives(record: OperationRecord, declared: Operation | None) -> bool:
    """Whether what an ended operation left goes on, so that its message is followed."""
    undoable = can_be_undone(record, declared) or onward_of(record) is not None
    left = in_part(record, declared) or undoable or can_be_repeated(record)
    return bool(lasting(record.after)) or left


def following(ground: Ground, records: Sequence[OperationRecord], now: datetime) -> dict[str, Since]:
    """Return what became of each operation, by id; those that left nothing are left out.

    Takes the same number of queries however many operations there are. Raises ``Trouble`` if rows cannot be
    read.
    """
    ended = [r for r in records if r.state.ended]
    left = [r for r in ended if lives(r, ground.declared(r.name))]
    if not left:
        return {}
    read = _read(ground, left, now)
    found = {r.id: read.of(r) for r in left}
    return {name: since for name, since in found.items() if since is not None}


def _changers(record: OperationRecord, declared: Operation | None) -> tuple[str, ...]:
    """Return the names of the operations after which a change stands otherwise: its own, what it needs, and
    what stops it.
    """
    onward = onward_of(record)
    if onward is None and not can_be_undone(record, declared) and not can_be_repeated(record):
        return ()
    return (record.name, *(onward[:1] if onward else ()), *_stopped_by(declared))


def _stopped_by(declared: Operation | None) -> tuple[str, ...]:
    return declared.stopped_by[:1] if declared is not None and declared.stopped_by else ()


def _read(ground: Ground, left: Sequence[OperationRecord], now: datetime) -> _Aftermath:
    """Read everything that the answers are based on, at once."""
    since = min(r.closed_at or r.opened_at for r in left) - BEFORE
    book, names = ground.book, frozenset(r.environment for r in left)
    parts = any(in_part(r, ground.declared(r.name)) for r in left)
    held = {o.id: o for o in book.overrides.these(frozenset(lasting(r.after) for r in left))}
    further = {name for r in left for name in _changers(r, ground.declared(r.name))}
    changed = ground.records.opened({*ground.moves, *further}, names, since)
    overrides, ends = book.overrides.recent(since - AT_THE_LATEST), {o.ended_at for o in held.values()}
    return _Aftermath(
        ground,
        ground.catalog.read(),
        [r for r in changed if r.name in ground.moves],
        changed,
        held,
        overrides,
        {r.id: r for r in ground.records.these([o.id for o in overrides if o.since in ends])},
        book.claims.since(since - BEFORE) if parts else {},
        book.ledger.sightings.all() if parts else {},
        now,
    )


@dataclass(frozen=True)
class _Aftermath:
    """``moved``: starts and stops. ``changed``: these, and whatever may have changed what can be undone.
    ``held``: what the records left in force, by id. ``overrides``: what has ended lately, and what holds.
    ``setters``: by id, the operations that set an override when one of ``held`` ended.
    """

    ground: Ground
    state: CatalogState
    moved: Sequence[OperationRecord]
    changed: Sequence[OperationRecord]
    held: Mapping[str, Override]
    overrides: Sequence[Override]
    setters: Mapping[str, OperationRecord]
    claims: Mapping[str, Sequence[Claim]]
    seen: Mapping[str, Sighting]
    now: datetime

    def of(self, record: OperationRecord) -> Since | None:
        """Return what became of one operation: first a keep that is over, then what was done only in part,
        then a keep that goes on.
        """
        keeps, held = lasting(record.after), self.held.get(lasting(record.after))
        known = self.state.environment(record.environment) is not None
        if keeps and (held is None or self.now >= held.end or not known):
            return self.kept(record, held)
        if in_part(record, self.ground.declared(record.name)):
            return self.mended(record)
        if can_be_repeated(record):
            return repeatable(record, self.changed, gone=not known, now=self.now)
        if changers := _changers(record, self.ground.declared(record.name)):
            by = "".join(_stopped_by(self.ground.declared(record.name)))
            mine = [r for r in self.changed if r.name in changers or r.name in self.ground.moves]
            zone = self._zone_of(record.environment)
            return reversible(record, mine, zone=zone, now=self.now, stopped_by=by)
        return self.keeps(record, held) if held is not None else None

    def _zone_of(self, name: str) -> tzinfo | None:
        environment = self.state.environment(name)
        return zone_of(environment, governing(environment, self.state.schedules)) if environment else None

    def keeps(self, record: OperationRecord, held: Override) -> Keeps | None:
        """Return the keep of an operation that set a keep and did nothing else."""
        if [s.step.kind for s in record.steps] != ["override"]:
            return None
        typed = record.steps[0].step.arguments.get("zone")
        environment = self.state.environment(record.environment)
        row = governing(environment, self.state.schedules) if environment else None
        then = left_on_after(row, held, self.overrides, self._dates(row)) if row else None
        zone_typed = typed if isinstance(typed, str) else ""
        seen = self._on_its_way(record.environment) if held.begun else None
        cut = cut_short(held, self.overrides, self.now) if held.begun else None
        return Keeps(held, _zone(record), zone_typed, then, seen or _KEPT[held.state], cut)

    def _on_its_way(self, environment: str) -> Seen | None:
        running = (m for m in self.moved if m.environment == environment and m.target == WHOLE)
        move = next((m for m in running if not m.state.ended), None)
        declared = self.ground.declared(move.name) if move is not None else None
        return _COMING.get(declared.brings) if declared is not None else None

    def kept(self, record: OperationRecord, held: Override | None) -> Kept:
        """Return how the keep ended. A pruned override counts as over since its operation closed."""
        zone = _zone(record)
        if held is None:
            return Kept(Over(record.closed_at or self.now), zone)
        over = over_of(held, self.overrides, self.now)
        if over is None:
            return Kept(Over(self.now), zone, held, gone=True)
        if not held.begun:
            return Kept(over, zone, held)
        found = Kept(over, zone, held, stopped=any(_ended_by(m, held) for m in self.moved))
        environment = self.state.environment(record.environment)
        again = self._again(held)
        if again is not None:
            return replace(found, again=again)
        if not over.by or found.stopped or over.replaced or environment is None:
            return found
        row = governing(environment, self.state.schedules)
        dates = self._dates(row)
        own = standing(row, None, self.now, dates, zone=ZoneInfo(environment.time_zone))
        on = left_on(own, self.now, dates, kept_since=unbroken(held, self.overrides))
        on = on if held.state == "up" else None
        past = self._went_on(environment.name, over)
        return found if past else replace(found, own=own, left_on=on, settled=False)

    def _went_on(self, environment: str, over: Over) -> bool:
        """Return whether what the schedule meant after the keep is history: it stays so for good, whatever
        the schedule says now.
        """
        moved = any(m.environment == environment and m.opened_at > over.at for m in self.moved)
        kept = any(o.environment == environment and o.since > over.at for o in self.overrides)
        return moved or kept or self.now >= over.at + LONGEST

    def _again(self, held: Override) -> Override | None:
        """Return the keep that holds again because this keep, which had replaced it, was removed."""
        begun = (o for o in self.overrides if o.environment == held.environment and o.since == held.ended_at)
        set_by = ((o, self.setters.get(o.id)) for o in begun if o.id != held.id)
        return next((o for o, setter in set_by if setter is not None and _ended_by(setter, held)), None)

    def mended(self, record: OperationRecord) -> Mended:
        after = [m for m in self.moved if m.environment == record.environment and m.target == WHOLE]
        tries = [record]
        for move in after:
            if move.source == "clock" and move.arguments.get("retry_of") == tries[-1].id:
                tries.append(move)
        ended = record.closed_at or record.opened_at
        theirs = (m for m in after if m not in tries and m.opened_at >= ended)
        latest, shown = tries[-1], [t for t in tries if t.state.ended][-1]
        environment = self.state.environment(record.environment)
        if environment is None:
            return Mended(shown, _zone(record), gone=True)
        row = governing(environment, self.state.schedules)
        claim = self._claim(latest)
        found = Mended(
            shown,
            zone_of(environment, row),
            trying=latest is not shown,
            other=next(theirs, None),
            left=self._left(claim),
            seen=self._seen(latest),
            late=self.now >= (latest.closed_at or self.now) + LONGEST,
        )
        return replace(found, next_try=self._next_try(row, latest, claim))

    def _claim(self, latest: OperationRecord) -> Claim | None:
        mine = self.claims.get(latest.environment, ())
        return next((c for c in mine if c.operation_id == latest.id and c.state == "opened"), None)

    def _next(self, claim: Claim | None) -> Claim | None:
        """Return the claim on the next try, if that try was put off or skipped."""
        if claim is None:
            return None
        mine = self.claims.get(claim.key.environment, ())
        return next((c for c in mine if c.key == claim.key.again()), None)

    def _left(self, claim: Claim | None) -> str:
        after = self._next(claim)
        return after.reason if after is not None and after.state == "skipped" else ""

    def _next_try(
        self, row: ScheduleRow | None, latest: OperationRecord, claim: Claim | None
    ) -> datetime | None:
        """Return when the clock tries again; ``None`` if it does not: a person ran the operation, or
        something else is wanted by now.
        """
        declared, ended = self.ground.declared(latest.name), latest.closed_at
        if claim is None or ended is None or row is None or declared is None or latest.state in GOOD:
            return None
        held = in_force(self.overrides, latest.environment, self.now)
        wanted = standing(row, held, self.now, self._dates(row))
        acts = row.mode == "act" and self.now - claim.instant <= LATE
        if not acts or wanted.state != declared.brings:
            return None
        after = self._next(claim)
        return after.next_try if after is not None else retried_at(ended, claim.key.tries)

    def _seen(self, latest: OperationRecord) -> datetime | None:
        """Return when the environment was seen as it should be, whatever brought that about. ``None`` if a
        database or an instance could not be moved: sightings do not show those.
        """
        sighting, declared = self.seen.get(latest.environment), self.ground.declared(latest.name)
        if sighting is None or sighting.at is None or latest.closed_at is None or declared is None:
            return None
        services = {s.name for s in sighting.services}
        missing = {s.step.on for s in latest.steps if s.state is not StepState.DONE and s.step.on}
        if sighting.at <= latest.closed_at or not missing <= services:
            return None
        is_so = glance(sighting.services).state is _WANTED.get(declared.brings)
        return sighting.at if is_so else None

    def _dates(self, row: ScheduleRow | None) -> Holidays:
        return self.ground.holidays(parse(row.text)) if row else frozenset()


def _zone(record: OperationRecord) -> tzinfo:
    override = record.after.get("override")
    named = override.get("zone") if isinstance(override, dict) else None
    return named_zone(named if isinstance(named, str) else "UTC")


def _ended_by(move: OperationRecord, held: Override) -> bool:
    """Return whether a step of this operation ended that override."""
    named = (s.step.arguments.get("override") for s in move.steps)
    ended = move.closed_at is None or held.ended_at is None or move.closed_at >= held.ended_at
    return held.id in named and held.ended_at is not None and ended
