"""``pricing:GetProducts``, which moto does not have (facts/ecs 7.9)."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from playground.aws.errors import AwsError
from playground.aws.paging import MOST, slice_of
from playground.aws.price_products import PLACES, Product, products

Params = dict[str, Any]
REGIONS = ("us-east-1", "eu-central-1", "ap-south-1")
"""The regions whose endpoints answer Price List queries; no other region has one."""
TERM, RATE = "JRTCKXETXF", "6YS6EN2CT7"
"""AWS's codes of an on-demand term, and of its price per hour or unit."""
PUBLISHED = "2026-09-11T00:00:00Z"


class PriceCalls:
    """Each method is one operation: parameters in, output out, ``AwsError`` to refuse."""

    regions = REGIONS

    def get_products(self, params: Params) -> Params:
        """Answer the products that match every filter exactly, each as JSON text; a page has at most 100."""
        service = str(params.get("ServiceCode") or "")
        if not service:
            raise AwsError("InvalidParameterException", "ServiceCode cannot be null or empty.")
        rows = [text for product, text in _all() if _matches(product, service, params.get("Filters") or [])]
        shown, token = slice_of(rows, params.get("NextToken"), int(params.get("MaxResults") or MOST))
        page = {"FormatVersion": "aws_v1", "PriceList": shown}
        return page | ({"NextToken": token} if token else {})


def _matches(product: dict[str, str], service: str, filters: list[dict[str, str]]) -> bool:
    if product["servicecode"] != service:
        return False
    for wanted in filters:
        kind = wanted.get("Type")
        if kind not in ("TERM_MATCH", "EQUALS"):
            raise AwsError("InvalidParameterException", f"The playground knows no filter type {kind}.")
        if product.get(wanted["Field"]) != wanted["Value"]:
            return False
    return True


@cache
def _all() -> list[tuple[dict[str, str], str]]:
    """Return each product's filterable attributes and its text, built on the first request."""
    return [(_attributes(product) | {"productFamily": product.family}, _text(product))
            for product in products()]  # fmt: skip


def _attributes(product: Product) -> dict[str, str]:
    return {
        "servicecode": product.service,
        "regionCode": product.region,
        "location": PLACES[product.region],
        "locationType": "AWS Region",
        "usagetype": product.usage,
        "operation": "",
    } | product.attributes


def _text(product: Product) -> str:
    """Return a product as AWS writes it, with the price four levels deep."""
    attributes = _attributes(product)
    seed = json.dumps(attributes, sort_keys=True) + product.family
    sku = hashlib.sha256(seed.encode()).hexdigest()[:16].upper()
    rate = f"{sku}.{TERM}.{RATE}"
    price = {
        "unit": product.unit,
        "endRange": "Inf",
        "beginRange": "0",
        "description": f"{product.usd} USD per {product.unit} of {product.usage} (simulated)",
        "appliesTo": [],
        "rateCode": rate,
        "pricePerUnit": {"USD": f"{float(product.usd):.13f}"},
    }
    term = {
        "priceDimensions": {rate: price},
        "sku": sku,
        "effectiveDate": "2026-09-01T00:00:00Z",
        "offerTermCode": TERM,
        "termAttributes": {},
    }
    named = {"productFamily": product.family} if product.family else {}
    return json.dumps(
        {
            "product": {**named, "attributes": attributes, "sku": sku},
            "serviceCode": product.service,
            "terms": {"OnDemand": {f"{sku}.{TERM}": term}},
            "version": "20260911000000",
            "publicationDate": PUBLISHED,
        }
    )
