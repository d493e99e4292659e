"""The simulated Price List (facts/ecs 7.9): exact filters, pages, and many prices that must not be taken."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.playground.aws.stage import Row, Stage, refusal


def client(stage: Stage, region: str = "us-east-1") -> Any:
    return stage.client("pricing", region=region)


def found(stage: Stage, service: str, **fields: str) -> list[Row]:
    """Return every matching product from all pages, parsed from its text."""
    filters = [{"Type": "TERM_MATCH", "Field": key, "Value": value} for key, value in fields.items()]
    pages = client(stage).get_paginator("get_products").paginate(ServiceCode=service, Filters=filters)
    return [json.loads(text) for page in pages for text in page["PriceList"]]


def usd(product: Row) -> Decimal:
    (term,) = product["terms"]["OnDemand"].values()
    (price,) = term["priceDimensions"].values()
    return Decimal(price["pricePerUnit"]["USD"])


@pytest.mark.parametrize(
    ("region", "usage", "price"),
    [
        ("us-east-1", "USE1-Fargate-vCPU-Hours:perCPU", "0.04048"),
        ("us-east-1", "USE1-Fargate-ARM-GB-Hours", "0.00356"),
        ("eu-central-1", "EUC1-Fargate-vCPU-Hours:perCPU", "0.04656"),
        ("eu-central-1", "EUC1-Fargate-GB-Hours", "0.00511"),
    ],
)
def test_an_exact_usage_type_has_one_price(stage: Stage, region: str, usage: str, price: str) -> None:
    (product,) = found(stage, "AmazonECS", regionCode=region, usagetype=usage)
    assert usd(product) == Decimal(price)
    assert product["product"]["attributes"]["regionCode"] == region


def test_the_first_product_found_is_the_wrong_one(stage: Stage) -> None:
    rows = found(stage, "AmazonECS", regionCode="eu-central-1")
    assert usd(rows[0]) == 0
    assert sum("Windows" in row["product"]["attributes"]["usagetype"] for row in rows) == 3


def test_one_usage_type_of_a_database_has_many_engines(stage: Stage) -> None:
    wanted = {"regionCode": "eu-central-1", "usagetype": "EUC1-InstanceUsage:db.t4g.micro"}
    engines = {row["product"]["attributes"]["databaseEngine"] for row in found(stage, "AmazonRDS", **wanted)}
    assert len(engines) > 4
    (product,) = found(stage, "AmazonRDS", **wanted, databaseEngine="PostgreSQL")
    assert usd(product) > 0


def test_operations_tell_load_balancer_hours_apart(stage: Stage) -> None:
    wanted = {"regionCode": "us-east-1", "usagetype": "LoadBalancerUsage"}
    assert len(found(stage, "AWSELB", **wanted)) == 3
    (product,) = found(stage, "AWSELB", **wanted, operation="LoadBalancing:Application")
    assert usd(product) == Decimal("0.0225")


def test_a_public_address_has_a_price(stage: Stage) -> None:
    (product,) = found(stage, "AmazonVPC", usagetype="EUC1-PublicIPv4:InUseAddress")
    assert usd(product) == Decimal("0.005")


def test_pages_hold_a_hundred(stage: Stage) -> None:
    first = client(stage).get_products(ServiceCode="AmazonRDS")
    assert len(first["PriceList"]) == 100
    whole = found(stage, "AmazonRDS")
    assert len(whole) > 200
    assert len({row["product"]["sku"] for row in whole}) == len(whole)
    assert refusal(lambda: client(stage).get_products(ServiceCode="AmazonRDS", NextToken="made-up"))


def test_a_region_without_an_endpoint_is_refused(stage: Stage) -> None:
    assert client(stage, "ap-south-1").get_products(ServiceCode="AmazonECS")["PriceList"]
    code = refusal(lambda: client(stage, "eu-west-1").get_products(ServiceCode="AmazonECS"))
    assert code == "UnknownEndpoint"


def test_an_operation_that_is_not_simulated_is_refused(stage: Stage) -> None:
    assert refusal(lambda: client(stage).list_price_lists(
        ServiceCode="AmazonECS", EffectiveDate=0, CurrencyCode="USD"
    )) == "UnknownOperationException"  # fmt: skip
