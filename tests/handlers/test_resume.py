"""`/env resume`: an override ended early, by anyone who could have set it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.ports.store import CatalogChange
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import OLU, VIC

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def paused(stage: Stage) -> Stage:
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    stage.ask("pause", "staging", who=OLU)
    return stage


def held(stage: Stage) -> int:
    return len(stage.store.book.overrides.current(stage.world.clock.now()))


def test_the_schedule_holds_again_after_a_resume(stage: Stage, golden: Golden) -> None:
    done = stage.ask("resume", "staging")
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert held(stage) == 0
    [ended] = stage.store.book.overrides.recent(stage.world.clock.now())
    assert ended.ended_by == "Dev"


def test_an_environment_that_nobody_keeps_cannot_be_resumed(stage: Stage, golden: Golden) -> None:
    stage.ask("resume", "staging")
    again = stage.ask("resume", "staging")
    assert telling.status(again) == "unchanged"
    assert again.headline == golden


def test_an_old_undo_does_not_end_somebody_elses_keep(stage: Stage, golden: Golden) -> None:
    first = stage.operation().id
    stage.ask("keep", "staging", arguments={"words": "until Thu 18:00"}, who=OLU)
    answer = stage.ask("resume", "staging", arguments={"override": first})
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert held(stage) == 1


def test_an_undo_ends_exactly_the_override_it_was_offered_for(stage: Stage) -> None:
    again = stage.ask("pause", "staging")
    assert telling.status(stage.press(telling.offers(again)[0])) == "succeeded"
    assert held(stage) == 0


def test_a_viewer_cannot_resume(stage: Stage) -> None:
    assert telling.status(stage.ask("resume", "staging", who=VIC)) == "refused"
    assert held(stage) == 1
