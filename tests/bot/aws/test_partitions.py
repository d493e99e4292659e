"""One place decides which partition a region lies in, and whatever names an ARN or an address follows it."""

from __future__ import annotations

import json
import re

import pytest

from bot.aws import arns, images
from bot.aws.partitions import arn, partition_of, partitions, regions
from bot.aws.permissions import policy_document
from policies.service.environment import Tier
from tests.bot.aws.stage import environment

ALL = sorted((region, p.name) for p in partitions() for region in p.regions)


@pytest.mark.parametrize(("region", "partition"), ALL)
def test_each_region_lies_in_one_partition(region: str, partition: str) -> None:
    assert partition_of(region) == partition
    assert [p.name for p in partitions() if region in p.regions] == [partition]


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eusc-de-west-7", "aws-eusc"),
        ("us-isob-north-1", "aws-iso-b"),
        ("cn-south-9", "aws-cn"),
        ("xx-moon-1", "aws"),
        ("", "aws"),
    ],
)
def test_the_form_of_its_name_decides_the_partition_of_an_unlisted_region(
    region: str, partition: str
) -> None:
    assert partition_of(region) == partition
    assert region not in regions()


def test_a_global_name_is_not_a_region() -> None:
    assert not [region for region in regions() if region.endswith("-global")]


@pytest.mark.parametrize("partition", sorted({p.name for p in partitions()}))
def test_every_arn_of_a_policy_carries_the_partition(partition: str) -> None:
    region = next(region for region, name in ALL if name == partition)
    here = environment("staging", region=region, role_arn="", databases=("orders", "cluster:events"))
    closed = environment("production", region=region, role_arn="", tier=Tier.PRODUCTION, databases=("sales",))
    named = re.findall(r'"(arn:[^"]*)"', json.dumps(policy_document([here, closed])))
    assert len(named) > 20
    assert {one.split(":")[1] for one in named} == {partition}
    assert arns.roles([here]) == [f"arn:{partition}:iam::123456789012:role/*"]


def test_iam_has_no_region() -> None:
    assert arn("eusc-de-east-1", "1" * 12, "iam", "role/*") == f"arn:aws-eusc:iam::{'1' * 12}:role/*"


@pytest.mark.parametrize("suffix", sorted({p.suffixes[0] for p in partitions()}))
def test_an_image_in_ecr_is_recognised_in_any_partition(suffix: str) -> None:
    found = images.in_ecr(f"{'1' * 12}.dkr.ecr.eu-west-9.{suffix}/team/web:v1")
    assert found is not None
    assert (found["repository"], found["tag"]) == ("team/web", "v1")
    assert images.in_ecr(f"{'1' * 12}.dkr.ecr.eu-west-9.{suffix}.example.org/web") is None
