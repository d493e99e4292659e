"""A database that cannot be stopped or started by itself, or not at all, is named, and the others go on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from handlers.words.errors import Rejected
from handlers.words.step import StepState
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import COUNTS, DATABASE, PLACE, FullStage, Night
from tests.handlers.world import OLU, PRODUCTION, QA

CLUSTER = "cluster:aurora-one"
MEMBERS = ("aurora-one-1", "aurora-one-2-reader")


def attached(*databases: str) -> Night:
    """A staging with these databases, whose members are in the cluster."""
    world = Night().catalogue(replace(PLACE, databases=databases), QA, PRODUCTION)
    world.scopes.rds.put(CLUSTER, engine="aurora-postgresql")
    for member in MEMBERS:
        why = f"it is a member of the cluster aurora-one, which stops as a whole: name {CLUSTER} instead"
        world.scopes.rds.put(member, engine="aurora-postgresql", member_of=CLUSTER, cannot_stop=why)
    return world


def stop(stage: FullStage) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()


def start(stage: FullStage) -> tuple[str, ...]:
    """Return what the start notes about its databases."""
    notes = telling.notes(stage.ask("start", "staging", who=OLU))
    stage.finish()
    return tuple(note for note in notes if note.startswith("Database"))


@pytest.mark.parametrize(
    "databases", [*permutations((MEMBERS[0], CLUSTER)), *permutations((*MEMBERS, CLUSTER))][:6]
)
def test_a_member_stops_and_starts_with_its_cluster_in_whatever_order_they_are_named(
    databases: tuple[str, ...], golden: Golden
) -> None:
    world = attached(*databases)
    stage = FullStage(world)
    stop(stage)
    assert stage.operation().state is State.SUCCEEDED
    assert {world.scopes.rds.find(d).status for d in databases} == {"stopped"}
    said = tuple(note for note in stage.operation().notes if note.startswith("Database"))
    assert start(stage) == said, "the same sentence"
    assert stage.operations()[-1].state is State.SUCCEEDED
    assert world.counts() == COUNTS
    assert {world.scopes.rds.find(d).status for d in databases} == {"available"}
    assert sorted(said) == golden


def test_a_member_of_an_unnamed_cluster_is_left_and_the_services_start(golden: Golden) -> None:
    world = attached(MEMBERS[0])
    stage = FullStage(world)
    stop(stage)
    world.scopes.rds.begin(CLUSTER, "stopped")
    assert start(stage) == golden
    assert stage.operations()[-1].state is State.SUCCEEDED
    assert (world.counts(), world.scopes.rds.find(MEMBERS[0]).status) == (COUNTS, "stopped")


@pytest.mark.parametrize("status", ["failed", "deleting", "incompatible-network", "storage-full"])
def test_a_database_that_can_never_start_is_named_and_the_services_start(status: str, golden: Golden) -> None:
    world = attached(DATABASE)
    stage = FullStage(world)
    stop(stage)
    world.scopes.rds.change(DATABASE, status=status)
    assert start(stage) == golden
    ended = stage.operations()[-1]
    assert (ended.state, world.counts()) == (State.SUCCEEDED, COUNTS)
    assert status in ended.summary


@pytest.mark.parametrize("status", ["failed", "deleting", "incompatible-network"])
def test_a_database_that_can_never_stop_is_named_and_the_stop_is_complete(
    status: str, golden: Golden
) -> None:
    world = attached(DATABASE)
    world.scopes.rds.change(DATABASE, status=status)
    stage = FullStage(world)
    stop(stage)
    assert (stage.operation().state, any(world.counts().values())) == (State.SUCCEEDED, False)
    assert stage.operation().summary == golden


def refused(world: Night) -> None:
    world.aws().databases.fail("databases.start", Rejected("AWS refused.", "InsufficientDBInstanceCapacity"))


def fails(world: Night) -> None:
    world.scopes.rds.change(DATABASE, status="incompatible-restore")


def hangs(world: Night) -> None:
    world.scopes.rds.move = lambda: None  # type: ignore[method-assign]


@pytest.mark.parametrize("what", [refused, fails, hangs])
def test_a_database_that_fails_to_start_is_named_and_the_services_start(what: Any, golden: Golden) -> None:
    world = attached(DATABASE)
    stage = FullStage(world)
    stop(stage)
    if what is not fails:
        what(world)
    stage.ask("start", "staging", who=OLU)
    if what is fails:
        what(world)
    if what is hangs:
        stage.forth(seconds=timedelta(minutes=10).total_seconds(), times=7)
    stage.finish()
    ended = stage.operations()[-1]
    assert (ended.state, world.counts()) == (State.PARTIAL, COUNTS)
    assert ended.steps[0].state is StepState.FAILED
    assert ended.summary == golden
