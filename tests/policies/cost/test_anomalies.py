"""A day that cost far more than the environment's own recent weeks, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.anomalies import Anomaly, Change, ChangeKind, DayCost, Share, anomaly

DAY = date(2026, 11, 26)
USD = 1_000_000


def week(back: int, **services: float) -> DayCost:
    return DayCost(DAY - timedelta(weeks=back), {name: int(usd * USD) for name, usd in services.items()})


def history(*totals: float) -> list[DayCost]:
    return [week(n, web=usd) for n, usd in enumerate(totals, 1)]


@pytest.mark.parametrize(
    ("today", "earlier", "found"),
    [
        (10, (10, 10, 10, 10), False),
        (30, (10, 10.4, 9.8, 10.1), True),
        (3, (10, 10.4, 9.8, 10.1), True),
        (12.4, (10, 10, 10, 10), False),
        (12.6, (10, 10, 10, 10), True),
        (1.4, (0.5, 0.5, 0.5), False),
        (1.6, (0.5, 0.5, 0.5), True),
        (14, (8, 12, 10, 9), False),
        (18, (10, 100, 10.2, 9.9), True),
        (10, (10, 100, 10.2, 9.9), False),
        (30, (10, 10), False),
    ],
    ids=[
        "as usual", "dearer", "cheaper", "less than a quarter", "more than a quarter", "less than a dollar",
        "more than a dollar", "weeks that differ", "an earlier outlier hides nothing", "nor makes one",
        "too few",
    ],
)  # fmt: skip
def test_a_day_far_outside_its_own_weeks_is_found(
    today: float, earlier: tuple[float, ...], found: bool
) -> None:
    assert (anomaly(week(0, web=today), history(*earlier)) is not None) is found


def test_only_the_same_weekday_of_the_last_eight_weeks_is_compared() -> None:
    other_days = [DayCost(DAY - timedelta(days=n), {"web": 1}) for n in (1, 2, 3, 8, 57)]
    assert anomaly(week(0, web=30), other_days) is None
    long_ago = [week(n, web=30) for n in range(9, 30)]
    assert anomaly(week(0, web=30), [*long_ago, *history(10, 10, 10)]) is not None
    assert anomaly(week(0, web=30), history(10, 10, 10)) == Anomaly(
        DAY, 30 * USD, 10 * USD, 3, (Share("web", 30 * USD, 10 * USD),), ()
    )


def test_an_anomaly_names_only_the_services_that_explain_it() -> None:
    earlier = [week(n, web=5, api=3, worker=2) for n in (1, 2, 3, 4)]
    found = anomaly(week(0, web=5.1, api=12, worker=1.5), earlier)
    assert found is not None
    assert [(s.service, s.change) for s in found.services] == [("api", 9 * USD)]
    several = anomaly(week(0, web=9, api=8, worker=6, cron=0.2), earlier)
    assert several is not None
    assert [s.service for s in several.services] == ["api", "web", "worker"]


def test_an_anomaly_names_what_was_done_that_day_or_the_day_before() -> None:
    earlier = [week(n, web=5, api=3) for n in (1, 2, 3, 4)]
    scaled = Change(ChangeKind.SCALE, DAY, "api", by="Ada")
    asked = [
        scaled,
        Change(ChangeKind.DEPLOYMENT, DAY - timedelta(days=1), "api"),
        Change(ChangeKind.DEPLOYMENT, DAY - timedelta(days=2), "api"),
        Change(ChangeKind.DEPLOYMENT, DAY + timedelta(days=1), "api"),
        Change(ChangeKind.SCALE, DAY, "web"),
        Change(ChangeKind.SCHEDULE, DAY),
    ]
    found = anomaly(week(0, web=5, api=20), earlier, asked)
    assert found is not None
    assert found.changes == (scaled, asked[1], asked[5])


def test_a_service_that_never_ran_before_is_new() -> None:
    earlier = [week(n, web=5) for n in (1, 2, 3)]
    found = anomaly(week(0, web=5, batch=40), earlier)
    assert found is not None
    new = Change(ChangeKind.NEW_SERVICE, DAY, "batch")
    assert found.changes == (new,)
    assert anomaly(week(0, web=5, batch=40), earlier, [new]) == found


def test_a_service_that_runs_on_other_weekdays_is_not_new_on_this_one() -> None:
    weekdays = [DayCost(DAY - timedelta(days=n), {"web": 5 * USD}, on=43_200) for n in (1, 2, 8, 9, 15, 16)]
    found = anomaly(replace(week(0, web=20), on=86_400), [*weekdays, *(week(n) for n in (1, 2, 3))])
    assert found is not None
    assert found.changes == (Change(ChangeKind.HOURS, DAY),)
    assert (found.usual, found.hours) == (0, (0, 24))


def test_back_filled_and_metered_days_are_not_compared() -> None:
    back_filled = [replace(day, backfilled=True) for day in history(10, 10, 10)]
    assert anomaly(week(0, web=30), back_filled) is None
    assert anomaly(replace(week(0, web=30), backfilled=True), back_filled) is not None
    assert anomaly(replace(week(0, web=30), backfilled=True), history(10, 10, 10)) is None


def test_tasks_are_compared_by_themselves_if_too_few_days_are_known_alike() -> None:
    """In the first weeks of a new environment: a back-filled day contains only tasks."""
    back_filled = [DayCost(d.day, d.services, backfilled=True, tasks=d.services) for d in history(10, 10, 10)]
    usual = replace(week(0, web=10, db=30), tasks={"web": 10 * USD})
    assert anomaly(usual, back_filled) is None
    dear = replace(week(0, web=25, db=30), tasks={"web": 25 * USD})
    found = anomaly(dear, back_filled)
    assert found is not None
    assert (found.micros, found.usual, found.tasks) == (25 * USD, 10 * USD, True)
    assert [share.service for share in found.services] == ["web"]
    assert anomaly(replace(dear, tasks=None), back_filled) is None, "it ran on Spot"
    enough = anomaly(dear, [*back_filled, *history(10, 10, 10)])
    assert enough is not None and not enough.tasks


def used(back: int, usd: float, *, tasks: int, hours: int) -> DayCost:
    """Return a day of one service, with this many tasks of a vCPU for this many hours."""
    cost, seconds = {"web": int(usd * USD)}, hours * 3_600
    return DayCost(DAY - timedelta(weeks=back), cost, {"web": tasks * 1_000 * seconds}, seconds)


@pytest.mark.parametrize(
    ("tasks", "hours", "kinds"),
    [
        (6, 12, [ChangeKind.SCALE]),
        (2, 24, [ChangeKind.HOURS]),
        (6, 24, [ChangeKind.HOURS, ChangeKind.SCALE]),
        (2, 12, []),
    ],
)
def test_more_tasks_are_told_from_more_hours(tasks: int, hours: int, kinds: list[ChangeKind]) -> None:
    earlier = [used(n, 10, tasks=2, hours=12) for n in (1, 2, 3)]
    found = anomaly(used(0, 40, tasks=tasks, hours=hours), earlier)
    assert found is not None
    assert [change.kind for change in found.changes] == kinds
    assert (found.hours, found.change) == ((12, hours), 30 * USD)


amounts = st.lists(st.integers(0, 100 * USD), min_size=4, max_size=8)


@given(amounts=amounts, wild=st.integers(0, 10_000 * USD))
def test_a_day_within_its_weeks_is_no_anomaly_whatever_one_earlier_day_was(
    amounts: list[int], wild: int
) -> None:
    """Even if one of the days is extreme, the median stays among the others."""
    others = sorted(amounts)[1:-1]
    earlier = [DayCost(DAY - timedelta(weeks=n), {"": a}) for n, a in enumerate([*others, wild], 1)]
    same = [DayCost(DAY - timedelta(weeks=n), {"": others[0]}) for n in range(1, 5)] + [
        DayCost(DAY - timedelta(weeks=5), {"": wild})
    ]
    assert anomaly(DayCost(DAY, {"": others[0]}), same) is None
    found = anomaly(DayCost(DAY, {"": max(others)}), earlier)
    assert found is None or min(others) <= found.usual <= max([*others, wild])
