"""Databases: stopped after the services and the one-off tasks that may use them, and up before them."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.capacity import asked_again
from handlers.steps.safe import Safe
from handlers.words.errors import Absent
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Done, Failed, StepRecord, Verdict, Waiting
from policies import one_off, standing
from policies.capacity import DatabaseFacts
from policies.database_rules import ABSENT, left_on, sharing, users_of
from policies.environment import TagPick
from policies.times import words

SOON, LATER = timedelta(seconds=10), timedelta(seconds=30)
"""Between looks in the first two minutes, and after them: RDS takes minutes to hours (ecs-facts 3.4)."""
_BROKEN = ("failed", "incompatible", "inaccessible", "restore-error", "storage-full")
"""Beginnings of statuses that no waiting ends (MEMORY: RDS's list of statuses)."""


def state_of(facts: DatabaseFacts) -> dict[str, Json]:
    """What an audit entry keeps of a database before and after."""
    return {f"database {facts.id}": {"status": facts.status}}


def users_now(place: Scope, database: str) -> tuple[str, ...]:
    """The other environments for which it must stay on, as the book has it now."""
    others = sharing(database, place.neighbours)
    down = place.book.capacities.stopped() if others else frozenset[str]()
    found = {e.name: place.book.capacities.find(e.name) for e in others if e.name in down}
    return users_of(database, others, {name: saved for name, saved in found.items() if saved})


class AwaitTasks(Safe):
    """``SAFE``: no call that changes anything. What a person or CI runs beside the services may be at work on
    the databases and on the instances, so they stop after it; yet never later than ``LONGEST_WAIT``."""

    name = "await tasks"
    deadline = timedelta(minutes=15)

    def act(self, place: Scope, record: StepRecord) -> Facts:
        return {}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        tasks, pick = place.tasks.one_off(), place.environment.pick
        held = one_off.awaited(tasks)
        other = one_off.untold(tasks, pick.key) if isinstance(pick, TagPick) else ""
        ends = (record.began_at or place.now) + one_off.LONGEST_WAIT
        if not held:
            return Done(other, {"tell": True}) if other else Done("no one-off task runs")
        if place.now < ends:
            zone = standing.zone_of(place.environment, place.schedule)
            until = standing.said(ends, zone, place.now)
            said = f"databases and instances wait for {one_off.named(held)}, until {until} at the latest"
            return Waiting(min(place.now + LATER, ends), said)
        verb, pronoun = ("still runs", "it") if len(held) == 1 else ("still run", "them")
        after = f"{verb} after {words(one_off.LONGEST_WAIT)}, so nothing waits for {pronoun} any longer"
        said = f"{one_off.named(held)} {after}"
        return Done("; ".join(filter(None, (said, other))), {"tell": True})


class StopDatabase(Safe):
    """``SAFE``. RDS takes it only while the database is available, so a refusal for now is asked again until
    the deadline, without looking first (users-and-pitfalls, the race of the re-stop)."""

    name = "stop database"
    counted = "databases"
    deadline = timedelta(minutes=60)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, step: Step) -> Facts:
        return {"status": _one(place, step).status}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        """Another environment may have started since the plan was made."""
        if users := users_now(place, record.step.on):
            return {"left_on": [*users]}
        with asked_again():
            receipt = place.databases.stop(record.step.on)
        return {"request_ids": [receipt.request_id] if receipt.request_id else []}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        facts = _one(place, record.step)
        users = record.evidence.get("left_on")
        if isinstance(users, list) and users:
            return Done(left_on(facts.id, [str(u) for u in users]), {"after": state_of(facts), "tell": True})
        if facts.status == "stopped":
            return Done(f"database `{facts.id}` is stopped", {"after": state_of(facts)})
        return _going(place, record, facts, self.deadline)


class StartDatabase(Safe):
    """``SAFE``. Done when RDS calls it available: a service started before that crash-loops (trap 22)."""

    name = "start database"
    counted = "databases"
    deadline = timedelta(minutes=60)
    first_look = timedelta(seconds=10)

    def before(self, place: Scope, step: Step) -> Facts:
        return {"status": _one(place, step).status}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        with asked_again():
            receipt = place.databases.start(record.step.on)
        return {"request_ids": [receipt.request_id] if receipt.request_id else []}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        facts = _one(place, record.step)
        if facts.status == "available":
            return Done(f"database `{facts.id}` is available", {"after": state_of(facts)})
        if facts.status.startswith(_BROKEN):
            return Failed(f"database `{facts.id}`: RDS says {facts.status}", {"after": state_of(facts)})
        return _going(place, record, facts, self.deadline)


def _going(place: Scope, record: StepRecord, facts: DatabaseFacts, deadline: timedelta) -> Verdict:
    took = place.now - (record.began_at or place.now)
    if took > deadline:
        said = f"database `{facts.id}` is still {facts.status} after {words(deadline)}"
        return Failed(said, {"after": state_of(facts)})
    return Waiting(_next_look(place.now, took), f"database `{facts.id}` is {facts.status}")


def _next_look(now: datetime, took: timedelta) -> datetime:
    return now + (SOON if took < timedelta(minutes=2) else LATER)


def _one(place: Scope, step: Step) -> DatabaseFacts:
    found = next((f for f in place.databases.facts() if f.id == step.on), None)
    if found is None or found.status == ABSENT:
        raise Absent(f"There is no database `{step.on}` any more.")
    return found


KINDS = (AwaitTasks(), StopDatabase(), StartDatabase())
