"""A meter is killed at every call, takes turns with another, or has another one look in between: the days at
the end are the days that one undisturbed meter counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest

from policies.cost.spans import Kind, shared_name
from policies.cost.usage import UsageRow
from tests.handlers.clock.meters import LEASE, MONDAY, MeterStage, metered
from tests.handlers.wire import Killed, When, Wire
from tests.handlers.world import QA, STAGING, World
from tests.soaking import SOAK

BEGIN = MONDAY.replace(hour=23, minute=20)
TOGETHER = shared_name([STAGING.name, QA.name])
RUNNING = 70
"""Minutes, with midnight among them; afterwards nothing changes for a little more than half an hour."""
NAMES = (STAGING.name, QA.name, TOGETHER)


def world() -> World:
    made = metered(STAGING, QA)
    made.clock.at = BEGIN
    staging = made.aws(STAGING.name).usage
    for name in (STAGING.name, QA.name):
        usage = made.aws(name).usage
        usage.run("web")
        usage.run("shared", id="arn:task/shared", owner=TOGETHER)
    staging.attach("db", "rds.db.t4g.micro.postgres.single")
    return made


def happen(made: World, minute: int) -> None:
    """What people and ECS do, whoever looks: a short task, a deployment over midnight, a stop."""
    staging = made.aws(STAGING.name).usage
    if minute == 3:
        staging.run("", id="arn:task/migration")
    if minute == 5:
        staging.stop("arn:task/migration")
    if minute == 38:
        staging.run("web", id="arn:task/new")
    if minute == 41:
        staging.stop(next(iter(span.id for span in staging.tasks() if span.service == "web")))
    if minute == 60:
        for name in (STAGING.name, QA.name):
            made.aws(name).usage.stop("arn:task/shared")


def run(made: World, beat: Callable[[int], None]) -> list[UsageRow]:
    for minute in range(RUNNING):
        happen(made, minute)
        made.forward(60)
        beat(minute)
    for name in (STAGING.name, QA.name):
        made.aws(name).usage.stop()
    for _ in range(3):  # the last looks are whole, whoever makes them
        made.forward(LEASE + 31 * 60)
        MeterStage(made, holder=f"last-{made.clock.at}").beat()
    return rows(made)


def rows(made: World) -> list[UsageRow]:
    days = MONDAY.date() - timedelta(days=9), MONDAY.date() + timedelta(days=9)
    return list(made.store.book.ledger.days.rows(NAMES, *days))


def counted(found: list[UsageRow]) -> list[UsageRow]:
    """Return the rows of tasks: what is attached begins when it is first seen, which a kill delays."""
    return [row for row in found if not row.item.startswith("rds")]


def hours(found: list[UsageRow]) -> int:
    """Return the seconds of the database."""
    return sum(row.used // 1_000 for row in found if row.item.startswith("rds"))


@cache
def undisturbed() -> tuple[tuple[UsageRow, ...], tuple[str, ...]]:
    """Return the rows of an undisturbed meter, and every call it made while anything happened."""
    made, wire = world(), Wire()
    stage = MeterStage(made, wire=wire)
    passed: list[str] = []

    def beat(_minute: int) -> None:
        stage.beat()
        passed[:] = wire.passed

    found = run(made, beat)
    return tuple(found), tuple(passed)


def _calls() -> list[int]:
    """Return each call of a look, by its number among all calls."""
    return [n for n, call in enumerate(undisturbed()[1], 1) if call != "catalog.version"]


def test_an_undisturbed_meter_counts_right() -> None:
    found, calls = list(undisturbed()[0]), undisturbed()[1]
    seconds = {
        (row.environment, row.service, row.day.day): row.used // 250
        for row in found
        if row.item == "fargate.vcpu.x86"
    }
    assert seconds == {
        (STAGING.name, "", 23): 120,
        (STAGING.name, "web", 23): (40 + 2) * 60,
        (STAGING.name, "web", 24): (1 + 30) * 60,
        (QA.name, "web", 23): 40 * 60,
        (QA.name, "web", 24): 30 * 60,
        (TOGETHER, "shared", 23): 40 * 60,
        (TOGETHER, "shared", 24): 20 * 60,
    }
    kinds = {
        "usage.tasks",
        "usage.attached",
        "spans.record",
        "days.put",
        "sightings.put",
        "spans.overlapping",
    }
    assert kinds < set(calls)


def _kills() -> list[tuple[int, When]]:
    """Return where to kill: after each call of a look, and before the first, which follows one that looks
    only at the catalog. Before any other call, all is as after the call before it.
    """
    calls = undisturbed()[1]
    first = {n + 1 for n, call in enumerate(calls, 1) if call == "catalog.version"}
    every: list[tuple[int, When]] = [(n, "before") for n in _calls() if n in first or SOAK]
    return every + [(n, "after") for n in _calls()]


@pytest.mark.parametrize(("at", "when"), _kills())
def test_one_kill_anywhere_changes_no_day(at: int, when: When) -> None:
    made, wire = world(), Wire(at=at, when=when)
    stages = [MeterStage(made, wire=wire)]

    def beat(_minute: int) -> None:
        try:
            stages[-1].beat()
        except Killed:
            stages.append(MeterStage(made, holder="heir"))

    found = run(made, beat)

    assert len(stages) == 2
    assert counted(found) == counted(list(undisturbed()[0]))
    assert hours(list(undisturbed()[0])) - 4 * 60 <= hours(found) <= hours(list(undisturbed()[0]))


@pytest.mark.parametrize("seed", range(8))
def test_every_process_may_be_killed_in_turn(seed: int) -> None:
    made, stages = world(), list[MeterStage]()

    def born(number: int) -> MeterStage:
        wire = Wire(at=12 + (seed * 7 + number * 5) % 23, when="after" if (seed + number) % 2 else "before")
        return MeterStage(made, holder=f"p{number}", wire=wire)

    def beat(_minute: int) -> None:
        if not stages:
            stages.append(born(0))
        try:
            stages[-1].beat()
        except Killed:
            made.store.pass_time(LEASE)
            stages.append(born(len(stages)))

    found = run(made, beat)

    assert len(stages) > 3
    assert counted(found) == counted(list(undisturbed()[0]))


class Without:
    """A meter that does not ask whether the lease is its own."""

    def __init__(self, made: World, holder: str, wire: Wire | None = None) -> None:
        self.stage = MeterStage(made, holder=holder, wire=wire)
        self._tick = self.stage._begin()

    def beat(self) -> None:
        self._tick()


def test_two_meters_that_take_turns_count_what_one_does() -> None:
    made = world()
    both = [Without(made, "one"), Without(made, "two")]

    found = run(made, lambda minute: both[minute % 2].beat())

    assert counted(found) == counted(list(undisturbed()[0]))
    assert hours(found) <= hours(list(undisturbed()[0])) + 60


class Between(Wire):
    """Runs another action before the ``at``-th call."""

    def __init__(self, at: int, other: Callable[[], None]) -> None:
        super().__init__()
        self.number, self.other = at, other

    def call(self, name: str, go: Callable[[], object]) -> object:
        self.passed.append(name)
        if len(self.passed) == self.number:
            self.other()
        return go()


@pytest.mark.parametrize("at", _calls())
def test_a_second_meter_that_looks_in_between_changes_nothing(at: int) -> None:
    """The other meter looks some minutes later by its own clock, since the first one hung: what the first
    then writes is old.
    """
    made = world()
    other, came = Without(made, "two"), list[datetime]()

    def look() -> None:
        came.append(made.clock.at)
        made.clock.at += timedelta(minutes=16)
        other.beat()
        made.clock.at -= timedelta(minutes=16)

    first = Without(made, "one", Between(at, look))

    found = run(made, lambda _minute: first.beat())

    assert came
    spans = made.store.book.ledger.spans.overlapping(STAGING.name, BEGIN, BEGIN + timedelta(days=2))
    ran = sorted((s.begin, s.until) for s in spans if s.kind is Kind.DATABASE and s.begin < s.until)
    assert all(one[1] <= two[0] for one, two in pairwise(ran))
    assert counted(found) == counted(list(undisturbed()[0]))
