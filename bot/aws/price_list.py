"""List prices from AWS's Price List API, found by exact usage type; none where two would fit (facts/ecs 7.9).

Deliberately absent: a guess. An item without exactly one price is a doubt, and the built-in table is used
instead.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.aws import own_calls
from bot.aws.account_seat import AccountSeat
from bot.aws.price_items import Wanted, floats, wanted
from handlers.ports.money import Doubt, Doubted, Quoted
from handlers.words.errors import Trouble
from policies.cost.prices import Price, PriceSource

ACTION = "read the price list"
PLACE = re.compile(r"^(?:EU|[A-Z]{3,4}\d{1,2})-")
"""The region's short name before a usage type. ``TS-`` is not a region: it marks another product (facts/ecs
7.9).
"""
SHORTENED = re.compile(r"(?<=[.0-9])xl$")
"""How RDS writes ``xlarge`` in a usage type (facts/ecs 7.10)."""
IN_A_REGION = "AWS Region"
"""Products of a region itself. Local zones, wavelength zones and outposts are listed under the same region.
"""
MOST = 100
Product = Mapping[str, Any]


class AwsPriceList:
    """Implements ``handlers.ports.money.PriceList``. ``today`` returns the day with which prices are
    dated.
    """

    def __init__(self, seat: AccountSeat, today: Callable[[], date]) -> None:
        self._seat, self._today = seat, today

    def prices(self, region: str, items: Collection[str]) -> Quoted:
        asked = sorted({item for item in items if not floats(item)})
        known = {item: found for item in asked if (found := wanted(item))}
        searches: dict[object, list[Wanted]] = defaultdict(list)
        for one in known.values():
            searches[one.search].append(one)
        amounts: dict[str, set[Decimal]] = {}
        for alike in searches.values():
            amounts |= _amounts(alike, self._products(region, alike[0]))
        return self._quoted(region, {item: amounts.get(item, set()) for item in asked})

    def _quoted(self, region: str, amounts: Mapping[str, set[Decimal]]) -> Quoted:
        prices, doubts = [], []
        for item, found in amounts.items():
            one = wanted(item)
            if one is not None and len(found) == 1:
                usd = min(found) * one.times
                prices.append(Price(region, item, usd, self._today(), PriceSource.LIST, one.per))
            else:
                doubts.append(Doubt(region, item, Doubted.AMBIGUOUS if found else Doubted.ABSENT))
        return Quoted(tuple(prices), tuple(doubts))

    def _products(self, region: str, one: Wanted) -> Iterator[Product]:
        """Every product, page by page. AWS sends each product as a text of JSON."""
        fields = {"regionCode": region, **one.filters}
        request: dict[str, Any] = {
            "ServiceCode": one.service,
            "Filters": [{"Type": "TERM_MATCH", "Field": k, "Value": v} for k, v in fields.items()],
            "FormatVersion": "aws_v1",
            "MaxResults": MOST,
        }
        client = self._seat.client("pricing", ACTION)
        while True:
            with self._seat.turn(own_calls.GET_PRODUCTS, ACTION):
                page = client.get_products(**request)
            yield from map(_product, page.get("PriceList", []))
            if not page.get("NextToken"):
                return
            request["NextToken"] = page["NextToken"]


def _product(text: str) -> Product:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise Trouble("AWS's price list has an entry that cannot be read.") from error
    return found if isinstance(found, dict) else {}


def _amounts(alike: Iterable[Wanted], products: Iterable[Product]) -> dict[str, set[Decimal]]:
    """For each item, every price above zero of a product of exactly that kind."""
    found: dict[str, set[Decimal]] = {one.item: set() for one in alike}
    by_usage = {one.usage: one for one in alike}
    for product in products:
        attributes = product.get("product", {}).get("attributes", {})
        usage = SHORTENED.sub("xlarge", PLACE.sub("", str(attributes.get("usagetype", ""))))
        one = by_usage.get(usage)
        if one is not None and _fits(one, product):
            found[one.item] |= set(_usd(product, one.per))
    return found


def _fits(one: Wanted, product: Product) -> bool:
    """Does the product match exactly? The search lets others through."""
    body = product.get("product", {})
    attributes = {"productFamily": body.get("productFamily"), **body.get("attributes", {})}
    in_region = attributes.get("locationType", IN_A_REGION) == IN_A_REGION
    return in_region and all(attributes.get(key) == value for key, value in one.filters.items())


def _usd(product: Product, per: str) -> Iterator[Decimal]:
    """Prices on demand, above zero, for that unit. Each tier counts as a price of its own."""
    for term in product.get("terms", {}).get("OnDemand", {}).values():
        for dimension in term.get("priceDimensions", {}).values():
            monthly = "mo" in str(dimension.get("unit", "")).lower()
            amount = _decimal(dimension.get("pricePerUnit", {}).get("USD"))
            if amount is not None and amount > 0 and monthly == (per == "month"):
                yield amount.normalize()


def _decimal(text: object) -> Decimal | None:
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
