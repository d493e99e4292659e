"""What must hold for every schedule, and an oracle that only reads a wall clock each minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.schedule.answers import Answer
from policies.schedule.rules import DaysOff, Timetable, Weekly
from policies.schedule.schedule import Schedule, parse
from tests.policies import schedules as any_

_LEAST = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

holidays = st.frozensets(any_.written, max_size=5)


@given(any_.opening(), any_.instants, holidays)
@settings(max_examples=50, deadline=None)
def test_since_and_until_are_the_very_edges_of_the_state(
    schedule: Schedule, instant: datetime, closed: frozenset[date]
) -> None:
    answer = schedule.at(instant, holidays=closed)
    if answer.since is not None:
        assert answer.since <= instant
        assert _span(schedule.at(answer.since, holidays=closed)) == _span(answer)
        assert schedule.at(answer.since - _LEAST, holidays=closed).state != answer.state
    if answer.until is not None:
        assert answer.until > instant
        assert _span(schedule.at(answer.until - _LEAST, holidays=closed)) == _span(answer)
        assert schedule.at(answer.until, holidays=closed).state != answer.state


@given(any_.opening(), any_.instants, holidays)
@settings(max_examples=30, deadline=None)
def test_answers_cover_time_without_gaps_and_edges_are_their_borders(
    schedule: Schedule, instant: datetime, closed: frozenset[date]
) -> None:
    end = instant + 21 * _DAY
    answer, walked = schedule.at(instant, holidays=closed), []
    while answer.until is not None and answer.until < end:
        after = schedule.at(answer.until, holidays=closed)
        assert after.since == answer.until
        walked.append((answer.until, after.state))
        answer = after
    edges = list(schedule.edges(instant + _LEAST, end, holidays=closed))
    assert [(edge.instant, edge.action) for edge in edges] == walked
    names = [(edge.day, edge.rule, edge.action) for edge in edges]
    assert len(set(names)) == len(names)


@given(any_.stopping(), any_.instants, holidays)
@settings(max_examples=30, deadline=None)
def test_a_stop_only_schedule_never_starts_and_says_its_last_stop(
    schedule: Schedule, instant: datetime, closed: frozenset[date]
) -> None:
    answer = schedule.at(instant, holidays=closed)
    assert answer.state == "down"
    assert answer.until is None
    assert answer.since is not None
    since = answer.since
    assert [edge.instant for edge in schedule.edges(since, instant + _LEAST, holidays=closed)] == [since]
    edges = list(islice(schedule.edges(instant, instant + 400 * _DAY, holidays=closed), 5))
    assert {edge.action for edge in edges} == {"down"}
    for edge, following in pairwise(edges):
        assert edge.instant < following.instant
        assert schedule.at(following.instant - _LEAST, holidays=closed).since == edge.instant


@given(st.one_of(any_.opening(), any_.mixed()), any_.instants, st.integers(0, 300), holidays)
@settings(max_examples=20, deadline=None)
def test_hours_up_are_the_sum_of_the_periods_up(
    schedule: Schedule, start: datetime, hours: int, closed: frozenset[date]
) -> None:
    end, at, up = start + timedelta(hours=hours), start, timedelta(0)
    while at < end:
        answer = schedule.at(at, holidays=closed)
        until = min(answer.until or end, end)
        up, at = up + (until - at) * (answer.state == "up" and not schedule.one_way), until
    assert schedule.hours_up(start, end, holidays=closed) == pytest.approx(up / timedelta(hours=1))


@pytest.mark.parametrize(("zone", "change"), any_.CHANGES, ids=lambda each: str(each))
@given(rules=st.lists(any_.windows(), min_size=1, max_size=3, unique=True), off=st.integers(-3, 4))
@settings(max_examples=2, deadline=None)
def test_every_minute_of_a_week_of_clock_change_agrees_with_a_wall_clock(
    zone: str, change: date, rules: list[Weekly], off: int
) -> None:
    closed = change + off * _DAY
    schedule = Schedule(Timetable(tuple(rules), zone, DaysOff(spans=((closed, closed),))))
    minutes, walls = _read_the_clock(ZoneInfo(zone), change)
    up = _up(rules, walls, {change + n * _DAY for n in range(-6, 7)} - {closed})
    told = [schedule.at(minute).state == "up" for minute in minutes]
    wrong = [(minutes[n], walls[n]) for n in range(len(minutes)) if told[n] != up[n]]
    assert not wrong[:3], str(schedule)


@pytest.mark.parametrize(("zone", "change"), any_.CHANGES, ids=lambda each: str(each))
@pytest.mark.parametrize(
    "hours",
    ["00:00-24:00", "02:00-03:00", "01:30-02:15", "00:00-01:30", "00:00-02:00", "22:30-00:30", "23:30-23:45"],
)
def test_windows_that_meet_a_clock_change_are_right_at_every_minute(
    zone: str, change: date, hours: str
) -> None:
    schedule = parse(f"{hours} {zone}")
    minutes, walls = _read_the_clock(ZoneInfo(zone), change, days=1)
    rules = [rule for rule in schedule.table.rules if isinstance(rule, Weekly)]
    up = _up(rules, walls, {change + n * _DAY for n in range(-4, 5)})
    assert [schedule.at(minute).state == "up" for minute in minutes] == up


@pytest.mark.parametrize(("zone", "change"), any_.CHANGES, ids=lambda each: str(each))
@given(rules=st.lists(any_.seasonal(), min_size=1, max_size=2, unique=True), off=st.integers(-3, 4))
@settings(max_examples=2, deadline=None)
def test_days_of_the_month_and_months_are_right_at_every_minute(
    zone: str, change: date, rules: list[Weekly], off: int
) -> None:
    _is_as_its_turns_leave_it(rules, (zone, change), change + off * _DAY)


@pytest.mark.parametrize(("zone", "change"), any_.CHANGES, ids=lambda each: str(each))
@given(
    windows=st.lists(any_.windows(), max_size=2, unique=True),
    sides=st.lists(st.one_of(any_.starts(), any_.stops()), min_size=1, max_size=2, unique=True),
    off=st.integers(-3, 4),
)
@settings(max_examples=2, deadline=None)
def test_starts_and_stops_hold_until_the_next_at_every_minute(
    zone: str, change: date, windows: list[Weekly], sides: list[Weekly], off: int
) -> None:
    _is_as_its_turns_leave_it([*windows, *sides], (zone, change), change + off * _DAY)


def _is_as_its_turns_leave_it(rules: list[Weekly], place: tuple[str, date], closed: date) -> None:
    """Compare from the first turn in the minutes read; other tests cover what comes before that turn."""
    zone, change = place
    schedule = Schedule(Timetable(tuple(rules), zone, DaysOff(spans=((closed, closed),))))
    minutes, walls = _read_the_clock(ZoneInfo(zone), change)
    states = _walked(rules, walls, {change + n * _DAY for n in range(-6, 7)} - {closed})
    shown = [n for n, state in enumerate(states) if state is not None]
    wrong = [(minutes[n], walls[n]) for n in shown if (schedule.at(minutes[n]).state == "up") != states[n]]
    assert not wrong[:3], str(schedule)


def _walked(rules: list[Weekly], walls: list[datetime], dates: set[date]) -> list[bool | None]:
    """Return the state at each minute. A window's edges and the rules of one side are turns; at the same
    minute, up wins.
    """
    up = _up([rule for rule in rules if rule.opens != rule.closes], walls, dates)
    ups = {n for n in range(1, len(up)) if up[n] and not up[n - 1]}
    downs = {n for n in range(1, len(up)) if up[n - 1] and not up[n]}
    for rule in (rule for rule in rules if rule.opens == rule.closes):
        for day in (day for day in dates if day in rule.days):
            at = datetime.combine(day, time()) + rule.opens * _MINUTE
            if at <= walls[0]:
                continue
            reached = next((n for n, wall in enumerate(walls) if wall >= at), len(walls))
            left = max((n for n, wall in enumerate(walls) if wall == at), default=reached)
            before = next((n for n in range(len(walls) - 1, -1, -1) if walls[n] < at), -1) + 1
            (ups if rule.starts else downs).add(reached if rule.starts else left if at in walls else before)
    states: list[bool | None] = []
    for n in range(len(walls)):
        states.append(True if n in ups else False if n in downs else states[-1] if states else None)
    return states


@given(any_.mixed(), any_.instants, holidays)
@settings(max_examples=30, deadline=None)
def test_each_edge_of_starts_and_stops_sets_the_state_until_the_next(
    schedule: Schedule, instant: datetime, closed: frozenset[date]
) -> None:
    if not schedule.table.one_sided:
        return
    edges = list(islice(schedule.edges(instant, instant + 40 * _DAY, holidays=closed), 12))
    for edge, following in pairwise(edges):
        assert edge.instant < following.instant
        answer = schedule.at(following.instant - _LEAST, holidays=closed)
        assert (answer.state, answer.since) == (edge.action, edge.instant)
        assert schedule.one_way or (answer.until is None) or answer.until >= following.instant
        assert (answer.until == following.instant) is (edge.action != following.action)
    names = [(edge.day, edge.rule, edge.action) for edge in edges]
    assert len(set(names)) == len(names)


@given(any_.mixed(), st.integers(0, 60))
@settings(max_examples=20, deadline=None)
def test_hours_a_week_agree_with_the_hours_between_two_instants(schedule: Schedule, weeks: int) -> None:
    table = replace(schedule.table, zone="UTC", off=DaysOff())
    rules = [rule for rule in table.rules if isinstance(rule, Weekly) and rule.days.regular]
    read = Schedule(replace(table, rules=tuple(rules)))
    start = datetime(2026, 1, 5, tzinfo=UTC) + weeks * 7 * _DAY
    hours = read.hours_a_week()
    assert hours is None or read.hours_up(start, start + 7 * _DAY) == pytest.approx(hours)


@cache
def _read_the_clock(zone: ZoneInfo, change: date, days: int = 4) -> tuple[list[datetime], list[datetime]]:
    """Return the minutes of UTC around a date, and the wall clock at each."""
    start = datetime.combine(change - days * _DAY, time(), tzinfo=UTC)
    minutes = [start + n * _MINUTE for n in range(days * 2 * 1440)]
    return minutes, [minute.astimezone(zone).replace(tzinfo=None, fold=0) for minute in minutes]


def _up(rules: list[Weekly], walls: list[datetime], dates: set[date]) -> list[bool]:
    """Return whether a window is open at each minute.

    A window begins at the first minute whose wall clock has reached its beginning. The window ends at the
    last minute whose wall clock shows its end, or, if no clock shows it, after the last minute before that
    end.
    """
    up = [False] * len(walls)
    for day in dates:
        for rule in rules:
            if day in rule.days:
                begins = datetime.combine(day, time()) + rule.opens * _MINUTE
                ends = datetime.combine(day, time()) + rule.closes * _MINUTE
                first = next((n for n, wall in enumerate(walls) if wall >= begins), len(walls))
                shown = [n for n, wall in enumerate(walls) if wall == ends]
                before = (n for n in range(len(walls) - 1, -1, -1) if walls[n] < ends)
                last = shown[-1] if shown else next(before, -1) + 1
                for n in range(first, last):
                    up[n] = True
    return up


def _span(answer: Answer) -> tuple[str, datetime | None, datetime | None]:
    return answer.state, answer.since, answer.until
