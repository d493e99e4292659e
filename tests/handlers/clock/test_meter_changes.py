"""The meter while environments, services and zones change under it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.handlers.clock.meters import MONDAY, MeterStage, metered
from tests.handlers.clock.test_meter import DAY, TOKYO, TOMORROW, at, put
from tests.handlers.world import QA, STAGING


def test_an_environment_that_is_removed_is_not_looked_at_and_keeps_its_days() -> None:
    stage = MeterStage(metered(STAGING, QA))
    stage.usage().run("web")
    stage.minutes(20)
    put(stage, remove=("staging",))
    looks, counted = stage.sample_times(), stage.seconds()
    stage.minutes(40)

    assert stage.sample_times() == looks
    assert stage.seconds() == counted != {}


def test_a_renamed_environment_takes_over_its_tasks_to_the_second() -> None:
    stage = MeterStage(metered(STAGING))
    task = stage.usage().run("web")
    stage.minutes(20)
    put(stage, replace(STAGING, name="stage-eu"), remove=("staging",))
    stage.usage("stage-eu").run("web", id=task, begin=MONDAY)
    stage.minutes(20)
    stage.usage("stage-eu").stop()
    stage.minutes(20)

    before, after = stage.seconds("staging")[DAY], stage.seconds("stage-eu")[DAY]
    assert before >= 15 * 60 and before + after == 40 * 60


def test_a_retagged_service_changes_hands_with_its_tasks() -> None:
    stage = MeterStage(metered(STAGING, QA))
    task = stage.usage().run("web")
    stage.minutes(20)
    stage.usage().forget()
    stage.usage("qa-eu").run("web", id=task, begin=MONDAY)
    stage.minutes(40)
    stage.usage("qa-eu").stop()
    stage.minutes(20)

    assert stage.seconds("staging")[DAY] + stage.seconds("qa-eu")[DAY] == 60 * 60


def test_a_changed_time_zone_divides_the_days_again() -> None:
    stage = MeterStage(metered(STAGING))
    stage.world.clock.at = at(14)
    stage.usage().run("web")
    stage.until(at(16))
    put(stage, TOKYO)
    stage.until(at(16, 30))

    assert set(stage.seconds()) == {DAY, TOMORROW}
    assert stage.seconds()[DAY] == 3_600
    assert 75 * 60 <= stage.seconds()[TOMORROW] <= 90 * 60
    put(stage, STAGING)
    stage.until(at(17))
    assert set(stage.seconds()) == {DAY}


def test_the_meter_counts_no_day_before_its_first_look() -> None:
    """Nobody counted what ran then and is gone: the day's figure would be too low."""
    stage = MeterStage(metered(STAGING))
    stage.usage().run("web", begin=MONDAY - timedelta(days=9))
    stage.minutes(1)
    assert set(stage.seconds()) == {DAY}
    assert 12 * 3_600 <= stage.seconds()[DAY] <= 12 * 3_600 + 60


def test_a_sighting_is_noted_with_its_services() -> None:
    stage = MeterStage(metered(STAGING))
    stage.beat()
    noted = stage.ledger.sightings.all()["staging"]
    assert (noted.at, noted.trouble, noted.zone) == (MONDAY, "", "UTC")
    assert [(s.name, s.desired, s.running) for s in noted.services] == [("orders-api", 2, 2), ("web", 2, 2)]
