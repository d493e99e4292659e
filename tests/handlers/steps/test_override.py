"""The steps *override* and *end override*: repeated after a kill, they change nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.ports.scope import Scope
from handlers.steps.override import EndOverride, WriteOverride, end_override_step, override_step
from handlers.words.step import End, Repeat, StepRecord, StepState
from policies.schedule.overrides import Asked, Override, in_force
from policies.schedule.rows import ScheduleRow
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.rowed import Rowed
from tests.handlers.steps.conftest import Place
from tests.handlers.world import World

WRITE, END = Rowed(WriteOverride()), Rowed(EndOverride())
UNTIL = START + timedelta(hours=4)
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin")


@pytest.fixture
def record() -> StepRecord:
    return StepRecord(
        0, override_step(Asked("up", UNTIL, "smoke test"), START), StepState.BEGAN, began_at=START
    )


def held(scope: Scope) -> Override | None:
    return in_force(scope.book.overrides.current(scope.now), "staging", scope.now)


def test_an_override_is_written_under_its_operations_id(place: Place, record: StepRecord) -> None:
    assert WRITE.before(place(), record.step) == {}
    assert WRITE.act(place(), record) == {"override": "op-1"}
    made = held(place())
    assert made is not None
    assert (made.id, made.state, made.since, made.until) == ("op-1", "up", START, UNTIL)
    assert (made.reason, made.actor) == ("smoke test", "slack:T0HOME:U0DEV")


def test_a_repeated_override_writes_nothing_twice(place: Place, record: StepRecord, world: World) -> None:
    WRITE.act(place(), record)
    world.clock.at += timedelta(minutes=1)
    assert WRITE.repeat is Repeat.SAFE
    assert WRITE.act(place(), record) == {"override": "op-1"}
    assert len(world.store.memory.overrides) == 1


def test_an_override_with_the_same_content_counts_as_the_new_one(place: Place, record: StepRecord) -> None:
    WRITE.act(place(), record)
    other = replace(place(), operation_id="op-2")
    assert WRITE.act(other, record) == {"override": "op-1"}


def test_the_previous_override_ends_where_the_new_one_begins(
    place: Place, record: StepRecord, world: World
) -> None:
    WRITE.act(place(), record)
    world.clock.at += timedelta(hours=1)
    later = override_step(Asked("up", UNTIL + timedelta(hours=1)), world.clock.at)
    assert WRITE.before(place(), later) == {"override": "op-1"}
    WRITE.act(replace(place(), operation_id="op-2"), replace(record, step=later))
    assert world.store.memory.overrides["op-1"].ended_at == world.clock.at


def test_the_end_is_told_in_the_schedules_zone(place: Place, record: StepRecord, golden: Golden) -> None:
    written = replace(record, evidence=WRITE.act(place(), record))
    told = WRITE.look(replace(place(), schedule=ROW), written)
    assert told.end is End.DONE
    assert told.sentence == golden
    plain = WRITE.look(place(), written)
    assert plain.end is End.DONE
    assert plain.sentence == golden


def test_a_removed_override_ends_once(place: Place, record: StepRecord, world: World) -> None:
    WRITE.act(place(), record)
    made = held(place())
    assert made is not None
    ending = StepRecord(0, end_override_step(made), StepState.BEGAN)
    assert END.look(place(), ending).end is End.FAILED, "it still holds"
    assert END.act(place(), ending) == {"ended": True}
    world.clock.at += timedelta(minutes=1)
    assert END.act(place(), ending) == {}
    assert world.store.memory.overrides["op-1"].ended_at == START
    assert held(place()) is None


def test_an_override_removed_at_night_tells_the_state_by_the_schedule(
    place: Place, world: World, golden: Golden
) -> None:
    world.clock.at = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    gone = Override("gone", "staging", "up", START, UNTIL)
    told = END.look(replace(place(), schedule=ROW), StepRecord(0, end_override_step(gone), StepState.BEGAN))
    assert told.end is End.DONE
    assert told.sentence == golden
