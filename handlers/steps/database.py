"""Databases: stopped after the services and one-off tasks that may use them, and started before them."""

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
"""Time between looks in the first two minutes, and after them: RDS takes minutes to hours (facts/ecs 3.4)."""


def state_of(facts: DatabaseFacts) -> dict[str, Json]:
    """Return what an audit entry keeps of a database before and after."""
    return {f"database {facts.id}": {"status": facts.status}}


def users_now(place: Scope, database: str) -> tuple[str, ...]:
    """Return the other environments for which the database must stay on, according to the book now."""
    others = sharing(database, place.neighbours)
    down = place.book.capacities.stopped() if others else frozenset[str]()
    found = {e.name: place.book.capacities.find(e.name) for e in others if e.name in down}
    return users_of(database, others, {name: saved for name, saved in found.items() if saved})


def still_running(place: Scope) -> tuple[str, ...]:
    """Return the services of this environment that have or want tasks; a daemon belongs to its instances."""
    own = [s.name for s in place.services.members().own]
    facts = (f for f in place.services.summaries(own) if f.scheduling != "DAEMON")
    return tuple(f.name for f in facts if f.desired or f.running or f.pending)


@dataclass(frozen=True)
class DatabaseTold:
    """What stopping or starting found. ``status``: before the call. ``left_on``: the environments that use
    the database by now, so that it stays on. ``needed_by``: the environment's own services that may still use
    it.
    """

    status: str = ""
    left_on: tuple[str, ...] = ()
    needed_by: tuple[str, ...] = ()


Told = Begun[Nothing, DatabaseTold]


class AwaitTasks(Safe[Nothing, Nothing]):
    """Waits for one-off tasks. ``SAFE``: makes no call that changes anything. What a person or CI runs next
    to the services may be using the databases and the instances, so these stop afterwards, but never later
    than ``LONGEST_WAIT``.
    """

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
    """Stops a database. ``SAFE``. RDS accepts the call only while the database is available, so a temporary
    refusal is tried again until the deadline, without looking first (users-and-pitfalls, the race of the
    re-stop).
    """

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
        """Stop the database, unless another environment has started since the plan was made or a service has
        not stopped.
        """
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
    """Starts a database. ``SAFE``. Done when RDS calls it available: what starts earlier crash-loops
    (facts/ecs trap 22).
    """

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
    """Separates what comes before from what comes after. ``SAFE``: makes no call at all. The steps after it
    begin once those before it have ended, however they ended: a database or service that does not start is
    named, and does not hold the others at zero.
    """

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
