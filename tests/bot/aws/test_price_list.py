"""Prices by exact usage type, and none where the list has two.

The products are worded as public readers of the real list report them (facts/ecs 7.9); nothing here was tried
on a real account.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bot.aws.price_items import wanted
from bot.aws.price_list import AwsPriceList
from handlers.ports.money import Doubt, Doubted
from handlers.words.errors import Denied, Throttled, Trouble
from policies.cost.prices import Price, PriceSource
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.seats import page, product, seat

TODAY = date(2026, 11, 30)
VCPU, GB = "fargate.vcpu.x86", "fargate.gb.x86"
FREE = product("USE1-ECS-EC2-vCPU-Hours", "0.0000000000")
WINDOWS = product("USE1-Fargate-Windows-vCPU-Hours:perCPU", "0.0465520000", operatingSystem="Windows")
LICENCE = product("USE1-Fargate-Windows-OS-Hours:perCPU", "0.0460000000", operatingSystem="Windows")
ARM = product("USE1-Fargate-ARM-vCPU-Hours:perCPU", "0.0323800000")
X86 = product("USE1-Fargate-vCPU-Hours:perCPU", "0.0404800000")
RAM = product("USE1-Fargate-GB-Hours", "0.0044450000")


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as made:
        yield made


def prices(aws: ScriptedAws) -> AwsPriceList:
    return AwsPriceList(seat(aws), lambda: TODAY)


def amounts(aws: ScriptedAws, *items: str, region: str = "us-east-1") -> dict[str, Decimal]:
    return {price.item: price.usd for price in prices(aws).prices(region, items).prices}


def test_the_first_hit_is_not_taken_unless_it_matches(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(FREE, WINDOWS, LICENCE, ARM, X86, RAM))
    found = prices(aws).prices("us-east-1", [VCPU])
    assert found.prices == (Price("us-east-1", VCPU, Decimal("0.04048"), TODAY, PriceSource.LIST),)
    assert found.doubts == ()


def test_every_kind_of_fargate_is_distinguished_from_the_others(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(FREE, WINDOWS, LICENCE, ARM, X86, RAM))
    items = [VCPU, GB, "fargate.vcpu.arm", "fargate.vcpu.windows", "fargate.licence.windows"]
    assert amounts(aws, *items) == {
        VCPU: Decimal("0.04048"),
        GB: Decimal("0.004445"),
        "fargate.vcpu.arm": Decimal("0.03238"),
        "fargate.vcpu.windows": Decimal("0.046552"),
        "fargate.licence.windows": Decimal("0.046"),
    }
    assert aws.count("GetProducts") == 1


@pytest.mark.parametrize("region", ["EUC1-", "EU-", "APS10-", ""])
def test_a_usage_type_begins_with_the_regions_short_name_or_with_none(aws: ScriptedAws, region: str) -> None:
    aws.answer("GetProducts", 200, page(product(f"{region}Fargate-GB-Hours", "0.00511")))
    assert amounts(aws, GB) == {GB: Decimal("0.00511")}


def test_a_price_on_the_last_page_is_found(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(FREE, more="two"), page(WINDOWS, more="three"), page(X86))
    assert amounts(aws, VCPU) == {VCPU: Decimal("0.04048")}
    assert [asked.get("NextToken") for _, asked in aws.asked] == [None, "two", "three"]


def test_the_request_names_the_region_and_nothing_guessed(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page())
    prices(aws).prices("eu-central-1", ["rds.db.t4g.micro.postgres.multi"])
    [(_, asked)] = aws.asked
    assert (asked["ServiceCode"], asked["MaxResults"]) == ("AmazonRDS", 100)
    assert {(f["Type"], f["Field"], f["Value"]) for f in asked["Filters"]} == {
        ("TERM_MATCH", "regionCode", "eu-central-1"),
        ("TERM_MATCH", "instanceType", "db.t4g.micro"),
        ("TERM_MATCH", "databaseEngine", "PostgreSQL"),
    }


def test_two_different_prices_are_a_doubt_and_not_a_guess(aws: ScriptedAws) -> None:
    dearer = product("USE1-Fargate-vCPU-Hours:perCPU", "0.05")
    aws.answer("GetProducts", 200, page(X86, dearer, RAM))
    found = prices(aws).prices("us-east-1", [VCPU, GB])
    assert [price.item for price in found.prices] == [GB]
    assert found.doubts == (Doubt("us-east-1", VCPU, Doubted.AMBIGUOUS),)


def test_the_same_price_twice_is_one_price(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(X86, product("USE1-Fargate-vCPU-Hours:perCPU", "0.04048")))
    assert amounts(aws, VCPU) == {VCPU: Decimal("0.04048")}


def test_tiers_of_one_product_are_two_prices(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(product("USE1-Fargate-GB-Hours", "0.004", "0.003")))
    assert prices(aws).prices("us-east-1", [GB]).doubts == (Doubt("us-east-1", GB, Doubted.AMBIGUOUS),)


@pytest.mark.parametrize(
    "odd",
    [
        product("USE1-Fargate-GB-Hours", "0.0000000000"),
        product("USE1-Fargate-GB-Hours", "0.0044450000", locationType="AWS Local Zone"),
        product("USE1-Fargate-GB-Hours", "0.5", unit="GB-Mo"),
        product("USE1-Fargate-GB-Hours", "NaN"),
        product("USE1-Fargate-GB-Hours-Extended", "0.1"),
        product("TS-Fargate-GB-Hours", "0.1"),
        {"product": {"attributes": {"usagetype": "USE1-Fargate-GB-Hours"}}},
    ],
)
def test_a_product_that_is_free_or_of_another_kind_is_no_price(aws: ScriptedAws, odd: dict[str, Any]) -> None:
    aws.answer("GetProducts", 200, page(odd))
    found = prices(aws).prices("us-east-1", [GB])
    assert (found.prices, found.doubts) == ((), (Doubt("us-east-1", GB, Doubted.ABSENT),))


def test_a_price_in_another_currency_is_no_price(aws: ScriptedAws) -> None:
    yuan = product("CNN1-Fargate-GB-Hours")
    yuan["terms"]["OnDemand"]["S.T"]["priceDimensions"]["a"] = {
        "unit": "hours",
        "pricePerUnit": {"CNY": "0.03"},
    }
    aws.answer("GetProducts", 200, page(yuan))
    assert amounts(aws, GB, region="cn-north-1") == {}


def test_four_kinds_of_balancer_with_one_usage_type_are_distinguished(aws: ScriptedAws) -> None:
    rows = [
        product("LoadBalancerUsage", "0.025", family="Load Balancer"),
        product("LoadBalancerUsage", "0.0125", family="Load Balancer-Gateway"),
        product("LoadBalancerUsage", "0.0225", family="Load Balancer-Application"),
        product("TS-LoadBalancerUsage", "0.0056", family="Load Balancer-Application"),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    assert amounts(aws, "elb.application") == {"elb.application": Decimal("0.0225")}


def test_a_database_is_priced_by_class_engine_and_deployment(aws: ScriptedAws) -> None:
    micro = {"instanceType": "db.t4g.micro", "databaseEngine": "PostgreSQL", "family": "Database Instance"}
    rows = [
        product("EUC1-Multi-AZClusterUsage:db.t4g.micro", "0.1", **micro),
        product("EUC1-InstanceUsage:db.t4g.micro", "0.5", **{**micro, "databaseEngine": "MySQL"}),
        product("EUC1-InstanceUsage:db.t4g.micro", "0.018", **micro),
        product("EUC1-Multi-AZUsage:db.t4g.micro", "0.036", **micro),
        product("EUC1-InstanceUsageIOOptimized:db.t4g.micro", "0.02", **micro),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    single, multi = "rds.db.t4g.micro.postgres.single", "rds.db.t4g.micro.postgres.multi"
    assert amounts(aws, single, multi) == {single: Decimal("0.018"), multi: Decimal("0.036")}
    assert aws.count("GetProducts") == 1


def test_a_database_with_two_prices_by_licence_counts_as_having_none(aws: ScriptedAws) -> None:
    oracle = {"instanceType": "db.m6g.large", "databaseEngine": "Oracle", "databaseEdition": "Standard Two"}
    rows = [
        product("InstanceUsage:db.m6g.large", "0.4", licenseModel="License included", **oracle),
        product("InstanceUsage:db.m6g.large", "0.2", licenseModel="Bring your own license", **oracle),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    item = "rds.db.m6g.large.oracle-se2.single"
    assert prices(aws).prices("us-east-1", [item]).doubts == (Doubt("us-east-1", item, Doubted.AMBIGUOUS),)


def test_storage_is_priced_by_the_month(aws: ScriptedAws) -> None:
    storage = {"family": "Database Storage", "unit": "GB-Mo"}
    rows = [
        product("RDS:Multi-AZ-GP3-Storage", "0.23", **storage),
        product("RDS:GP3-Storage", "0.115", **storage),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    [price] = prices(aws).prices("us-east-1", ["rds.storage.gp3"]).prices
    assert (price.usd, price.per) == (Decimal("0.115"), "month")


@pytest.mark.parametrize(
    ("item", "usage", "family", "unit"),
    [
        ("rds.iops.gp3", "RDS:GP3-PIOPS", "Provisioned IOPS", "IOPS-Mo"),
        ("rds.iops.io1", "RDS:PIOPS", "Provisioned IOPS", "IOPS-Mo"),
        ("rds.iops.io2", "RDS:IO2-PIOPS", "Provisioned IOPS", "IOPS-Mo"),
        ("rds.throughput.gp3", "RDS:GP3-Throughput", "Provisioned Throughput", "MiBps-Mo"),
    ],
)
def test_provisioned_operations_and_throughput_are_priced_by_the_month_in_one_zone(
    aws: ScriptedAws, item: str, usage: str, family: str, unit: str
) -> None:
    others = ("RDS:Multi-AZ-GP3-PIOPS", "RDS:Multi-AZ-PIOPS", "RDS:PIOPS-Storage")
    rows = [product(other, "0.2", family=family, unit=unit) for other in others]
    aws.answer("GetProducts", 200, page(*rows, product(usage, "0.02", family=family, unit=unit)))
    [price] = prices(aws).prices("us-east-1", [item]).prices
    assert (price.usd, price.per) == (Decimal("0.02"), "month")


@pytest.mark.parametrize("named", ["db.r6g.2xlarge", "db.r6g.2xl"])
def test_a_class_is_found_however_the_list_shortens_its_name(aws: ScriptedAws, named: str) -> None:
    large = {"instanceType": "db.r6g.2xlarge", "databaseEngine": "PostgreSQL", "family": "Database Instance"}
    aws.answer("GetProducts", 200, page(product(f"EUC1-InstanceUsage:{named}", "0.9", **large)))
    item = "rds.db.r6g.2xlarge.postgres.single"
    assert amounts(aws, item) == {item: Decimal("0.9")}


def test_aurora_has_prices_of_its_own_where_it_is_optimized_for_requests(aws: ScriptedAws) -> None:
    aurora = {"databaseEngine": "Aurora PostgreSQL"}
    large = {"instanceType": "db.r6g.large", "family": "Database Instance", **aurora}
    units = {"family": "ServerlessV2", "unit": "ACU-Hr"}
    gb = {"family": "Database Storage", "unit": "GB-Mo"}
    rows = [
        product("InstanceUsage:db.r6g.large", "0.26", **large),
        product("InstanceUsageIOOptimized:db.r6g.large", "0.338", **large),
        product("Aurora:ServerlessV2Usage", "0.12", **units, **aurora),
        product("Aurora:ServerlessV2IOOptimizedUsage", "0.16", **units, **aurora),
        product("Aurora:ServerlessV2Usage", "0.5", **units, databaseEngine="Aurora MySQL"),
        product("Aurora:ServerlessUsage", "0.06", family="Serverless", unit="ACU-Hr", **aurora),
        product("Aurora:StorageUsage", "0.10", **gb),
        product("Aurora:IO-OptimizedStorageUsage", "0.225", **gb),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    expected = {
        "rds.db.r6g.large.aurora-postgresql.single": "0.26",
        "rds.db.r6g.large.aurora-postgresql.iopt": "0.338",
        "aurora.acu.aurora-postgresql": "0.12",
        "aurora.acu.aurora-postgresql.iopt": "0.16",
        "rds.storage.aurora": "0.1",
        "rds.storage.aurora-iopt1": "0.225",
    }
    assert {item: str(usd) for item, usd in amounts(aws, *expected).items()} == expected


def test_a_node_is_priced_by_its_engine_and_never_by_a_surcharge(aws: ScriptedAws) -> None:
    micro = {"instanceType": "cache.t4g.micro", "family": "Cache Instance"}
    rows = [
        product("ExtendedSupportYr3-NodeUsage:cache.t4g.micro", "0.026", cacheEngine="Redis", **micro),
        product("NodeUsage:cache.t4g.micro", "0.0000000000", "0.016", cacheEngine="Redis", **micro),
        product("NodeUsage:cache.t4g.micro", "0.0128", cacheEngine="Valkey", **micro),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    redis, valkey = "cache.cache.t4g.micro.redis", "cache.cache.t4g.micro.valkey"
    assert amounts(aws, redis, valkey) == {redis: Decimal("0.016"), valkey: Decimal("0.0128")}


def test_requests_to_a_serverless_cache_are_priced_by_an_hour_at_a_rate(aws: ScriptedAws) -> None:
    """One ECPU costs 0.0000000023 USD, so an hour at one ECPU a second costs 3,600 times as much."""
    family = {"family": "ElastiCache Serverless"}
    rows = [
        product("USE1-CachedData:Valkey", "0.084", unit="GB-Hours", **family),
        product("USE1-CachedData:Redis", "0.125", unit="GB-Hours", **family),
        product("USE1-BackupUsage:Valkey", "0.085", unit="GB-months", **family),
        product(
            "USE1-ElastiCacheProcessingUnits:Valkey",
            "0.0000000023",
            unit="ElastiCacheProcessingUnit",
            **family,
        ),
    ]
    aws.answer("GetProducts", 200, page(*rows))
    stored, ecpu = "cache.stored.valkey", "cache.ecpu.valkey"
    assert amounts(aws, stored, ecpu) == {stored: Decimal("0.084"), ecpu: Decimal("0.00000828")}
    assert aws.count("GetProducts") == 1


def test_spot_is_in_no_list_and_is_not_asked_for(aws: ScriptedAws) -> None:
    found = prices(aws).prices("us-east-1", ["spot.vcpu.x86", "spot.gb.arm"])
    assert (found.prices, found.doubts, aws.asked) == ((), (), [])


def test_an_item_of_no_known_form_is_absent_without_a_question(aws: ScriptedAws) -> None:
    odd = ["rds.db.t4g.micro.db2-se.single", "cache.micro.redis", "rds.storage.zip", "lambda"]
    odd += ["cache.node", "cache.serverless", "aurora.storage", "aurora.serverless", "aurora.acu.postgres"]
    found = prices(aws).prices("us-east-1", odd)
    assert {doubt.why for doubt in found.doubts} == {Doubted.ABSENT}
    assert (len(found.doubts), aws.asked) == (len(odd), [])


@pytest.mark.parametrize(
    ("item", "service", "usage"),
    [
        ("ipv4", "AmazonVPC", "PublicIPv4:InUseAddress"),
        ("nat", "AmazonEC2", "NatGateway-Hours"),
        ("elb.network", "AWSELB", "LoadBalancerUsage"),
        ("cache.cache.t4g.micro.valkey", "AmazonElastiCache", "NodeUsage:cache.t4g.micro"),
        ("rds.db.r6g.large.aurora-postgresql.single", "AmazonRDS", "InstanceUsage:db.r6g.large"),
    ],
)
def test_each_item_is_one_usage_type_of_one_service(item: str, service: str, usage: str) -> None:
    found = wanted(item)
    assert found is not None
    assert (found.service, found.usage) == (service, usage)


def test_a_refusal_is_raised_and_no_price_is_given_in_part(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(X86, more="two"))
    aws.answer("GetProducts", 400, {"__type": "AccessDeniedException", "message": "no"})
    with pytest.raises(Denied):
        prices(aws).prices("us-east-1", [VCPU])


def test_an_entry_that_is_no_json_is_trouble(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, {"PriceList": ["{"]})
    with pytest.raises(Trouble):
        prices(aws).prices("us-east-1", [VCPU])


def test_questions_have_a_rate_of_their_own(aws: ScriptedAws) -> None:
    aws.answer("GetProducts", 200, page(X86))
    listed = prices(aws)
    with pytest.raises(Throttled):
        for _ in range(500):
            listed.prices("us-east-1", [VCPU])
    assert 0 < aws.count("GetProducts") < 100
