"""What ``handlers.ports.money`` promises of AWS's answers, checked on fakes and on adapters in front of the
world.

The simulated Price List and Cost Explorer are our own reading of AWS's (facts/ecs 7.7, 7.9).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any, Protocol

import pytest

from handlers.ports.money import Activation, Billing, Doubted, PriceList
from handlers.words.errors import Denied
from policies.cost.billed import CLUSTER_TAG, Tagged
from policies.cost.prices import Price, PriceSource
from tests.bot.aws.stage import ACCOUNT, REGION, Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once as stage_once
from tests.fakes.billing import FakeBilling, FakePriceList
from tests.still_clock import StillClock

VCPU, GB, DATABASE = "fargate.vcpu.x86", "fargate.gb.x86", "rds.db.t4g.micro.postgres.single"
KNOWN = {VCPU: "0.04656", GB: "0.00511"}
"""Prices in the world's region."""


class Bench(Protocol):
    """A payer account with a month of spend of one cluster, whose tag is known and not active."""

    cluster: str

    @property
    def today(self) -> date: ...

    @property
    def prices(self) -> PriceList: ...

    @property
    def billing(self) -> Billing: ...

    def activate(self) -> None: ...

    def credit(self) -> None:
        """Add a credit that is larger than all costs."""
        ...

    def page_by(self, count: int) -> None:
        """Put so many days on a page of the bill."""
        ...

    def refuse(self) -> None:
        """Refuse whatever is asked next."""
        ...


class FakeBench:
    def __init__(self) -> None:
        self.today, self.cluster = StillClock().now().date(), "c-bill"
        known = [Price(REGION, i, Decimal(usd), self.today, PriceSource.LIST) for i, usd in KNOWN.items()]
        self.prices = FakePriceList(
            [*known, Price(REGION, DATABASE, Decimal("0.018"), self.today, PriceSource.LIST)]
        )
        self.billing = FakeBilling(ACCOUNT, {CLUSTER_TAG: Activation.INACTIVE})
        self.billing.lines = [[self._line(n, "") for n in range(30)]]

    def activate(self) -> None:
        self.billing.active = {CLUSTER_TAG: Activation.ACTIVE}
        self.billing.lines = [[self._line(n, value) for n in range(30) for value in (self.cluster, "")]]

    def credit(self) -> None:
        """Do nothing: whoever answers leaves credits out."""

    def page_by(self, count: int) -> None:
        [lines] = self.billing.lines
        self.billing.lines = [lines[n : n + count] for n in range(0, len(lines), count)]

    def refuse(self) -> None:
        denied = Denied("AWS did not allow that.", "AccessDeniedException")
        self.prices.trouble = denied
        self.billing.trouble = {"tags": denied, "bill": denied}

    def _line(self, days: int, value: str) -> Tagged:
        day = self.today - timedelta(days=days)
        return Tagged(day, ((CLUSTER_TAG, value),), 1_000_000, estimated=days < 2)


class WorldBench:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        spec = {"name": "web", "desired": 2, "cpu": 512, "memory": 1024, "managed_tags": True}
        self.cluster = stage.cluster(spec)
        stage.clock.advance(60)
        stage.world.change({"do": "history", "cluster": self.cluster, "days": 30})
        stage.world.change({"do": "tags.activate", "keys": [CLUSTER_TAG], "active": False})
        stage.world.change({"do": "billing", "page": 1_000, "credit": 0, "overhead_days": 30})
        aws = stage.scopes([environment("staging")]).aws
        self.prices, self.billing = aws.price_list(), aws.billing(ACCOUNT)

    @property
    def today(self) -> date:
        return self._stage.clock.now().astimezone(UTC).date()

    def activate(self) -> None:
        self._stage.world.change({"do": "tags.activate", "keys": [CLUSTER_TAG], "days": 60})

    def credit(self) -> None:
        self._stage.world.change({"do": "billing", "credit": 10_000})

    def page_by(self, count: int) -> None:
        self._stage.world.change({"do": "billing", "page": count})

    def refuse(self) -> None:
        for method in ("pricing.GetProducts", "ce.GetCostAndUsage", "ce.ListCostAllocationTags"):
            self._stage.faults.order(method=method, kind="error", code="AccessDeniedException")


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> Iterator[Bench]:
    if request.param == "fake":
        yield FakeBench()
        return
    made_up_credentials(monkeypatch)
    yield WorldBench(stage_once())


def yes() -> bool:
    return True


def bill(bench: Bench, page: Callable[[], bool] = yes) -> Any:
    return bench.billing.bill(bench.today - timedelta(days=14), bench.today, [CLUSTER_TAG], page)


def test_prices_are_the_regions_dated_and_from_the_list(bench: Bench) -> None:
    quoted = bench.prices.prices(REGION, [VCPU, GB, DATABASE])
    assert [price.item for price in quoted.prices] == sorted([VCPU, GB, DATABASE])
    assert {(p.region, p.as_of, p.source) for p in quoted.prices} == {(REGION, bench.today, PriceSource.LIST)}
    assert {p.item: p.usd for p in quoted.prices if p.item in KNOWN} == {
        item: Decimal(usd) for item, usd in KNOWN.items()
    }


def test_an_item_that_the_list_lacks_is_a_doubt_and_spot_is_none(bench: Bench) -> None:
    quoted = bench.prices.prices(REGION, [VCPU, "cache.cache.x99.huge.redis", "spot.vcpu.x86"])
    assert [price.item for price in quoted.prices] == [VCPU]
    assert [(doubt.item, doubt.why) for doubt in quoted.doubts] == [
        ("cache.cache.x99.huge.redis", Doubted.ABSENT)
    ]


def test_a_tag_that_is_not_active_looks_like_nothing_is_tagged(bench: Bench) -> None:
    [state] = bench.billing.tags([CLUSTER_TAG], yes)
    assert state.activation is Activation.INACTIVE
    assert {value for row in bill(bench).tagged for _, value in row.values} == {""}


def test_amounts_are_split_by_tag_once_the_tag_is_active(bench: Bench) -> None:
    bench.activate()
    [state, lost] = bench.billing.tags([CLUSTER_TAG, "no-such-tag"], yes)
    assert (state.activation, lost.activation) == (Activation.ACTIVE, Activation.ABSENT)
    rows = bill(bench).tagged
    mine = [row for row in rows if row.values == ((CLUSTER_TAG, bench.cluster),)]
    assert {row.day for row in mine} == {bench.today - timedelta(days=n) for n in range(1, 15)}
    assert all(row.micros > 0 for row in mine)
    assert any(row.values == ((CLUSTER_TAG, ""),) for row in rows)


def test_the_last_day_is_left_out_and_the_newest_may_still_change(bench: Bench) -> None:
    bench.activate()
    rows = bill(bench).tagged
    assert max(row.day for row in rows) == bench.today - timedelta(days=1)
    assert {row.day for row in rows if row.estimated} <= {bench.today - timedelta(days=n) for n in (1, 2)}


def test_a_credit_is_not_part_of_the_bill(bench: Bench) -> None:
    bench.activate()
    before = bill(bench)
    bench.credit()
    assert bill(bench) == before


def test_every_page_is_agreed_to_and_all_pages_make_the_whole_bill(bench: Bench) -> None:
    bench.activate()
    whole, pages = bill(bench), []
    bench.page_by(7)

    def page() -> bool:
        pages.append(1)
        return True

    assert sorted(bill(bench, page).tagged, key=str) == sorted(whole.tagged, key=str)
    assert len(pages) > 2


def test_a_page_that_is_not_agreed_to_leaves_nothing(bench: Bench) -> None:
    bench.activate()
    bench.page_by(7)
    agreed = iter([True, False])
    found = bill(bench, lambda: next(agreed))
    assert (found.whole, found.tagged) == (False, ())
    assert bench.billing.tags([CLUSTER_TAG], lambda: False) == ()


def test_a_refusal_is_raised(bench: Bench) -> None:
    bench.refuse()
    for ask in (
        lambda: bench.prices.prices(REGION, [VCPU]),
        lambda: bench.billing.tags([CLUSTER_TAG], yes),
        lambda: bill(bench),
    ):
        with pytest.raises(Denied):
            ask()
