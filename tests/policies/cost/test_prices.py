"""Prices: which one is used, what it amounts to, and the built-in ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from policies.cost.prices import Price, Prices, PriceSource, Quoted, by_source, contested, ends, floats
from policies.cost.table import TABLE

SEPTEMBER = Price("us-east-1", "ipv4", Decimal("0.005"), date(2026, 9, 17), PriceSource.TABLE)
HOUR = 3_600_000


def test_a_price_from_the_list_goes_before_the_table_and_the_newest_first() -> None:
    listed = replace(SEPTEMBER, usd=Decimal(1), as_of=date(2026, 9, 1), source=PriceSource.LIST)
    newer = replace(listed, usd=Decimal(2), as_of=date(2026, 9, 2))
    for given in ([SEPTEMBER, listed, newer], [newer, listed, SEPTEMBER]):
        assert Prices.of(given).find("us-east-1", "ipv4") == newer
    later = replace(SEPTEMBER, as_of=date(2026, 12, 1))
    assert Prices.of([SEPTEMBER, later, listed]).find("us-east-1", "ipv4") == listed
    assert Prices.of([later, SEPTEMBER]).find("us-east-1", "ipv4") == later
    assert Prices.of([SEPTEMBER]).find("eu-west-1", "ipv4") is None


def test_money_is_rounded_half_to_even_and_once() -> None:
    price = replace(SEPTEMBER, usd=Decimal("0.000001"))
    assert [price.micros(n * HOUR // 2) for n in (1, 2, 3, 4, 5)] == [0, 1, 2, 2, 2]


def test_an_item_sold_by_the_month_is_charged_by_the_hour() -> None:
    """A month is 730 hours."""
    storage = replace(SEPTEMBER, item="rds.storage.gp3", usd=Decimal("0.115"), per="month")
    assert storage.micros(730 * HOUR) == 115_000
    assert storage.micros(HOUR) == 158
    assert storage.hourly * 730 == pytest.approx(storage.usd)


def test_a_price_says_its_source_and_day() -> None:
    assert SEPTEMBER.told == "built-in table 2026-09-17"
    assert replace(SEPTEMBER, source=PriceSource.LIST).told == "price list 2026-09-17"


def test_the_table_has_what_two_readers_saw_alike() -> None:
    """The built-in prices, copied again by hand from facts/ecs 7.2 and 7.10."""
    assert {
        key: str(TABLE.known[key].usd)
        for key in [
            ("us-east-1", "fargate.vcpu.x86"),
            ("us-east-1", "fargate.gb.arm"),
            ("us-west-2", "fargate.gb.x86"),
            ("eu-west-2", "fargate.vcpu.arm"),
            ("eu-central-1", "fargate.vcpu.x86"),
            ("ap-south-1", "fargate.gb.x86"),
            ("sa-east-1", "fargate.vcpu.x86"),
            ("us-east-1", "spot.vcpu.x86"),
            ("eu-north-1", "ipv4"),
            ("us-east-1", "aurora.acu.aurora-postgresql"),
            ("us-east-1", "rds.storage.aurora-iopt1"),
            ("us-east-1", "cache.cache.t4g.micro.redis"),
            ("us-east-1", "cache.cache.t4g.micro.valkey"),
        ]
    } == {
        ("us-east-1", "fargate.vcpu.x86"): "0.04048",
        ("us-east-1", "fargate.gb.arm"): "0.00356",
        ("us-west-2", "fargate.gb.x86"): "0.004445",
        ("eu-west-2", "fargate.vcpu.arm"): "0.03725",
        ("eu-central-1", "fargate.vcpu.x86"): "0.04656",
        ("ap-south-1", "fargate.gb.x86"): "0.004655",
        ("sa-east-1", "fargate.vcpu.x86"): "0.0696",
        ("us-east-1", "spot.vcpu.x86"): "0.01288871",
        ("eu-north-1", "ipv4"): "0.005",
        ("us-east-1", "aurora.acu.aurora-postgresql"): "0.12",
        ("us-east-1", "rds.storage.aurora-iopt1"): "0.225",
        ("us-east-1", "cache.cache.t4g.micro.redis"): "0.016",
        ("us-east-1", "cache.cache.t4g.micro.valkey"): "0.0128",
    }


def test_each_price_of_the_table_is_dated_positive_and_of_a_whole_pair() -> None:
    for (region, item), price in TABLE.known.items():
        assert (price.region, price.item, price.source) == (region, item, PriceSource.TABLE)
        assert price.usd > 0
        assert date(2026, 9, 1) <= price.as_of <= date(2026, 10, 31)
        if ".vcpu." in item:
            assert TABLE.find(region, item.replace(".vcpu.", ".gb."))


def test_a_price_that_was_not_verified_is_not_there() -> None:
    for region, item in [
        ("eu-west-3", "fargate.vcpu.x86"),
        ("eu-central-1", "fargate.vcpu.arm"),
        ("eu-central-1", "spot.vcpu.x86"),
        ("eu-central-1", "elb.application"),
        ("us-east-1", "rds.db.t4g.micro.postgres.single"),
        ("us-east-1", "aurora.acu.aurora-mysql"),
        ("us-east-1", "cache.cache.t4g.medium.redis"),
        ("eu-central-1", "cache.cache.t4g.micro.redis"),
    ]:
        assert TABLE.find(region, item) is None


def test_some_prices_float_and_on_some_awss_pages_disagree() -> None:
    assert {item for _, item in TABLE.known if floats(item)} == {
        f"spot.{what}.{kind}" for what in ("vcpu", "gb") for kind in ("x86", "arm")
    }
    assert {item for _, item in TABLE.known if contested(item)} == {
        f"fargate.{what}.windows" for what in ("vcpu", "gb", "licence")
    }


def test_each_source_of_many_prices_is_told_with_its_days() -> None:
    told = ["price list 2026-11-02", "built-in table 2026-10-09", "price list 2026-11-30", ""]
    told += ["price list 2026-11-15"]
    listed = Quoted("price list", "2026-11-02", "2026-11-30")
    assert by_source(told) == (listed, Quoted("built-in table", "2026-10-09", "2026-10-09"))
    assert by_source(ends(told)) == by_source(told)
    assert ends([]) == ()
