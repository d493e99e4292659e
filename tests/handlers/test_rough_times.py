"""Times as people say them: one that leaves the minute open is shown as the exact time, to confirm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers.ports.store import CatalogChange
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Parsed
from handlers.words.result import Choice, Reply, Report, Unchanged
from policies.access.people import SlackPerson
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import DEV, OLU, STAGING

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))
MORNING = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
"""Tuesday 08:00 in Berlin; now is Monday 10:00."""


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def typed(stage: Stage, line: str, who: SlackPerson = DEV) -> Reply:
    """Type a line in #staging."""
    parsed = read(line, Room(REGISTRY, "/env", stage.gate.names(who, "C0STAGING")))
    assert isinstance(parsed, Parsed), parsed
    asked = dict(parsed.arguments)
    return stage.ask(parsed.operation, parsed.environment, parsed.target, arguments=asked, who=who)


def until(stage: Stage) -> datetime:
    [made] = stage.store.book.overrides.current(stage.world.clock.now())
    return made.until


@pytest.mark.parametrize(
    "line", ["keep tonight", "keep staging until tomorrow", "pause staging until tomorrow", "tomorrow keep"]
)
def test_a_rough_time_is_shown_and_takes_effect_once_confirmed(
    stage: Stage, line: str, golden: Golden
) -> None:
    asked = typed(stage, line)
    assert isinstance(asked, Choice)
    assert asked.headline == golden
    assert stage.operations() == []
    [offer] = asked.offers
    assert isinstance(stage.press(offer), Report)
    assert until(stage) == MORNING


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        ("pause staging tonight", MORNING),
        ("pause", MORNING),
        ("please pause staging now", MORNING),
        ("pause staging until 22:00", datetime(2026, 3, 2, 21, 0, tzinfo=UTC)),
        ("keep until 10pm", datetime(2026, 3, 2, 21, 0, tzinfo=UTC)),
        ("keep staging tonight 23:00", datetime(2026, 3, 2, 22, 0, tzinfo=UTC)),
        ("keep until 22:00 UTC staging", datetime(2026, 3, 2, 22, 0, tzinfo=UTC)),
    ],
)
def test_an_exact_time_needs_no_confirmation(stage: Stage, line: str, ends: datetime) -> None:
    assert isinstance(typed(stage, line), Report)
    assert until(stage) == ends


def test_a_rough_time_in_the_window_says_what_really_follows(stage: Stage) -> None:
    assert isinstance(typed(stage, "keep in 2 hours"), Unchanged)
    assert isinstance(typed(stage, "keep until the end of the day"), Unchanged)
    assert stage.operations() == []


def test_a_reason_is_kept_with_the_confirmed_time(stage: Stage) -> None:
    asked = typed(stage, 'keep until Friday "load test"', OLU)
    assert isinstance(asked, Choice)
    stage.press(asked.offers[0], who=OLU)
    [made] = stage.store.book.overrides.current(stage.world.clock.now())
    assert (made.reason, made.until) == ("load test", datetime(2026, 3, 6, 7, 0, tzinfo=UTC))


def test_the_end_of_a_start_is_shown_before_the_start(stage: Stage, golden: Golden) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    asked = typed(stage, "start in 2 hours")
    assert isinstance(asked, Choice)
    assert asked.headline == golden
    assert isinstance(stage.press(asked.offers[0]), Report)


@pytest.mark.parametrize(
    "line",
    ["set weekdays 8am-6pm", "schedule set 0800-1800 Mon-Fri", "schedule staging set 8-18 on weekdays"],
)
def test_a_schedule_is_shown_with_the_zone_of_the_place(stage: Stage, line: str) -> None:
    place = replace(STAGING, time_zone="Europe/Berlin")
    stage.store.catalog.write(CatalogChange(put_environments=(place,), remove_schedules=(ROW,)))
    asked = typed(stage, line, OLU)
    assert isinstance(asked, Choice)
    [offer, *_] = asked.offers
    assert offer.arguments["when"] == "act Mon-Fri 08:00-18:00 Europe/Berlin"
    assert telling.status(stage.press(offer, who=OLU)) == "succeeded"
