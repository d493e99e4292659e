"""What something costs a month, checked against sums made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from policies.cost.money import MILLION
from policies.cost.prices import Price, Prices, PriceSource
from policies.cost.spans import Part
from policies.cost.usage import ON, UsageRow
from policies.orphans.monthly import Monthly, all_the_while, as_lately

DAY = date(2026, 11, 30)
PRICES = Prices.of(
    [
        Price("eu-west-1", "elb.application", Decimal("0.0252"), DAY, PriceSource.LIST),
        Price("eu-west-1", "rds.storage.gp3", Decimal("0.127"), DAY, PriceSource.LIST, per="month"),
    ]
)


def row(day: int, micros: int | None, item: str = "fargate.vcpu.x86") -> UsageRow:
    return UsageRow("pr-142", "", date(2026, 11, day), item, 1, micros)


def always(*parts: Part) -> Monthly:
    return all_the_while(parts, "eu-west-1", PRICES)


FIRST = row(26, 9 * MILLION)
"""The first day may have begun at any hour, so it says nothing of a whole day."""


def test_a_month_costs_as_much_as_thirty_days_like_the_last_ones() -> None:
    rows = [FIRST, row(27, 2 * MILLION), row(28, 1 * MILLION), row(29, 1 * MILLION), row(30, 2 * MILLION)]
    assert as_lately(rows, DAY).micros == 45 * MILLION  # 6 USD in 4 days


def test_a_monthly_cost_names_the_first_and_last_prices_of_each_source() -> None:
    days = {26: "price list 2026-11-26", 27: "price list 2026-11-27", 28: "price list 2026-11-28"}
    rows = [replace(row(day, MILLION), priced=priced) for day, priced in days.items()]
    rows += [replace(row(29, MILLION), priced="built-in table 2026-10-09")]
    rows += [replace(row(30, MILLION), priced="price list 2026-11-30")]
    prices = as_lately(rows, DAY).prices
    assert prices == ("price list 2026-11-27", "price list 2026-11-30", "built-in table 2026-10-09")


def test_a_day_without_a_row_cost_nothing() -> None:
    assert as_lately([FIRST, row(27, 8 * MILLION)], DAY).micros == 60 * MILLION


def test_days_that_are_over_are_not_in_the_monthly_cost() -> None:
    rows = [FIRST, row(27, 9 * MILLION), row(28, 4 * MILLION), row(29, MILLION), row(30, MILLION)]
    assert as_lately(rows, DAY, since=date(2026, 11, 28)).micros == 30 * MILLION
    assert as_lately([FIRST], DAY, since=date(2026, 11, 28)).micros == 0
    assert as_lately([], DAY, since=date(2026, 11, 28)).micros is None
    assert as_lately([FIRST, row(30, None)], DAY, since=date(2026, 11, 28)).micros is None
    assert as_lately(rows, DAY, since=DAY) == as_lately(rows, DAY)


def test_a_first_day_alone_gives_no_monthly_cost() -> None:
    assert as_lately([row(30, 10 * MILLION)], DAY).micros is None
    assert as_lately([FIRST], DAY).micros is None


def test_a_cost_without_a_price_is_unknown_and_not_zero() -> None:
    assert as_lately([FIRST, row(30, None)], DAY).micros is None
    assert as_lately([], DAY).micros is None
    assert as_lately([FIRST, row(30, 0, ON)], DAY).micros is None
    assert as_lately([FIRST, row(27, None), row(27, MILLION, "fargate.gb.x86")], DAY).micros == 7_500_000


def test_a_load_balancer_costs_its_hours_of_a_month() -> None:
    """The amounts are 0.0252 x 730, and 20 x 0.127."""
    assert always(Part("elb.application", 1_000)) == Monthly(18_396_000, ("price list 2026-11-30",))
    assert always(Part("rds.storage.gp3", 20_000)).micros == 2_540_000


def test_a_part_without_a_price_makes_the_whole_unknown() -> None:
    assert always(Part("elb.application", 1_000), Part("ipv4", 1_000)) == Monthly()
    assert always() == Monthly()
