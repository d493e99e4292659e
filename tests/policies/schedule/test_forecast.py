"""When a large fleet will really be down, and what the next days bring."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.schedule.forecast import coming, crowds, day_by_day, takes
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.transitions import Course
from tests.golden import Golden

NOW = datetime(2026, 3, 6, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin")


@pytest.mark.parametrize(
    ("services", "scaled", "seconds"),
    [
        (0, 0, 0),
        (20, 0, 0),
        (25, 0, 2),
        (7_500, 0, 2_992),  # (7,500 - 20) at 2.5 a second
        (7_500, 7_500, 2_992),  # autoscaling, at 5 a second, finishes sooner
        (20, 7_516, 1_500),
    ],
)
def test_a_fleet_goes_no_faster_than_the_share_of_the_published_rates(
    services: int, scaled: int, seconds: float
) -> None:
    assert takes(services, scaled=scaled) == timedelta(seconds=seconds)


def test_a_larger_share_is_faster() -> None:
    assert takes(7_500, share=1.0) == timedelta(seconds=1_492)


def test_the_forecast_takes_overrides_into_account(golden: Golden) -> None:
    until = datetime(2026, 3, 6, 22, 0, tzinfo=UTC)
    kept = Override("o", "staging", "up", NOW, until, actor_name="Dev")
    edges = coming(Course("staging", ROW, (kept,)), NOW)
    assert day_by_day(edges[:3], BERLIN) == golden
    assert all(edge.instant < NOW + timedelta(days=7) for edge in edges)


def test_a_crowd_shares_an_account_a_region_and_an_instant() -> None:
    edges = {name: coming(Course(name, ROW), NOW)[:1] for name in ("a", "b", "c")}
    places = {"a": ("1", "eu"), "b": ("1", "eu"), "c": ("2", "eu")}
    [crowd] = crowds(places, edges, 2)
    assert (crowd.environments, crowd.at) == (("a", "b"), datetime(2026, 3, 6, 19, 0, tzinfo=UTC))
    assert crowds(places, edges, 3) == ()
