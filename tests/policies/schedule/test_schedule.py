"""What a schedule says about an instant: known cases, including the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice

import pytest

from policies.schedule.answers import Answer
from policies.schedule.course import Transition
from policies.schedule.schedule import parse
from tests.golden import Golden


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


OFFICE = parse("Mon-Fri 08:00-20:00 Europe/Berlin")


def test_inside_a_window_an_environment_is_up_by_that_rule() -> None:
    assert OFFICE.at(utc("2026-11-23T12:00")) == Answer(
        "up", "Mon-Fri 08:00-20:00 Europe/Berlin", utc("2026-11-23T07:00"), utc("2026-11-23T19:00")
    )


def test_over_the_weekend_an_environment_is_down_from_friday_to_monday(golden: Golden) -> None:
    found = OFFICE.at(utc("2026-11-21T12:00"))
    assert (found.state, found.since) == ("down", utc("2026-11-20T19:00"))
    assert found.until == utc("2026-11-23T07:00")
    assert found.why == golden


def test_a_window_includes_its_first_instant_and_not_its_last() -> None:
    assert OFFICE.at(utc("2026-11-23T07:00")).state == "up"
    assert OFFICE.at(utc("2026-11-23T07:00") - timedelta(microseconds=1)).state == "down"
    assert OFFICE.at(utc("2026-11-23T19:00")).state == "down"


def test_the_zone_of_an_instant_does_not_change_the_answer() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert OFFICE.at(utc("2026-11-23T12:00").astimezone(tokyo)) == OFFICE.at(utc("2026-11-23T12:00"))


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        OFFICE.at(utc("2026-11-23T12:00").replace(tzinfo=None))


@pytest.mark.parametrize("instant", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
@pytest.mark.parametrize("hours", [-12, 0, 14])
@pytest.mark.parametrize("text", [str(OFFICE), "always", "never", "stop 19:00 Asia/Tokyo", "00:00-24:00 UTC"])
def test_the_ends_of_time_have_an_answer(instant: datetime, hours: int, text: str) -> None:
    assert parse(text).at(instant.replace(tzinfo=timezone(timedelta(hours=hours)))).state in ("up", "down")


@pytest.mark.parametrize(
    ("text", "at", "state", "since", "until"),
    [
        # Leap day, year end, and a night that belongs to the day on which the night begins.
        ("Thu 22:00-06:00 UTC", "2024-03-01T05:00", "up", "2024-02-29T22:00", "2024-03-01T06:00"),
        ("Thu 22:00-06:00 UTC", "2026-12-31T23:59", "up", "2026-12-31T22:00", "2027-01-01T06:00"),
        ("Fri 22:00-06:00 UTC", "2027-01-01T03:00", "down", "2026-12-26T06:00", "2027-01-01T22:00"),
        ("Sun-Thu 09:00-24:00 UTC", "2026-11-21T10:00", "down", "2026-11-20T00:00", "2026-11-22T09:00"),
        # Windows that touch or overlap become one.
        ("08:00-12:00, 12:00-20:00 UTC", "2026-11-21T09:00", "up", "2026-11-21T08:00", "2026-11-21T20:00"),
        (
            "Fri 20:00-24:00, Sat 00:00-04:00 UTC",
            "2026-11-21T01:00",
            "up",
            "2026-11-20T20:00",
            "2026-11-21T04:00",
        ),
        (
            "Fri 08:00-20:00, Fri 10:00-22:00 UTC",
            "2026-11-20T09:00",
            "up",
            "2026-11-20T08:00",
            "2026-11-20T22:00",
        ),
        # The first Monday and the last Friday; a fifth Monday is rare.
        ("Mon#1 08:00-20:00 UTC", "2026-12-07T08:00", "up", "2026-12-07T08:00", "2026-12-07T20:00"),
        ("Mon#1 08:00-20:00 UTC", "2026-12-14T08:00", "down", "2026-12-07T20:00", "2027-01-04T08:00"),
        ("Fri#-1 08:00-20:00 UTC", "2024-02-23T09:00", "up", "2024-02-23T08:00", "2024-02-23T20:00"),
        ("Mon#5 08:00-20:00 UTC", "2026-12-01T00:00", "down", "2026-11-30T20:00", "2027-03-29T08:00"),
        # Berlin skips 02:00-03:00 on 2026-03-29 and has that hour twice on 2026-10-25.
        ("Sun 02:30-05:00 Europe/Berlin", "2026-03-29T01:00", "up", "2026-03-29T01:00", "2026-03-29T03:00"),
        ("Sun 02:10-02:50 Europe/Berlin", "2026-03-29T01:00", "down", "2026-03-22T01:50", "2026-04-05T00:10"),
        ("Sun 01:00-02:30 Europe/Berlin", "2026-03-29T00:59", "up", "2026-03-29T00:00", "2026-03-29T01:00"),
        ("Sun 02:30-05:00 Europe/Berlin", "2026-10-25T00:30", "up", "2026-10-25T00:30", "2026-10-25T04:00"),
        ("Sun 01:00-02:30 Europe/Berlin", "2026-10-25T01:29", "up", "2026-10-24T23:00", "2026-10-25T01:30"),
        ("Sun 01:00-02:00 Europe/Berlin", "2026-10-25T00:59", "up", "2026-10-24T23:00", "2026-10-25T01:00"),
        ("Sun 02:10-02:50 Europe/Berlin", "2026-10-25T01:00", "up", "2026-10-25T00:10", "2026-10-25T01:50"),
        # Lord Howe moves by half an hour, Cairo at midnight, and Samoa had no 30 December 2011.
        (
            "Sun 02:15-04:00 Australia/Lord_Howe",
            "2026-10-03T15:45",
            "up",
            "2026-10-03T15:30",
            "2026-10-03T17:00",
        ),
        ("Fri 00:00-02:00 Africa/Cairo", "2026-04-23T22:30", "up", "2026-04-23T22:00", "2026-04-23T23:00"),
        ("Thu 23:30-24:00 Africa/Cairo", "2026-10-29T21:15", "up", "2026-10-29T20:30", "2026-10-29T22:00"),
        ("Fri 08:00-20:00 Pacific/Apia", "2011-12-30T18:00", "down", "2011-12-24T06:00", "2012-01-05T18:00"),
        ("08:00-20:00 Pacific/Apia", "2011-12-30T12:00", "down", "2011-12-30T06:00", "2011-12-30T18:00"),
        ("09:00-17:30 Asia/Kathmandu", "2026-11-21T04:00", "up", "2026-11-21T03:15", "2026-11-21T11:45"),
    ],
)
def test_known_schedules_have_known_answers(text: str, at: str, state: str, since: str, until: str) -> None:
    answer = parse(text).at(utc(at))
    assert (answer.state, answer.since, answer.until) == (state, utc(since), utc(until))


@pytest.mark.parametrize(
    "text",
    [
        "always",
        "00:00-24:00 Europe/Berlin",
        "Mon-Sun 00:00-24:00 Pacific/Apia",
        "06:00-22:00, 22:00-06:00 America/Havana",
        "Tue-Sun 00:00-24:00, Mon#1 00:00-24:00, Mon#2 00:00-24:00, Mon#3 00:00-24:00, Mon#4 00:00-24:00, "
        "Mon#5 00:00-24:00 Africa/Cairo",
    ],
)
def test_a_schedule_that_never_closes_is_up_for_ever(text: str) -> None:
    schedule = parse(text)
    answer = schedule.at(utc("2026-11-21T12:00"))
    assert (answer.state, answer.since, answer.until) == ("up", None, None)
    assert not list(schedule.edges(utc("2026-01-01T00:00"), utc("2027-01-01T00:00")))


def test_the_schedule_never_is_down_for_ever() -> None:
    assert parse("never").at(utc("2026-11-21T12:00")) == Answer("down", "never", None, None)


def test_a_schedule_that_is_always_up_has_edges_only_at_its_days_off() -> None:
    schedule = parse("00:00-24:00 Europe/Berlin except 2020-12-24, 2031-12-24/2031-12-26")
    answer = schedule.at(utc("2026-11-21T12:00"))
    assert (answer.since, answer.until) == (utc("2020-12-24T23:00"), utc("2031-12-23T23:00"))
    assert schedule.at(utc("2032-01-01T00:00")).until is None
    assert schedule.at(utc("2020-01-01T00:00")).since is None


def test_a_dated_window_stands_alone_and_is_down_for_ever_around_it() -> None:
    schedule = parse("2026-12-24T08:00/2026-12-26T20:00 Europe/Berlin")
    start, end = utc("2026-12-24T07:00"), utc("2026-12-26T19:00")
    assert [schedule.at(at).since for at in (utc("2020-01-01T00:00"), start, end)] == [None, start, end]
    assert [schedule.at(at).until for at in (utc("2020-01-01T00:00"), start, end)] == [start, end, None]


def test_a_long_dated_window_takes_its_beginning_from_the_week_it_begins_in() -> None:
    schedule = parse("Mon-Fri 08:00-20:00, 2020-11-18T12:00/2030-11-18T12:00 UTC")
    answer = schedule.at(utc("2026-11-21T12:00"))
    assert (answer.since, answer.until) == (utc("2020-11-18T08:00"), utc("2030-11-18T20:00"))


def test_a_holiday_is_down_from_the_evening_before_and_says_why(golden: Golden) -> None:
    schedule = parse("Mon-Fri 08:00-20:00 Europe/Berlin except holidays DE-BE")
    closed = frozenset({date(2026, 12, 25)})
    found = schedule.at(utc("2026-12-25T12:00"), holidays=closed)
    assert (found.state, found.since) == ("down", utc("2026-12-24T19:00"))
    assert found.until == utc("2026-12-28T07:00")
    assert found.why == golden
    assert schedule.at(utc("2026-12-25T12:00")).state == "up"
    assert schedule.calendars == ("DE-BE",)


def test_a_schedule_that_names_no_calendar_has_no_holidays() -> None:
    assert OFFICE.at(utc("2026-12-25T12:00"), holidays=frozenset({date(2026, 12, 25)})).state == "up"


def test_a_night_that_begins_before_a_day_off_goes_on_into_it(golden: Golden) -> None:
    schedule = parse("22:00-06:00 UTC except 2026-12-24")
    assert schedule.at(utc("2026-12-24T05:00")).state == "up"
    off = schedule.at(utc("2026-12-24T23:00"))
    assert (off.state, off.until) == ("down", utc("2026-12-25T22:00"))
    assert off.why == golden
    assert schedule.at(utc("2026-12-25T05:00")).why == "outside 22:00-06:00 UTC"


def test_a_date_of_its_own_opens_on_a_day_off() -> None:
    schedule = parse("Mon-Fri 08:00-20:00, 2026-12-24T10:00/2026-12-24T12:00 UTC except 2026-12-24")
    assert [edge.instant for edge in schedule.edges(utc("2026-12-24T00:00"), utc("2026-12-25T00:00"))] == [
        utc("2026-12-24T10:00"),
        utc("2026-12-24T12:00"),
    ]


def test_a_stop_only_schedule_goes_down_and_starts_nothing() -> None:
    schedule = parse("Mon-Fri stop 19:00 Europe/Berlin")
    why = "Mon-Fri stop 19:00 Europe/Berlin; nothing starts it by itself"
    assert schedule.at(utc("2026-11-23T18:00")) == Answer("down", why, utc("2026-11-23T18:00"), None)
    assert schedule.at(utc("2026-11-23T17:59")).since == utc("2026-11-20T18:00")
    assert not schedule.starts
    assert OFFICE.starts


def test_before_its_first_stop_nothing_is_scheduled() -> None:
    schedule = parse("stop 2026-12-24T19:00, stop 2026-12-31T19:00 Europe/Berlin")
    first = utc("2026-12-24T18:00")
    before = schedule.at(utc("2026-11-23T18:00"))
    assert (before.state, before.since, before.until) == ("unscheduled", None, first)
    assert (schedule.at(first).state, schedule.at(first).since) == ("down", first)
    assert schedule.at(utc("2030-01-01T00:00")).since == utc("2026-12-31T18:00")


def test_a_start_only_schedule_goes_up_and_stops_nothing() -> None:
    schedule = parse("Mon-Fri start 08:00 Europe/Berlin")
    why = "Mon-Fri start 08:00 Europe/Berlin; nothing stops it by itself"
    assert schedule.at(utc("2026-11-21T12:00")) == Answer("up", why, utc("2026-11-20T07:00"), None)
    edges = list(schedule.edges(utc("2026-11-20T00:00"), utc("2026-11-23T12:00")))
    assert [(edge.instant, edge.action) for edge in edges] == [
        (utc("2026-11-20T07:00"), "up"),
        (utc("2026-11-23T07:00"), "up"),
    ]
    assert schedule.starts
    assert schedule.one_way


@pytest.mark.parametrize(
    ("text", "at", "state", "since", "until"),
    [
        # A start lasts until the next stop, or the end of a window.
        (
            "Mon start 08:00, Fri stop 20:00 UTC",
            "2026-11-25T03:00",
            "up",
            "2026-11-23T08:00",
            "2026-11-27T20:00",
        ),
        (
            "Mon start 08:00, Fri stop 20:00 UTC",
            "2026-11-28T03:00",
            "down",
            "2026-11-27T20:00",
            "2026-11-30T08:00",
        ),
        (
            "Mon-Fri 08:00-20:00, Sat start 10:00 UTC",
            "2026-11-22T03:00",
            "up",
            "2026-11-21T10:00",
            "2026-11-23T20:00",
        ),
        # A stop within a window, and a stop after the window, which stops what people have started since.
        (
            "Mon-Fri 08:00-20:00, Wed stop 12:00 UTC",
            "2026-11-25T15:00",
            "down",
            "2026-11-25T12:00",
            "2026-11-26T08:00",
        ),
        (
            "Mon-Fri 08:00-20:00, Sat stop 14:00 UTC",
            "2026-11-21T13:00",
            "down",
            "2026-11-20T20:00",
            "2026-11-23T08:00",
        ),
        (
            "Mon-Fri 08:00-20:00, Sat stop 14:00 UTC",
            "2026-11-21T15:00",
            "down",
            "2026-11-21T14:00",
            "2026-11-23T08:00",
        ),
        # A window's end is no edge if something starts at the same time.
        (
            "Mon 08:00-20:00, Mon start 20:00, Tue stop 09:00 UTC",
            "2026-11-23T21:00",
            "up",
            "2026-11-23T20:00",
            "2026-11-24T09:00",
        ),
        # A start is at the first of two 02:30s, a stop at the second; both come right after a skipped hour.
        (
            "Sun start 02:30, Sun stop 05:00 Europe/Berlin",
            "2026-10-25T00:30",
            "up",
            "2026-10-25T00:30",
            "2026-10-25T04:00",
        ),
        (
            "Sun start 01:00, Sun stop 02:30 Europe/Berlin",
            "2026-10-25T01:00",
            "up",
            "2026-10-24T23:00",
            "2026-10-25T01:30",
        ),
        (
            "Sun start 02:30, Sun stop 05:00 Europe/Berlin",
            "2026-03-29T01:00",
            "up",
            "2026-03-29T01:00",
            "2026-03-29T03:00",
        ),
        # On a day off nothing starts and nothing stops.
        (
            "Mon start 08:00, Wed stop 20:00 UTC except 2026-11-25",
            "2026-11-27T03:00",
            "up",
            "2026-11-23T08:00",
            "2026-12-02T20:00",
        ),
        (
            "24 Dec start 08:00, 6 Jan stop 20:00 UTC",
            "2026-01-01T03:00",
            "up",
            "2025-12-24T08:00",
            "2026-01-06T20:00",
        ),
    ],
)
def test_starts_and_stops_hold_until_the_next(text: str, at: str, state: str, since: str, until: str) -> None:
    answer = parse(text).at(utc(at))
    assert (answer.state, answer.since, answer.until) == (state, utc(since), utc(until))


def test_a_dated_start_between_windows_ends_with_the_next_window() -> None:
    schedule = parse("Mon-Fri 08:00-20:00, start 2026-12-26T10:00 UTC")
    answer = schedule.at(utc("2026-12-27T12:00"))
    assert (answer.state, answer.why) == ("up", "start 2026-12-26T10:00 UTC")
    assert (answer.since, answer.until) == (utc("2026-12-26T10:00"), utc("2026-12-28T20:00"))
    assert schedule.at(utc("2026-12-26T09:00")).why == "outside Mon-Fri 08:00-20:00 UTC"


def test_a_stop_at_a_time_that_comes_twice_happens_once_at_the_second() -> None:
    schedule = parse("Sun stop 02:30 Europe/Berlin")
    edges = list(schedule.edges(utc("2026-10-24T12:00"), utc("2026-10-26T12:00")))
    assert [edge.instant for edge in edges] == [utc("2026-10-25T01:30")]


def test_edges_are_named_by_their_first_day_and_their_rule_with_its_zone() -> None:
    schedule = parse("Mon 22:00-06:00 Europe/Berlin")
    rule = "Mon 22:00-06:00 Europe/Berlin"
    assert list(schedule.edges(utc("2026-11-23T00:00"), utc("2026-11-30T00:00"))) == [
        Transition(utc("2026-11-23T21:00"), "up", date(2026, 11, 23), rule),
        Transition(utc("2026-11-24T05:00"), "down", date(2026, 11, 23), rule),
    ]


def test_edges_include_their_start_and_not_their_end() -> None:
    up, down = utc("2026-11-23T07:00"), utc("2026-11-23T19:00")
    assert [edge.action for edge in OFFICE.edges(up, down)] == ["up"]
    assert [edge.action for edge in OFFICE.edges(down, down)] == []


def test_the_next_transitions_are_read_without_computing_the_rest() -> None:
    edges = list(islice(OFFICE.edges(utc("2026-11-20T12:00"), utc("9000-01-01T00:00")), 3))
    assert [edge.instant for edge in edges] == [
        utc("2026-11-20T19:00"),
        utc("2026-11-23T07:00"),
        utc("2026-11-23T19:00"),
    ]


def test_a_merged_window_ends_by_the_rule_that_ends_last() -> None:
    schedule = parse("Mon-Fri 08:00-18:00, Fri 16:00-22:00 UTC")
    up, down = schedule.edges(utc("2026-11-20T00:00"), utc("2026-11-21T00:00"))
    assert (up.rule, down.rule) == ("Mon-Fri 08:00-18:00 UTC", "Fri 16:00-22:00 UTC")
    assert schedule.at(utc("2026-11-20T19:00")).why == "Fri 16:00-22:00 UTC"
