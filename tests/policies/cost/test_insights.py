"""History from Container Insights, against figures worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from policies.cost.fargate import ARM, EC2, SPOT, TaskSize
from policies.cost.insights import QUARTER, REMEMBERED, History, Reserved, beginning, history
from policies.cost.prices import Price, PriceSource
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 23)
NIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)
"""Midnight in Berlin, when Monday begins."""
USD = {"fargate.vcpu.x86": "0.04656", "fargate.gb.x86": "0.00511", "fargate.vcpu.arm": "0.03725"}


def find(item: str) -> Price | None:
    day = date(2026, 11, 30)
    usd = USD.get(item)
    return Price("eu-central-1", item, Decimal(usd), day, PriceSource.LIST) if usd else None


def by(before: date = MONDAY + timedelta(days=1), **sizes: TaskSize) -> History:
    return History("staging", BERLIN, before, sizes, find)


def quarters(count: int, start: datetime = NIGHT, service: str = "web") -> list[Reserved]:
    """Return one task of half a vCPU and one GB, running all the time."""
    return [Reserved(service, start + n * QUARTER, 500 * 900, 1_000 * 900, 900) for n in range(count)]


def test_an_hour_of_half_a_vcpu_and_a_gb_costs_what_the_list_says() -> None:
    cpu, memory, on = sorted(history(quarters(4), by()), key=lambda row: row.item != "fargate.vcpu.x86")
    assert cpu == UsageRow(
        "staging",
        "web",
        MONDAY,
        "fargate.vcpu.x86",
        1_800_000,
        23_280,
        "price list 2026-11-30",
        Source.INSIGHTS,
    )
    assert {memory.item, on.item} == {"fargate.gb.x86", ON}


def test_every_row_is_marked_as_back_filled() -> None:
    assert {row.source for row in history(quarters(4), by())} == {Source.INSIGHTS}


def test_hours_on_are_those_in_which_any_service_ran_and_carry_no_money() -> None:
    points = [*quarters(4), *quarters(2, NIGHT + QUARTER * 3, "api")]
    [on] = [row for row in history(points, by()) if row.item == ON]
    assert (on.service, on.used, on.micros) == ("", 5 * 900, None)


def test_a_night_is_split_at_the_environments_own_midnight() -> None:
    rows = history(quarters(8, NIGHT - 4 * QUARTER), by())
    assert {(row.day, row.used) for row in rows if row.item == "fargate.vcpu.x86"} == {
        (MONDAY - timedelta(days=1), 1_800_000),
        (MONDAY, 1_800_000),
    }


def test_the_day_of_23_hours_has_92_quarters_and_the_one_of_25_has_100() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    for day, count in ((spring, 92), (autumn, 100)):
        start = datetime.combine(day, datetime.min.time(), BERLIN).astimezone(UTC)
        rows = history(quarters(110, start), by(before=day + timedelta(days=1)))
        [on] = [row for row in rows if row.item == ON]
        assert on.used == count * 900


def test_days_that_the_meter_saw_are_left_alone() -> None:
    rows = history(quarters(200), by(before=MONDAY + timedelta(days=1)))
    assert {row.day for row in rows} == {MONDAY}
    assert history(quarters(4), by(before=MONDAY)) == ()


def test_arm_is_priced_as_arm_and_spot_on_demand_since_nothing_tells_it() -> None:
    arm = TaskSize("web", 0.5, 1, architecture=ARM, bought=SPOT)
    rows = {row.item: row.micros for row in history(quarters(4), by(web=arm)) if row.item != ON}
    assert rows == {"fargate.vcpu.arm": 18_625, "fargate.gb.arm": None}


def test_tasks_on_instances_are_not_paid_by_the_task() -> None:
    rows = history(quarters(4), by(web=TaskSize("web", 0.5, 1, bought=EC2)))
    assert [row.item for row in rows] == [ON]


def test_history_begins_at_the_first_midnight_that_is_fully_remembered() -> None:
    now = datetime(2026, 11, 30, 10, tzinfo=UTC)
    start = beginning(BERLIN, MONDAY, now)
    assert start.astimezone(BERLIN).time() == datetime.min.time()
    assert now - REMEMBERED <= start < now - REMEMBERED + timedelta(days=1)
    assert beginning(BERLIN, date(2026, 1, 1), now).date() == date(2026, 1, 1)
