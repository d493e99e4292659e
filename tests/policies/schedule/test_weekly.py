from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.schedule.weekly import Due, Lateness, Weekly, agreed, last_due
from policies.times.weeks import Week

BERLIN, NEW_YORK, CHATHAM = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Pacific/Chatham"))
NINE = Weekly.read("Monday", "09:00")
ZONES = [ZoneInfo("UTC"), BERLIN, NEW_YORK, CHATHAM, ZoneInfo("Pacific/Apia"), ZoneInfo("Africa/Casablanca")]


def at(*parts: int, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime(*parts, tzinfo=zone)  # type: ignore[arg-type, misc]


def test_a_digest_is_due_at_its_wall_time_and_covers_the_week_before() -> None:
    before = last_due(NINE, BERLIN, at(2026, 11, 30, 8, 59))
    assert (str(before.week), before.at) == ("2026-W47", at(2026, 11, 23, 9).astimezone(UTC))
    now = last_due(NINE, BERLIN, at(2026, 11, 30, 9))
    assert (str(now.week), now.at) == ("2026-W48", at(2026, 11, 30, 9).astimezone(UTC))


def test_a_digest_is_due_at_another_instant_in_another_zone() -> None:
    instant = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
    assert str(last_due(NINE, BERLIN, instant).week) == "2026-W48"
    assert str(last_due(NINE, NEW_YORK, instant).week) == "2026-W47"
    assert last_due(NINE, NEW_YORK, instant + timedelta(hours=6)).at == datetime(2026, 11, 30, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "offset"),
    [((2026, 3, 23, 9), 1), ((2026, 3, 30, 9), 2), ((2026, 10, 19, 9), 2), ((2026, 10, 26, 9), 1)],
)
def test_a_digest_stays_at_nine_on_both_sides_of_a_clock_change(day: tuple[int, ...], offset: int) -> None:
    due = last_due(NINE, BERLIN, at(*day, 30))
    assert due.at == datetime(*day, tzinfo=UTC) - timedelta(hours=offset)  # type: ignore[arg-type, misc]


def test_a_skipped_time_is_the_first_after_and_a_repeated_time_the_first() -> None:
    early = Weekly.read("Sunday", "02:30")
    assert last_due(early, BERLIN, at(2026, 3, 29, 12)).at == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert last_due(early, BERLIN, at(2026, 10, 25, 12)).at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_year_of_fifty_three_weeks_has_as_many_digests() -> None:
    assert str(last_due(NINE, BERLIN, at(2027, 1, 4, 9)).week) == "2026-W53"
    assert str(last_due(NINE, BERLIN, at(2027, 1, 11, 9)).week) == "2027-W01"


@given(
    st.integers(0, 60 * 365 * 86_400).map(lambda s: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    st.sampled_from(ZONES),
    st.builds(Weekly, st.integers(0, 6), st.integers(0, 1439)),
)
def test_a_digest_comes_within_eight_days_and_once_each_week(
    now: datetime, zone: ZoneInfo, weekly: Weekly
) -> None:
    due = last_due(weekly, zone, now)
    assert due.at <= now < due.at + timedelta(days=8)
    assert due.week == Week.of(due.at.astimezone(zone).date()).before
    just_before = last_due(weekly, zone, due.at - timedelta(seconds=1))
    assert just_before.week.after == due.week


@pytest.mark.parametrize(
    ("late", "found"),
    [
        (timedelta(0), Lateness.ON_TIME),
        (timedelta(minutes=10), Lateness.ON_TIME),
        (timedelta(minutes=11), Lateness.LATE),
        (timedelta(days=2), Lateness.LATE),
        (timedelta(days=2, seconds=1), Lateness.TOO_OLD),
    ],
)
def test_a_digest_is_late_and_after_two_days_too_old(late: timedelta, found: Lateness) -> None:
    due = Due(Week(2026, 48), at(2026, 11, 30, 9))
    assert due.lateness(due.at + late) is found


def test_environments_that_disagree_on_the_zone_get_the_default() -> None:
    assert agreed(["Europe/Berlin", "Europe/Berlin"], "UTC") == BERLIN
    assert agreed(["Europe/Berlin", "America/New_York"], "UTC") == ZoneInfo("UTC")
    for nowhere in ([], ["UTC", "UTC"]):
        assert agreed(nowhere, "America/New_York") == NEW_YORK
    assert agreed(["UTC", "Europe/Berlin"], "America/New_York") == BERLIN


@pytest.mark.parametrize(
    ("day", "time"), [("Someday", "09:00"), ("Monday", "9 am"), ("", ""), ("Mon", "25:00")]
)
def test_a_wrong_day_or_time_is_not_read(day: str, time: str) -> None:
    with pytest.raises(ValueError):
        Weekly.read(day, time)
