"""How an environment stands now, as values and in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from policies.capacity.facts import Capacity, SavedCapacity
from policies.capacity.rules import asleep
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.schedule import parse
from policies.schedule.standing import holder, said_in_full, says, standing, tonight, words
from policies.times.moments import Instant, parts, plain
from tests.golden import Golden

BERLIN = ZoneInfo("Europe/Berlin")
ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin")
NONE: frozenset[date] = frozenset()


def at(text: str) -> datetime:
    """Return a time by Berlin's clocks; 2026-03-02 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def override(state: str = "up", until: str = "2026-03-02T23:00", reason: str = "smoke test") -> Override:
    assert state in ("up", "down")
    end = at(until)
    made = Override("o1", "staging", "up", at("2026-03-02T10:00"), end, reason, actor_name="Dev")
    return made if state == "up" else Override(**{**vars(made), "state": "down"})


@pytest.mark.parametrize(
    ("now", "held", "state"),
    [
        ("2026-03-06T10:00", None, "up"),
        ("2026-03-06T21:00", None, "down"),
        ("2026-03-02T12:00", override(), "up"),
        ("2026-03-02T12:00", override("down", "2026-03-05T08:00", ""), "down"),
        ("2026-03-02T23:00", override(), "down"),
    ],
    ids=["by day", "by night", "kept on", "kept off", "kept on no longer"],
)
def test_the_override_in_force_beats_the_schedule(
    now: str, held: Override | None, state: str, golden: Golden
) -> None:
    found = standing(ROW, held, at(now))
    assert found.state == state
    assert words(found, at(now)) == golden


def test_a_schedule_is_not_credited_with_what_it_did_not_do(golden: Golden) -> None:
    now = at("2026-03-07T12:00")
    late = ScheduleRow("staging", ROW.text, since=at("2026-03-07T10:00"))
    assert words(standing(late, None, now), now) == golden
    observed = ScheduleRow("pr-*", ROW.text, "observe")
    assert words(standing(observed, None, now), now) == golden


@pytest.mark.parametrize(
    ("text", "state"),
    [("always", "up"), ("never", "down"), ("Mon-Fri stop 19:00 Europe/Berlin", "down")],
)
def test_a_state_without_an_end_is_described_without_one(text: str, state: str, golden: Golden) -> None:
    now = at("2026-03-07T12:00")
    found = standing(ScheduleRow("staging", text), None, now)
    assert (found.state, found.until) == (state, None)
    assert words(found, now) == golden(name=state)


def test_without_a_schedule_there_is_nothing_to_say(golden: Golden) -> None:
    found = standing(None, None, at("2026-03-07T12:00"))
    assert (found.state, words(found, at("2026-03-07T12:00"))) == ("unscheduled", "no schedule")
    assert holder(found) == "no schedule"
    assert says(found, at("2026-03-07T12:00")) == golden


def test_the_zone_is_named_with_every_time(golden: Golden) -> None:
    now = at("2026-03-06T10:00")
    found = standing(ROW, None, now)
    assert words(found, now) == golden
    assert says(found, now) == golden


def test_the_holder_of_an_environment_is_named(golden: Golden) -> None:
    now = at("2026-03-02T12:00")
    assert holder(standing(ROW, override(), now)) == golden
    assert holder(standing(ROW, None, now)) == golden
    row = ScheduleRow("pr-*", ROW.text, origin="slack", set_by="Olu")
    assert holder(standing(row, None, now)) == golden


@pytest.mark.parametrize(
    ("now", "text", "end"),
    [
        ("2026-03-02T19:30", "Mon-Fri 08:00-20:00 Europe/Berlin", "2026-03-03T08:00"),
        ("2026-03-06T19:30", "Mon-Fri 08:00-20:00 Europe/Berlin", "2026-03-07T06:00"),
        ("2026-03-06T10:00", "Mon-Fri 08:00-20:00 Europe/Berlin", "2026-03-07T06:00"),
        ("2026-03-02T11:45", "Mon-Fri 08:00-12:00, Mon-Fri 13:00-20:00 Europe/Berlin", "2026-03-03T08:00"),
        ("2026-03-02T19:30", "Mon-Fri 12:00-20:00 Europe/Berlin", "2026-03-03T06:00"),
        ("2026-03-02T19:30", "Mon-Fri stop 20:00 Europe/Berlin", "2026-03-03T06:00"),
        ("2026-03-03T00:30", "Mon-Fri 08:00-24:00 Europe/Berlin", "2026-03-03T08:00"),
        ("2026-03-07T01:40", "Mon-Fri 08:00-02:00 Europe/Berlin", "2026-03-07T06:00"),
    ],
)
def test_tonight_ends_at_the_mornings_start_or_at_six(now: str, text: str, end: str) -> None:
    assert tonight(parse(text), BERLIN, at(now), NONE) == at(end)


def test_tonight_before_a_holiday_ends_at_six() -> None:
    read = parse("Mon-Fri 08:00-20:00 Europe/Berlin except holidays DE")
    off = frozenset({date(2026, 3, 3)})
    assert tonight(read, BERLIN, at("2026-03-02T19:30"), off) == at("2026-03-03T06:00")


def test_tonight_ends_by_the_clock_on_the_night_that_clocks_change() -> None:
    assert tonight(None, BERLIN, at("2026-03-28T22:00"), NONE) == at("2026-03-29T06:00")


@pytest.mark.parametrize(
    ("instant", "told"),
    [
        ("2026-03-02T23:00", "23:00"),
        ("2026-03-03T06:00", "06:00 tomorrow"),
        ("2026-03-08T08:00", "08:00 on Sun"),
        ("2026-03-09T08:00", "08:00 on Mon 9 Mar"),
        ("2027-01-04T08:00", "08:00 on Mon 4 Jan 2027"),
        ("2026-03-01T08:00", "08:00 on Sun 1 Mar"),
    ],
)
def test_times_are_written_as_people_say_them(instant: str, told: str) -> None:
    said = said_in_full(at(instant), BERLIN, at("2026-03-02T10:00"))
    assert [*parts(said)][1] == Instant(at(instant), f"{told} (Europe/Berlin)")


def test_the_day_of_a_time_is_that_of_its_zone() -> None:
    now = at("2026-03-02T23:30")
    soon = now + timedelta(hours=1)
    assert plain(said_in_full(soon, BERLIN, now)) == "00:30 tomorrow (Europe/Berlin)"
    assert plain(said_in_full(soon, ZoneInfo("Asia/Tokyo"), now)) == "08:30 (Asia/Tokyo)"


@pytest.mark.parametrize(
    ("desired", "saved", "stopped"),
    [
        ({"web": 0, "api": 0}, None, True),
        ({"web": 0, "api": 1}, None, False),
        ({}, None, False),
        ({"web": 0, "daemon": 3}, SavedCapacity({"web": Capacity(2)}), True),
        ({"web": 1, "daemon": 3}, SavedCapacity({"web": Capacity(2)}), False),
        ({"web": 1}, SavedCapacity({"gone": Capacity(2)}), False),
    ],
)
def test_an_environment_is_asleep_if_all_its_saved_services_are_at_zero(
    desired: dict[str, int], saved: SavedCapacity | None, stopped: bool
) -> None:
    assert asleep(desired, saved) is stopped
