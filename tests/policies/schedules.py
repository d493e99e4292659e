"""Random schedules and instants, and weeks in which clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from policies.schedule.rules import Dated, Days, DaysOff, MonthDay, Point, Rule, Timetable, Weekly
from policies.schedule.schedule import Schedule, parse

CHANGES = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 29)),
    ("America/Havana", date(2026, 3, 8)),
    ("America/Havana", date(2026, 11, 1)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Caracas", date(2007, 12, 9)),
    ("Asia/Tehran", date(2022, 9, 21)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Asia/Kathmandu", date(2026, 1, 1)),
)
"""The clocks change by an hour, half an hour, two hours or a whole day; at midnight, before it and after it;
forward, back and for good.
"""
ZONES = tuple(sorted({zone for zone, _ in CHANGES} | {"UTC", "Asia/Kolkata", "Pacific/Chatham"}))

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.integers(0, 131 * 365 * 86_400).map(lambda seconds: _EPOCH + timedelta(seconds=seconds))
weekdays = st.integers(0, 6)
of_the_week = st.builds(
    lambda week, nth: Days(week) | Days(nth=nth),
    st.frozensets(weekdays, max_size=7),
    st.frozensets(st.tuples(weekdays, st.sampled_from([1, 2, 5, -1, -2, -5])), max_size=2),
).filter(lambda found: found != Days())
of_the_month = st.builds(
    lambda dates: Days(dates=dates),
    st.frozensets(
        st.builds(MonthDay, st.sampled_from([1, 2, 14, 15, 16, 29, 30, 31, -1]), st.booleans()),
        min_size=1,
        max_size=4,
    ),
)
seasons = st.one_of(
    st.just(frozenset[int]()), st.just(frozenset[int]()), st.frozensets(st.integers(1, 12), max_size=11)
)
days = st.one_of(of_the_week, of_the_week, of_the_month)
"""The days, in every month."""
some_days = st.builds(lambda found, months: replace(found, months=months), days, seasons).filter(
    lambda found: not found.dates or not found.months or any(each.number <= 28 for each in found.dates)
)
"""Days that do come: a rule for days that its months do not have cannot be written."""
minutes = st.one_of(st.integers(0, 1439), st.sampled_from([0, 30, 60, 119, 120, 150, 180, 1380, 1410, 1439]))
written = st.dates(date(1970, 1, 1), date(2100, 12, 30))


@st.composite
def windows(draw: st.DrawFn) -> Weekly:
    """Windows of up to a minute less than a day, past midnight as often as not."""
    opens = draw(minutes)
    length = draw(st.one_of(st.integers(1, 1439), st.sampled_from([30, 60, 720, 1439])))
    whole = draw(st.integers(0, 9)) == 0
    return Weekly(draw(days), 0, 1440) if whole else Weekly(draw(days), opens, opens + length)


@st.composite
def stops(draw: st.DrawFn) -> Weekly:
    minute = draw(st.one_of(minutes, st.just(1440)))
    return Weekly(draw(days), minute, minute)


@st.composite
def starts(draw: st.DrawFn) -> Weekly:
    minute = draw(minutes)
    return Weekly(draw(days), minute, minute, starting=True)


@st.composite
def seasonal(draw: st.DrawFn) -> Weekly:
    """Rules that hold in some months only."""
    rule = draw(st.one_of(windows(), stops(), starts()))
    return replace(rule, days=draw(some_days))


@st.composite
def dated(draw: st.DrawFn) -> Dated:
    first, utc = draw(written), draw(st.booleans())
    # At least two days, because a zone may have skipped one.
    last = min(first + timedelta(days=draw(st.integers(3, 40))), date(2100, 12, 31))
    if last - first < timedelta(days=3):
        first = last - timedelta(days=3)
    return Dated(Point(first, draw(minutes), utc), Point(last, draw(minutes), utc))


@st.composite
def days_off(draw: st.DrawFn) -> DaysOff:
    first = draw(st.lists(written, max_size=2, unique=True))
    spans = tuple(
        (day, min(day + timedelta(days=draw(st.integers(0, 9))), date(2100, 12, 31))) for day in first
    )
    calendars = st.lists(st.sampled_from(["DE", "DE-BE", "US-NY"]), max_size=2, unique=True)
    return DaysOff(tuple(draw(calendars)), spans)


@st.composite
def opening(draw: st.DrawFn) -> Schedule:
    """Schedules with windows, which start what they stop."""
    rules: list[Rule] = draw(
        st.lists(st.one_of(windows(), windows(), dated()), min_size=1, max_size=4, unique=True)
    )
    if draw(st.integers(0, 5)) == 0:
        rules = [
            Weekly(Days(frozenset(range(7))), 0, 1440),
            *(rule for rule in rules if isinstance(rule, Dated)),
        ]
    weekly = any(isinstance(rule, Weekly) for rule in rules)
    off = draw(days_off()) if weekly else DaysOff()
    return Schedule(Timetable(tuple(rules), draw(st.sampled_from(ZONES)), off))


@st.composite
def mixed(draw: st.DrawFn) -> Schedule:
    """Schedules with rules of every kind together, but without a start and a stop at the same time."""
    rules: list[Rule] = draw(
        st.lists(st.one_of(windows(), stops(), starts(), seasonal()), min_size=2, max_size=4, unique=True)
    )
    stopped = {rule.closes for rule in rules if isinstance(rule, Weekly) and rule.stops}
    rules = [
        rule for rule in rules if not (isinstance(rule, Weekly) and rule.starts and rule.opens in stopped)
    ]
    return Schedule(Timetable(tuple(rules), draw(st.sampled_from(ZONES)), draw(days_off())))


@st.composite
def stopping(draw: st.DrawFn) -> Schedule:
    rules: list[Rule] = draw(st.lists(stops(), min_size=1, max_size=3, unique=True))
    return Schedule(Timetable(tuple(rules), draw(st.sampled_from(ZONES)), draw(days_off())))


schedules = st.one_of(
    opening(), opening(), stopping(), mixed(), st.sampled_from([parse("always"), parse("never")])
)
