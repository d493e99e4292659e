"""How a keep is told that is planned in another zone, or that is longer than was meant."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.result import Reply
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import OLU

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    """Monday 10:00 in Berlin; up until 20:00."""
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def keep(stage: Stage, words: str, **rest: object) -> Reply:
    return stage.ask("keep", "staging", arguments={"words": words}, **rest)  # type: ignore[arg-type]


def test_the_zone_that_was_written_stands_between_two_commas(stage: Stage, golden: Golden) -> None:
    done = keep(stage, "Tue 05:30-07:00 Asia/Tokyo", who=OLU)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden


@pytest.mark.parametrize("words", ["Sat 06:00-21:00", "until Wed 23:00"])
def test_what_is_too_long_says_first_how_it_was_read(stage: Stage, words: str, golden: Golden) -> None:
    refused = keep(stage, words)
    assert telling.rule(refused) == "access.bounded"
    assert refused.headline == golden
