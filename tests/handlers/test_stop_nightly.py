"""Stops by the clock, night after night: what cannot stop is reported once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.result import Reply
from policies.access.people import ClockActor
from policies.record.lifecycle import State
from policies.service.facts import Deployment
from tests import telling
from tests.fakes.aws import START
from tests.handlers.nights import DATABASE, PLACE, FullStage, Night
from tests.handlers.world import OLU, QA

ROLLING = (Deployment("ecs-svc/9", "PRIMARY", "r:7", 2, 1, 1, 0, START, "IN_PROGRESS"),)


@pytest.fixture
def world() -> Night:
    return Night().catalogue().scheduled(at=START)


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def by_clock(stage: FullStage) -> Reply:
    return stage.sure("stop", "staging", who=ClockActor(), source="clock")


def nightly(stage: FullStage, world: Night) -> tuple[str, ...]:
    """Stop and start by the clock; return what the stop noted and told of the database."""
    assert world.lit()
    by_clock(stage)
    stage.finish()
    stopped = stage.operations()[-1]
    assert stopped.state is State.SUCCEEDED
    stage.ask("start", "staging", who=OLU)
    stage.finish()
    said = (*stopped.notes, *stopped.summary.split(". ")[1:])
    return tuple(sentence for sentence in said if DATABASE in sentence)


def test_the_clock_reports_once_what_cannot_stop_and_not_nightly(stage: FullStage, world: Night) -> None:
    world.scopes.rds.change(DATABASE, cannot_stop="it has a read replica")
    planned, ended = nightly(stage, world)
    assert planned == ended, "as a note, and where it ended"
    assert "read replica" in planned
    assert [nightly(stage, world) for _ in range(3)] == [(), (), ()]
    assert nightly(FullStage(world, holder="two"), world) == (), "nor after a restart of the bot"
    world.scopes.rds.change(DATABASE, cannot_stop="it is a read replica")
    assert len(nightly(stage, world)) == 2, "another reason is news"
    assert nightly(stage, world) == ()


def test_a_person_is_always_told_what_cannot_stop_and_the_clock_stays_silent(
    stage: FullStage, world: Night
) -> None:
    world.scopes.rds.change(DATABASE, cannot_stop="it has a read replica")
    for _ in range(2):
        assert any("it cannot stop" in note for note in telling.notes(stage.sure("stop", "staging", who=OLU)))
        stage.finish()
        stage.ask("start", "staging", who=OLU)
        stage.finish()
    assert nightly(stage, world) == ()


def test_a_stop_only_planned_reported_nothing(stage: FullStage, world: Night) -> None:
    world.scopes.rds.change(DATABASE, cannot_stop="it has a read replica")
    world.aws().services.change("web", deployments=ROLLING)
    assert telling.status(by_clock(stage)) == "busy"
    assert world.store.memory.claims == {}


def test_a_database_in_use_by_others_is_reported_every_night(world: Night) -> None:
    stage = FullStage(world.catalogue(PLACE, replace(QA, databases=(DATABASE,), channel=PLACE.channel)))
    world.scopes.rds.change(DATABASE, cannot_stop="it has a read replica")
    for _ in range(2):
        (said,) = nightly(stage, world)
        assert "stays on: `qa-eu`" in said
