"""What an environment's first digest still lacks."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from policies.cost.prices import Price, Prices, PriceSource
from policies.digest.awaited import Awaited, Lacking, There, lacking
from tests.handlers.world import environment

HERE = (environment("b", region="eu-west-1"), environment("a", region="us-east-1"))
PRICES = Prices.of(
    Price(region, "fargate.vcpu.x86", Decimal(1), date(2026, 11, 30), PriceSource.TABLE)
    for region in ("eu-west-1", "us-east-1")
)
ALL = Awaited(metered=True, listed=True)


@pytest.mark.parametrize(
    ("awaited", "there", "lacks"),
    [
        (ALL, There({"a", "b"}, {"a", "b"}, PRICES), Lacking()),
        (ALL, There((), (), PRICES), Lacking(looks=("a", "b"))),
        (ALL, There({"a"}, (), PRICES), Lacking(looks=("b",), histories=("a",))),
        (ALL, There({"a", "b"}, {"a", "b"}, Prices()), Lacking(prices=("eu-west-1", "us-east-1"))),
        (Awaited(metered=True), There({"a", "b"}, {"a", "b"}, Prices()), Lacking()),
        (Awaited(listed=True), There((), (), Prices()), Lacking()),
    ],
)
def test_a_digest_names_every_source_that_has_not_arrived(
    awaited: Awaited, there: There, lacks: Lacking
) -> None:
    assert lacking(HERE, awaited, there) == lacks
    assert bool(lacks) is (lacks != Lacking())
