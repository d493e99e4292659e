"""Savings of a schedule: what it saved itself, and not a cent more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.rolling import Where, day_rows
from policies.cost.savings import (
    Cause,
    Interval,
    Off,
    Rates,
    Savings,
    kept_off,
    rates,
    saved,
    saved_by_rows,
)
from policies.cost.seconds import midnights
from policies.cost.spans import Kind, Part, Source
from tests.policies.cost.ledger import PRICES, US, task, utc

NOW = utc("2026-11-30 12:00")
NIGHT = (utc("2026-11-03 20:00"), utc("2026-11-04 08:00"))


def off(begin: str, end: str, cause: Cause = Cause.SCHEDULE) -> Off:
    return Off(utc(begin), utc(end), cause)


def hours(kept: tuple[Interval, ...]) -> float:
    return sum((end - begin) / timedelta(hours=1) for begin, end in kept)


@pytest.mark.parametrize(
    ("was", "counted"),
    [
        ([off("2026-11-03 20:00", "2026-11-04 08:00")], 12),
        ([off("2026-11-03 21:30", "2026-11-04 08:00")], 10.5),
        ([off("2026-11-03 20:00", "2026-11-04 10:00")], 12),
        ([off("2026-11-03 18:00", "2026-11-04 08:00", Cause.PERSON)], 0),
        (
            [
                off("2026-11-03 20:00", "2026-11-03 22:00"),
                off("2026-11-03 23:00", "2026-11-04 08:00", Cause.PERSON),
            ],
            2,
        ),
        (
            [
                off("2026-11-03 20:00", "2026-11-04 08:00"),
                off("2026-11-04 02:00", "2026-11-04 03:00", Cause.PERSON),
            ],
            11,
        ),
        ([off("2026-11-03 20:00", "2026-11-04 03:00"), off("2026-11-04 01:00", "2026-11-04 08:00")], 12),
        ([], 0),
    ],
    ids=[
        "whole",
        "late",
        "its start failed",
        "by a person",
        "woken and stopped",
        "both at once",
        "said twice",
        "never",
    ],
)  # fmt: skip
def test_only_what_the_schedule_itself_kept_off_counts(was: list[Off], counted: float) -> None:
    assert hours(kept_off(was, [NIGHT])) == counted


def test_a_saving_is_what_running_would_have_cost_less_what_was_paid() -> None:
    """Twelve hours at 1.25 USD, for which 3.60 were paid all the same."""
    found = saved([NIGHT], hourly=1_250_000, paid=3_600_000)
    assert (found.seconds, found.micros) == (43_200, 11_400_000)


@pytest.mark.parametrize(
    ("savings", "micros"),
    [
        (Savings(3_600, None, 0), None),
        (Savings(3_600, 1_000, None), None),
        (Savings(0, None, None), 0),
        (Savings(3_600, 1_000, 2_000), 0),
        (Savings(1, 3_599, 0), 0),
        (Savings(1, 3_600, 0), 1),
    ],
)
def test_a_saving_without_a_figure_is_unknown_and_is_never_rounded_up(
    savings: Savings, micros: int | None
) -> None:
    assert savings.micros == micros


def test_an_hour_on_costs_its_tasks_and_what_is_always_paid() -> None:
    """A day with ten hours on: the tasks cost 0.0123425 an hour, a load balancer 0.0225 all day."""
    running = task("2026-11-03 08:00", "2026-11-03 18:00")
    balancer = replace(
        task("2026-11-01 00:00", "2026-11-09 00:00", (Part("elb.application", 1_000),), service="lb"),
        kind=Kind.BALANCER,
    )
    day = day_rows(
        Where("staging", UTC, US), [running, balancer], days=[date(2026, 11, 3)], prices=PRICES, now=NOW
    )
    assert rates(day, 86_400) == Rates(on=12_342 + 22_500, off=22_500)
    assert rates([r for r in day if r.service == "lb"], 86_400) == Rates(on=None, off=22_500)
    assert rates([], 86_400) == Rates(None, None)
    assert rates([replace(r, micros=None) for r in day], 86_400) == Rates(None, None)


def test_by_days_an_environment_was_off_no_longer_than_it_was_not_on() -> None:
    """Twelve hours of a day were meant to be off, and the environment was on for 14 hours: at most 10 hours
    were off. A load balancer goes on, so only the tasks' part is saved.
    """
    running = task("2026-11-03 08:00", "2026-11-03 22:00")
    balancer = replace(
        task("2026-11-01 00:00", "2026-11-09 00:00", (Part("elb.application", 1_000),), service="lb"),
        kind=Kind.BALANCER,
    )
    where, day = Where("staging", UTC, US), date(2026, 11, 3)
    days = {day: midnights(day, UTC)}
    rows = day_rows(where, [running, balancer], days=days, prices=PRICES, now=NOW)
    kept = [(utc("2026-11-03 00:00"), utc("2026-11-03 08:00")), NIGHT]
    found = saved_by_rows(kept, rows, days=days, seconds=86_400)
    assert (found.seconds, found.hourly, found.paid) == (10 * 3_600, 12_342 + 22_500, 225_000)
    assert found.micros == 123_420
    assert saved_by_rows(kept, [], days=days, seconds=86_400).micros is None
    assert saved_by_rows([], rows, days=days, seconds=86_400).micros == 0


def test_a_stop_that_failed_saves_nothing_by_hours_that_a_person_kept_it_off() -> None:
    """On Tuesday the clock's stop at 20:00 failed, so the environment ran on. On Wednesday a person had it
    off all day, which counts as nobody's savings and adds no hours to the night before.
    """
    days = {day: midnights(day, UTC) for day in (date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5))}
    running = [task("2026-11-03 00:00", "2026-11-04 08:00"), task("2026-11-05 00:00", "2026-11-06 00:00")]
    rows = day_rows(Where("staging", UTC, US), running, days=days, prices=PRICES, now=NOW)
    assert saved_by_rows([NIGHT], rows, days=days, seconds=3 * 86_400).seconds == 8 * 3_600


def test_metered_days_give_the_hourly_cost() -> None:
    """The back-fill takes Spot for on demand, so less was saved than it would show."""
    day, before = date(2026, 11, 3), date(2026, 11, 2)
    days, where = {day: midnights(day, UTC)}, Where("staging", UTC, US)
    metered = day_rows(
        where, [task("2026-11-03 08:00", "2026-11-03 20:00")], days=days, prices=PRICES, now=NOW
    )
    dear = [
        replace(row, day=before, micros=row.micros and row.micros * 9, source=Source.INSIGHTS)
        for row in metered
    ]
    found = saved_by_rows([NIGHT], [*dear, *metered], days=days, seconds=86_400)
    assert found == saved_by_rows([NIGHT], metered, days=days, seconds=86_400)
    assert found.micros
    assert saved_by_rows([NIGHT], dear, days=days, seconds=86_400).micros is None


instants = st.integers(0, 200).map(lambda n: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=n))
intervals = st.tuples(instants, instants)
offs = st.builds(lambda pair, cause: Off(pair[0], pair[1], cause), intervals, st.sampled_from(Cause))


@given(was=st.lists(offs, max_size=6), scheduled=st.lists(intervals, max_size=6))
def test_a_saving_never_exceeds_what_the_schedule_did(was: list[Off], scheduled: list[Interval]) -> None:
    """The same, computed hour by hour."""
    kept = kept_off(was, scheduled)
    assert list(kept) == sorted(kept)
    for n in range(200):
        at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=n, minutes=30)
        causes = {o.cause for o in was if o.begin <= at < o.end}
        meant = any(begin <= at < end for begin, end in scheduled)
        assert any(begin <= at < end for begin, end in kept) == (meant and causes == {Cause.SCHEDULE})
