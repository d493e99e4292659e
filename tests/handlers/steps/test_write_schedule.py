"""The steps *write schedule* and *remove schedule*: repeated after a kill, they change nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.scope import Scope
from handlers.steps.write_schedule import (
    RemoveSchedule,
    WriteSchedule,
    remove_schedule_step,
    slack_row,
    write_schedule_step,
)
from handlers.words.errors import StoreLost
from handlers.words.step import End, Repeat, StepRecord, StepState
from policies.schedule.rows import ScheduleRow
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.rowed import Rowed
from tests.handlers.steps.conftest import Place
from tests.handlers.world import World

WRITE, REMOVE = Rowed(WriteSchedule()), Rowed(RemoveSchedule())
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", origin="slack")
RECORD = StepRecord(0, write_schedule_step(ROW), StepState.BEGAN)


@pytest.fixture
def here(place: Place, world: World) -> Place:
    return lambda: replace(place(), catalog=world.store.catalog)


def written(scope: Scope) -> ScheduleRow:
    row = slack_row(scope)
    assert row is not None
    return row


def test_a_row_holds_from_when_it_is_written_and_a_repeat_keeps_that(here: Place, world: World) -> None:
    assert WRITE.repeat is Repeat.SAFE
    assert WRITE.before(here(), RECORD.step) == {}
    WRITE.act(here(), RECORD)
    assert written(here()).since == START
    world.clock.at += timedelta(minutes=5)
    WRITE.act(here(), RECORD)
    assert written(here()).since == START
    other = StepRecord(0, write_schedule_step(replace(ROW, mode="observe")), StepState.BEGAN)
    WRITE.act(here(), other)
    assert (written(here()).mode, written(here()).since) == ("observe", world.clock.at)


def test_the_step_tells_what_was_set(here: Place, golden: Golden) -> None:
    told = WRITE.look(here(), RECORD)
    assert told.end is End.DONE
    assert told.sentence == golden


def test_a_removed_schedule_stays_removed(here: Place) -> None:
    WRITE.act(here(), RECORD)
    removal = StepRecord(0, remove_schedule_step(ROW), StepState.BEGAN)
    assert REMOVE.act(here(), removal) == REMOVE.act(here(), removal) == {}
    assert slack_row(here()) is None


def test_without_a_catalog_nothing_is_written(place: Place) -> None:
    with pytest.raises(StoreLost):
        WRITE.act(place(), RECORD)
