"""`/env pause`: no stop tonight; a pause on a Friday does not keep the environment on for the weekend."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.ports.store import CatalogChange
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import OLU

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def overrides(stage: Stage) -> list[Override]:
    return list(stage.store.book.overrides.current(stage.world.clock.now()))


def test_a_pause_on_a_monday_lasts_until_the_mornings_start(stage: Stage, golden: Golden) -> None:
    done = stage.ask("pause", "staging")
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    [made] = overrides(stage)
    assert (made.state, made.until) == ("up", datetime(2026, 3, 3, 7, 0, tzinfo=UTC))


def test_a_pause_on_a_friday_lasts_until_six(stage: Stage, golden: Golden) -> None:
    stage.world.clock.at = datetime(2026, 3, 6, 18, 30, tzinfo=UTC)
    done = stage.ask("pause", "staging")
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert overrides(stage)[0].until == datetime(2026, 3, 7, 5, 0, tzinfo=UTC)


def test_two_people_who_press_make_one_override(stage: Stage, golden: Golden) -> None:
    stage.ask("pause", "staging")
    again = stage.ask("pause", "staging", who=OLU)
    assert telling.status(again) == "unchanged"
    assert again.headline == golden
    assert [o.actor_name for o in overrides(stage)] == ["Dev"]


def test_two_pauses_planned_at_once_make_one_override(stage: Stage) -> None:
    """The second was planned before the first was written."""

    def meanwhile(method: str) -> None:
        if method == "operations.open":
            stage.world.store.before_call(str)
            stage.ask("pause", "staging", who=OLU)

    stage.world.store.before_call(meanwhile)
    done = stage.ask("pause", "staging")
    assert telling.status(done) in ("succeeded", "refused")
    [made] = overrides(stage)
    assert made.actor_name == "Olu"


def test_a_pause_shortens_nothing_that_lasts_longer(stage: Stage, golden: Golden) -> None:
    stage.ask("keep", "staging", arguments={"words": "until Thu 18:00"}, who=OLU)
    again = stage.ask("pause", "staging")
    assert telling.status(again) == "unchanged"
    assert again.headline == golden


def test_a_press_after_the_stop_offers_to_start(stage: Stage) -> None:
    for name in ("orders-api", "web"):
        stage.world.aws().services.change(name, desired=0, running=0)
    answer = stage.ask("pause", "staging")
    assert telling.status(answer) == "unchanged"
    assert [o.operation for o in telling.offers(answer)] == ["start"]
    assert overrides(stage) == []


def test_without_a_schedule_there_is_nothing_to_pause(stage: Stage) -> None:
    assert telling.status(stage.ask("pause", "qa-eu")) == "unchanged"
    assert overrides(stage) == []
