"""Times up or down that are shorter than a stop and a start take, whatever causes them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.schedule.gaps import TAKES, too_short
from policies.schedule.rules import DaysOff, Timetable, Weekly
from policies.schedule.schedule import Schedule, parse
from tests.golden import Golden
from tests.policies import schedules as any_

DOWN = [
    (
        "Sun-Fri 00:00-23:59 Europe/Berlin",
        "down for 1 minute at 23:59 on 5 days a week",
        "Sun-Fri 00:00-24:00",
    ),
    ("06:00-23:59, 00:00-01:00 UTC", "down for 1 minute at 23:59 each day", "06:00-24:00"),
    ("Mon-Fri 08:00-10:00, Mon-Fri 10:01-20:00 UTC", "down for 1 minute at 10:00", "Mon-Fri 08:00-10:01"),
    ("08:00-07:59 UTC", "down for 1 minute at 07:59 each day", "00:00-24:00"),
    ("Fri 22:00-05:50, Sat 06:00-12:00 UTC", "down for 10 minutes at 05:50", "Fri 22:00-06:00"),
    ("Jan-Mar 00:00-23:59 UTC", "down for 1 minute at 23:59", "Jan-Mar 00:00-24:00"),
    ("L 00:00-23:59, 1 00:00-12:00 UTC", "down for 1 minute at 23:59", "L 00:00-24:00"),
    ("31 Dec 00:00-23:59, 1 Jan 00:00-12:00 UTC", "down for 1 minute at 23:59", "31 Dec 00:00-24:00"),
    ("29 Feb 08:00-23:50, Mar 00:00-12:00 UTC", "down for 10 minutes at 23:50", "29 Feb 08:00-24:00"),
    # If the first window is already as long as possible, the second begins too late.
    ("Jan-Jun 00:00-24:00, Jul-Dec 00:01-24:00 UTC", "down for 1 minute at 00:00", "Jul-Dec 00:00-24:00"),
    (
        "Mon-Fri 00:00-24:00, Sat-Sun 00:05-24:00 UTC",
        "down for 5 minutes at 00:00 on 2 days a week",
        "Sat-Sun 00:00-24:00",
    ),
    ("Mon-Fri 08:00-20:00, Wed stop 12:00, Wed start 12:05 UTC", "down for 5 minutes at 12:00", ""),
    ("Mon-Fri 08:00-20:00, Fri start 20:05 UTC", "down for 5 minutes at 20:00", "Mon-Fri 08:00-20:05"),
    ("Mon stop 20:00, Mon start 20:14 UTC", "down for 14 minutes at 20:00", ""),
    (
        "2026-12-24T08:00/2026-12-24T12:00, 2026-12-24T12:01/2026-12-24T18:00 UTC",
        "down for 1 minute at 12:00",
        "",
    ),
    (
        "Mon-Fri 08:00-20:00, 2026-12-25T20:01+01:00/2026-12-26T12:00+01:00 Europe/Berlin",
        "down for 1 minute at 20:00",
        "Mon-Fri 08:00-20:01",
    ),
]
UP = [
    ("Mon-Fri 08:00-08:05 UTC", "up for 5 minutes at 08:00 on 5 days a week"),
    ("Mon start 08:00, Mon stop 08:10 UTC", "up for 10 minutes at 08:00"),
    ("Mon-Fri 08:00-20:00, Mon-Fri stop 08:01 UTC", "up for 1 minute at 08:00"),
    ("2026-12-24T08:00/2026-12-24T08:14 UTC", "up for 14 minutes at 08:00"),
    # Only the rest that an exception leaves of a night is too short; a holiday may be any day.
    ("Mon 23:50-24:00, Tue 00:00-08:00 UTC except 2026-12-29", "up for 10 minutes at 23:50"),
    ("Mon 23:50-24:00, Tue 00:00-08:00 UTC except holidays DE", "up for 10 minutes at 23:50"),
]
LONG = [
    "always",
    "never",
    "00:00-24:00 UTC",
    "00:00-24:00 UTC except 2026-12-24, holidays DE",
    "Mon-Fri 08:00-20:00 Europe/Berlin",
    "Mon-Fri 08:00-12:00, Mon-Fri 12:15-20:00 UTC",
    "12:00-12:15 UTC",
    "06:00-24:00, 00:00-01:00 UTC",
    "Mon-Fri stop 19:00, Mon-Fri stop 19:01 UTC",
    "Mon-Fri start 08:00, Mon-Fri start 08:01 UTC",
    "Mon-Fri 08:00-20:00, Mon-Fri stop 20:05 UTC",
    # On nights when clocks change these windows are shorter, or vanish.
    "Sun 01:50-03:00 Europe/Berlin",
    "Sun 02:10-03:05 Europe/Berlin",
    "22:00-01:55, 03:00-08:00 Europe/Berlin",
    "Sun start 01:55, Sun stop 03:05 Europe/Berlin",
    "23:00-24:00, 01:00-08:00 Africa/Cairo",
]


@pytest.mark.parametrize(("text", "told", "meant"), DOWN)
def test_a_short_gap_is_reported_with_the_likely_meaning(text: str, told: str, meant: str) -> None:
    said = too_short(parse(text))
    assert f"It would be {told}" in said
    assert f'did you mean "{meant}"' in said if meant else "leave no gap, or a longer one." in said


@pytest.mark.parametrize(("text", "told"), UP)
def test_a_window_shorter_than_a_start_is_reported(text: str, told: str) -> None:
    assert f"It would be {told}" in too_short(parse(text))


@pytest.mark.parametrize("text", LONG)
def test_a_long_gap_or_one_that_only_clocks_shorten_is_not_reported(text: str) -> None:
    assert too_short(parse(text)) == ""


def test_short_gaps_are_reported_in_these_sentences(golden: Golden) -> None:
    texts = ("Sun-Fri 00:00-23:59 UTC", "Mon stop 20:00, Mon start 20:14 UTC", "08:00-08:01 UTC")
    assert [too_short(parse(text)) for text in texts] == golden


minutes = st.sampled_from([0, 5, 14, 15, 16, 30, 479, 480, 481, 490, 600, 1200, 1425, 1426, 1435, 1439])


@st.composite
def rules(draw: st.DrawFn) -> Weekly:
    days = draw(any_.of_the_week.map(lambda days: type(days)(days.week or frozenset({0}))))
    kind, opens = draw(st.sampled_from(["window", "window", "start", "stop"])), draw(minutes)
    if kind == "window":
        closes = draw(minutes)
        return Weekly(days, opens, closes if closes > opens else closes + 1440)
    return Weekly(days, opens, opens, starting=kind == "start")


@given(st.lists(rules(), min_size=1, max_size=3, unique=True))
@settings(max_examples=60, deadline=None)
def test_a_schedule_is_reported_if_a_clock_read_each_minute_shows_a_short_state(found: list[Weekly]) -> None:
    schedule = Schedule(Timetable(tuple(found), "UTC"))
    lengths = [len(list(run)) for _, run in groupby(_read_each_minute(found))]
    short = any(timedelta(minutes=length) < TAKES for length in lengths[1:-1])
    assert bool(too_short(schedule)) is short, str(schedule)


def _read_each_minute(found: list[Weekly]) -> list[bool]:
    """Return two weeks, minute by minute, by windows, starts and stops. A week before them only settles how
    they begin.
    """
    end = 21 * 1440
    open_at, starts, stops = set[int](), set[int](), set[int]()
    for n in range(-1, 22):
        for rule in (rule for rule in found if (n % 7) in rule.days.week):
            at, until = n * 1440 + rule.opens, n * 1440 + rule.closes
            open_at |= set(range(at, until))
            starts |= {at} if rule.starts else set()
            stops |= {at} if rule.stops else set()
    states, state = list[bool](), False
    for minute in range(end):
        opens = minute in open_at and minute - 1 not in open_at
        closes = minute not in open_at and minute - 1 in open_at
        state = True if opens or minute in starts else False if closes or minute in stops else state
        states.append(state)
    return states[7 * 1440 :]


@given(any_.schedules)
@settings(max_examples=20, deadline=None)
def test_a_report_on_any_schedule_is_short(schedule: Schedule) -> None:
    said = too_short(schedule)
    assert said == "" or (said[-1] in ".?" and len(said) < 300)


def test_days_off_that_are_far_apart_are_checked_too() -> None:
    spans = ((date(1999, 12, 31), date(1999, 12, 31)), (date(2040, 1, 3), date(2040, 1, 3)))
    table = parse("Mon 23:50-24:00, Tue 00:00-08:00 UTC").table
    assert too_short(Schedule(table)) == ""
    assert too_short(Schedule(Timetable(table.rules, "UTC", DaysOff(spans=spans)))) != ""
