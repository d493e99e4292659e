"""Prices are read once a day, for what is in use, and a refusal stops nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pytest

from handlers.clock.pricing import ALWAYS, LOOKED, Pricing, Sources
from handlers.ports.money import Quoted
from handlers.words.errors import Denied, StoreLost, Throttled
from policies.cost.prices import Price, Prices, PriceSource
from policies.cost.usage import ON, UsageRow
from policies.service.environment import Environment
from tests.bot.aws.stage import environment
from tests.fakes.billing import FakePriceList
from tests.fakes.book import FakeBook
from tests.still_clock import StillClock

DATABASE = "rds.db.t4g.micro.postgres.single"
FRANKFURT, VIRGINIA = "eu-central-1", "us-east-1"


class Bench:
    def __init__(self, *places: Environment) -> None:
        self.places = places or (environment("staging"),)
        self.clock, self.list, self.book = StillClock(), FakePriceList(), FakeBook()
        self.ledger = self.book.book.ledger
        self.list.known = [self.price(item) for item in (*ALWAYS, DATABASE)]

    @property
    def today(self) -> date:
        return self.clock.now().date()

    def price(self, item: str, usd: str = "0.04", region: str = FRANKFURT) -> Price:
        return Price(region, item, Decimal(usd), self.today, PriceSource.LIST)

    def pricing(self) -> Pricing:
        """Return pricing as after a start: it remembers nothing."""
        return Pricing(Sources(self.ledger, self.list, lambda: self.places, self.clock))

    def used(self, item: str, days_ago: int = 1) -> None:
        day = self.today - timedelta(days=days_ago)
        used = [*self.ledger.days.rows(["staging"], day, day), UsageRow("staging", "db", day, item, 1, None)]
        self.ledger.days.put("staging", [day], used)


def test_the_basic_prices_of_every_region_in_the_catalog_are_read() -> None:
    bench = Bench(environment("staging"), environment("dev"), environment("virginia", region=VIRGINIA))
    bench.pricing().tick()
    assert bench.list.asked == [(FRANKFURT, tuple(sorted(ALWAYS))), (VIRGINIA, tuple(sorted(ALWAYS)))]
    assert {(p.region, p.item) for p in bench.ledger.prices.all()} == {(FRANKFURT, item) for item in ALWAYS}


def test_a_database_price_is_read_if_one_was_used_lately() -> None:
    bench = Bench()
    bench.used(DATABASE)
    bench.used("rds.db.r6g.large.mysql.multi", days_ago=20)
    bench.used(ON)
    bench.pricing().tick()
    assert bench.list.asked == [(FRANKFURT, tuple(sorted(ALWAYS))), (FRANKFURT, (DATABASE,))]


def test_prices_are_read_once_a_day_even_by_a_process_that_remembers_nothing() -> None:
    bench = Bench()
    pricing = bench.pricing()
    pricing.tick()
    pricing.tick()
    bench.pricing().tick()
    assert len(bench.list.asked) == 1
    bench.clock.advance(86_400)
    pricing.tick()
    assert len(bench.list.asked) == 2


def test_only_a_newly_used_item_is_asked_for_the_same_day() -> None:
    bench = Bench()
    pricing = bench.pricing()
    pricing.tick()
    bench.used(DATABASE, days_ago=0)
    pricing.tick()
    bench.clock.advance(LOOKED.total_seconds())
    pricing.tick()
    pricing.tick()
    assert bench.list.asked[1:] == [(FRANKFURT, (DATABASE,))]


def test_an_item_missing_from_the_list_is_not_asked_for_again_that_day() -> None:
    bench = Bench()
    bench.list.known = []
    pricing = bench.pricing()
    pricing.tick()
    bench.clock.advance(LOOKED.total_seconds())
    pricing.tick()
    assert len(bench.list.asked) == 1


def test_a_refusal_keeps_known_prices_and_is_tried_again_in_an_hour() -> None:
    bench = Bench()
    known = Price(FRANKFURT, ALWAYS[0], Decimal("0.05"), bench.today - timedelta(days=3), PriceSource.LIST)
    bench.ledger.prices.put([known])
    bench.list.trouble = Denied("AWS did not allow the bot to read the price list.")
    pricing = bench.pricing()
    for _ in range(3):
        pricing.tick()
        bench.clock.advance(LOOKED.total_seconds())
    assert (len(bench.list.asked), list(bench.ledger.prices.all())) == (1, [known])
    bench.clock.advance(3_600)
    bench.list.trouble = None
    pricing.tick()
    found = Prices.of(bench.ledger.prices.all()).find(FRANKFURT, ALWAYS[0])
    assert found is not None and found.usd == Decimal("0.04")


def test_throttled_reading_goes_on_in_a_minute_from_where_it_was() -> None:
    bench = Bench()
    for number in range(25):
        bench.used(f"rds.db.x{number:02}.large.postgres.single")
    answered = bench.list.prices

    def twice(region: str, items: Collection[str]) -> Quoted:
        if len(bench.list.asked) == 2:
            bench.list.trouble = Throttled("Too much is being asked of AWS just now.")
        return answered(region, items)

    sources = Sources(bench.ledger, Listed(twice), lambda: bench.places, bench.clock)
    pricing = Pricing(sources)
    pricing.tick()
    pricing.tick()
    assert [len(items) for _, items in bench.list.asked] == [7, 10, 10]
    bench.list.trouble = None
    bench.clock.advance(60)
    pricing.tick()
    assert [len(items) for _, items in bench.list.asked[3:]] == [10, 5]


@dataclass
class Listed:
    """A price list that gives the answers it was given."""

    answer: Callable[[str, Collection[str]], Quoted]

    def prices(self, region: str, items: Collection[str]) -> Quoted:
        return self.answer(region, items)


def test_a_refusal_in_one_region_holds_up_no_other() -> None:
    bench = Bench(environment("staging"), environment("virginia", region=VIRGINIA))
    bench.list.trouble = Denied("no")
    bench.pricing().tick()
    assert [region for region, _ in bench.list.asked] == [FRANKFURT, VIRGINIA]


def test_a_lost_store_fails_the_beat_and_no_item_counts_as_asked() -> None:
    bench = Bench()
    pricing = bench.pricing()

    def fail(method: str) -> None:
        if method == "prices.put":
            raise StoreLost("The database did not answer.")

    bench.book.memory.before_call = fail
    with pytest.raises(StoreLost):
        pricing.tick()
    bench.book.memory.before_call = str
    pricing.tick()
    assert {p.item for p in bench.ledger.prices.all()} == set(ALWAYS)


def test_no_price_is_read_without_environments() -> None:
    bench = Bench()
    bench.places = ()
    bench.pricing().tick()
    assert bench.list.asked == []
