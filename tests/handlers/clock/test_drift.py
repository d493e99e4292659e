"""Drift is told once, with buttons, and left as it is; what AWS wakes is stopped again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import WEEK, ClockStage, at, scheduled
from tests.handlers.world import OLU, World, environment

MONTHLY = "Mon#4 08:00-20:00 UTC"


def stopped(text: str = WEEK) -> ClockStage:
    """Monday at 21:00, after the stop at 20:00."""
    world = World().catalogue(environment("staging", databases=("staging-db",)))
    world.clock.at = at(18)
    world.scopes.rds.put("staging-db")
    found = ClockStage(scheduled(world, text), posts=FakePosts())
    found.until(at(21))
    assert found.clocked() == [("stop", "succeeded")]
    return found


@pytest.fixture
def stage() -> ClockStage:
    return stopped()


def drifts(stage: ClockStage) -> list[str]:
    return [said.headline for _, _, said in stage.posts.posted if said.status == "drifted"]


def test_a_service_that_somebody_starts_is_told_once_and_left_running(
    stage: ClockStage, golden: Golden
) -> None:
    stage.world.aws("staging").services.change("web", desired=2)
    stage.until(at(23))
    (said,) = [s for _, _, s in stage.posts.posted if s.status == "drifted"]
    assert said.headline == golden
    assert [o.operation for o in said.offers] == ["keep", "stop"]
    assert any("ignore_changes" in note for note in telling.notes(said))
    assert stage.desired()["web"] == 2


def test_a_drift_that_is_over_and_comes_back_is_told_again(stage: ClockStage) -> None:
    web = stage.world.aws("staging").services
    web.change("web", desired=2)
    stage.until(at(22))
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(23))
    assert stage.desired()["web"] == 0
    web.change("web", desired=1)
    stage.until(at(23, 59))
    assert len(drifts(stage)) == 2


def test_a_new_process_does_not_tell_a_drift_again(stage: ClockStage) -> None:
    stage.world.aws("staging").services.change("web", desired=2)
    stage.until(at(22))
    stage.world.store.pass_time(3_600)
    heir = ClockStage(stage.world, posts=stage.posts, holder="heir")
    heir.until(at(23))
    assert len(drifts(heir)) == 1


def test_a_drift_that_a_silent_slack_missed_is_told_later(stage: ClockStage) -> None:
    stage.world.aws("staging").services.change("web", desired=2)
    stage.posts.silent = True
    stage.until(at(22))
    stage.posts.silent = False
    stage.until(at(23))
    assert len(drifts(stage)) == 1


def test_a_database_that_somebody_starts_is_told_and_left_running(stage: ClockStage) -> None:
    stage.world.scopes.rds.change("staging-db", status="available", restarts_at=None)
    stage.until(at(22))
    assert "`staging-db` is available" in drifts(stage)[0]
    assert stage.world.scopes.rds.find("staging-db").status == "available"


def test_a_database_that_aws_wakes_after_seven_days_is_stopped_again() -> None:
    stage = stopped(MONTHLY)
    due = stage.world.scopes.rds.find("staging-db").restarts_at
    assert due is not None
    stage.jump(due - timedelta(minutes=20))
    stage.until(due + timedelta(minutes=50))
    assert stage.world.scopes.rds.find("staging-db").status in ("stopped", "stopping")
    assert drifts(stage) == []
    assert stage.clocked() == [("stop", "succeeded")] * 2


def test_a_person_who_starts_a_database_on_the_sixth_day_is_not_taken_for_aws() -> None:
    stage = stopped(MONTHLY)
    due = stage.world.scopes.rds.find("staging-db").restarts_at
    assert due is not None
    stage.jump(due - timedelta(days=1))
    stage.world.scopes.rds.change("staging-db", status="available", restarts_at=None)
    stage.until(due - timedelta(hours=20))
    assert stage.world.scopes.rds.find("staging-db").status == "available"
    assert len(drifts(stage)) == 1


def test_nothing_that_runs_is_drift_under_a_schedule_that_only_stops() -> None:
    stage = stopped("Mon stop 20:00 UTC")
    stage.world.aws("staging").services.change("web", desired=2)
    stage.until(at(23))
    assert drifts(stage) == []
