"""Databases: stopped after the services and the one-off tasks that may use them, and up before them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.capacity import asked_again
from handlers.steps.safe import Safe
from handlers.tell.steps import database as tell
from handlers.words.errors import Absent
from handlers.words.plan import Json
from handlers.words.step import Acted, Begun, End, Left, Nothing, Verdict, waits
from policies.capacity.databases import ABSENT, broken, left_on, sharing, users_of
from policies.capacity.facts import DatabaseFacts
from policies.schedule import standing
from policies.service import one_off
from policies.service.environment import TagPick

SOON, LATER = timedelta(seconds=10), timedelta(seconds=30)
"""Between looks in the first two minutes, and after them: RDS takes minutes to hours (facts/ecs 3.4)."""


def state_of(facts: DatabaseFacts) -> dict[str, Json]:
    """What an audit entry keeps of a database before and after."""
    return {f"database {facts.id}": {"status": facts.status}}


def users_now(place: Scope, database: str) -> tuple[str, ...]:
    """The other environments for which it must stay on, as the book has it now."""
    others = sharing(database, place.neighbours)
    down = place.book.capacities.stopped() if others else frozenset[str]()
    found = {e.name: place.book.capacities.find(e.name) for e in others if e.name in down}
    return users_of(database, others, {name: saved for name, saved in found.items() if saved})


def still_running(place: Scope) -> tuple[str, ...]:
    """Services of this environment that have or want tasks; a daemon belongs to its instances."""
    own = [s.name for s in place.services.members().own]
    facts = (f for f in place.services.summaries(own) if f.scheduling != "DAEMON")
    return tuple(f.name for f in facts if f.desired or f.running or f.pending)


@dataclass(frozen=True)
class DatabaseTold:
    """``status``: before the call; ``left_on``: the environments that use it by now, so that it stays on;
    ``needed_by``: the services of its own that still may."""

    status: str = ""
    left_on: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


Told = Begun[Nothing, DatabaseTold]


class AwaitTasks(Safe[Nothing, Nothing]):
    """``SAFE``: no call that changes anything. What a person or CI runs beside the services may be at work on
    the databases and on the instances, so they stop after it; yet never later than ``LONGEST_WAIT``."""

    name = "await tasks"
    intent = Nothing
    evidence = Nothing
    deadline = timedelta(minutes=15)

    def act(self, place: Scope, step: Begun[Nothing, Nothing]) -> Acted[Nothing]:
        return Acted()

    def look(self, place: Scope, step: Begun[Nothing, Nothing]) -> Verdict[Nothing]:
        tasks, pick = place.tasks.one_off(), place.environment.pick
        held = one_off.awaited(tasks)
        other = one_off.untold(tasks, pick.key) if isinstance(pick, TagPick) else ""
        ends = step.began_at + one_off.LONGEST_WAIT
        if not held:
            return Verdict(End.DONE, tell.no_task(other), left=Left(tell=bool(other)))
        if place.now < ends:
            zone = standing.zone_of(place.environment, place.schedule)
            said = tell.waiting(held, ends, zone=zone, now=place.now)
            return waits(min(place.now + LATER, ends), said)
        said = tell.waited_enough(held, other, after=one_off.LONGEST_WAIT)
        return Verdict(End.DONE, said, left=Left(tell=True))


class StopDatabase(Safe[Nothing, DatabaseTold]):
    """``SAFE``. RDS takes it only while the database is available, so a refusal for now is asked again until
    the deadline, without looking first (users-and-pitfalls, the race of the re-stop)."""

    name = "stop database"
    intent = Nothing
    evidence = DatabaseTold
    counted = "databases"
    by_id = True
    deadline = timedelta(minutes=60)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, on: str, intent: Nothing) -> DatabaseTold:
        return DatabaseTold(_one(place, on).status)

    def act(self, place: Scope, step: Told) -> Acted[DatabaseTold]:
        """Another environment may have started since the plan was made, and a service not have stopped."""
        if users := users_now(place, step.on):
            return Acted(DatabaseTold(left_on=tuple(users)))
        with asked_again():
            running = still_running(place)
        if running:
            return Acted(DatabaseTold(needed_by=running))
        with asked_again():
            receipt = place.databases.stop(step.on)
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Told) -> Verdict[DatabaseTold]:
        facts = _one(place, step.on)
        after = Left(state_of(facts))
        if users := step.evidence.left_on:
            return Verdict(End.DONE, left_on(facts.id, users, place.seen), left=replace(after, tell=True))
        if services := step.evidence.needed_by:
            return Verdict(End.FAILED, tell.needed(facts.id, services), left=after)
        if facts.status == "stopped":
            return Verdict(End.DONE, tell.stopped(facts.id), left=after)
        if broken(facts.status):
            return Verdict(End.FAILED, tell.broken(facts.id, facts.status), left=after)
        return _going(place, step, facts, self.deadline)


class StartDatabase(Safe[Nothing, DatabaseTold]):
    """``SAFE``. Done when RDS calls it available: what starts earlier crash-loops (facts/ecs trap 22)."""

    name = "start database"
    intent = Nothing
    evidence = DatabaseTold
    counted = "databases"
    by_id = True
    deadline = timedelta(minutes=60)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, on: str, intent: Nothing) -> DatabaseTold:
        return DatabaseTold(_one(place, on).status)

    def act(self, place: Scope, step: Told) -> Acted[DatabaseTold]:
        with asked_again():
            receipt = place.databases.start(step.on)
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Told) -> Verdict[DatabaseTold]:
        facts = _one(place, step.on)
        after = Left(state_of(facts))
        if facts.status == "available":
            return Verdict(End.DONE, tell.available(facts.id), left=after)
        if broken(facts.status):
            return Verdict(End.FAILED, tell.broken(facts.id, facts.status), left=after)
        return _going(place, step, facts, self.deadline)


class GoOn(Safe[Nothing, Nothing]):
    """``SAFE``: no call at all. What comes after it begins once what comes before it has ended, however: a
    database or a service that does not start is named, and does not hold the others at zero."""

    name = "go on"
    intent = Nothing
    evidence = Nothing
    regardless = True

    def act(self, place: Scope, step: Begun[Nothing, Nothing]) -> Acted[Nothing]:
        return Acted()

    def look(self, place: Scope, step: Begun[Nothing, Nothing]) -> Verdict[Nothing]:
        return Verdict(End.DONE, tell.NEXT)


def _going(place: Scope, step: Told, facts: DatabaseFacts, deadline: timedelta) -> Verdict[DatabaseTold]:
    took = place.now - step.began_at
    if took > deadline:
        said = tell.still(facts.id, facts.status, after=deadline)
        return Verdict(End.FAILED, said, left=Left(state_of(facts)))
    return waits(_next_look(place.now, took), tell.going(facts.id, facts.status))


def _next_look(now: datetime, took: timedelta) -> datetime:
    return now + (SOON if took < timedelta(minutes=2) else LATER)


def _one(place: Scope, name: str) -> DatabaseFacts:
    found = next((f for f in place.databases.facts() if f.id == name), None)
    if found is None or found.status == ABSENT:
        raise Absent(tell.absent(name))
    return found


KINDS = (AwaitTasks(), StopDatabase(), StartDatabase(), GoOn())
