from __future__ import annotations

import pytest

from policies.service.console import deployments_page
from policies.service.environment import LiveService


def page(partition: str, region: str, cluster: str = "staging", name: str = "web", arn: str = "") -> str:
    made = arn or f"arn:{partition}:ecs:{region}:123456789012:service/{cluster}/{name}"
    return deployments_page(LiveService(name, cluster, made))


@pytest.mark.parametrize(
    ("partition", "region", "host"),
    [
        ("aws", "eu-central-1", "eu-central-1.console.aws.amazon.com"),
        ("aws-cn", "cn-north-1", "cn-north-1.console.amazonaws.cn"),
        ("aws-us-gov", "us-gov-west-1", "us-gov-west-1.console.amazonaws-us-gov.com"),
        ("aws-eusc", "eusc-de-east-1", "eusc-de-east-1.console.amazonaws-eusc.eu"),
    ],
)
def test_each_partition_has_a_console_of_its_own(partition: str, region: str, host: str) -> None:
    path = "ecs/v2/clusters/staging/services/web/deployments"
    assert page(partition, region) == f"https://{host}/{path}?region={region}"


@pytest.mark.parametrize("partition", ["aws-iso", "aws-iso-b", "somewhere"])
def test_an_isolated_partition_has_no_address(partition: str) -> None:
    assert page(partition, "us-iso-east-1") == ""


@pytest.mark.parametrize("arn", ["web", "arn:aws", "arn:aws:ecs"])
def test_what_is_no_arn_has_no_address(arn: str) -> None:
    assert page("", "", arn=arn) == ""


def test_the_cluster_is_known_where_an_old_arn_does_not_name_it() -> None:
    found = page("aws", "eu-central-1", arn="arn:aws:ecs:eu-central-1:123456789012:service/web")
    assert "clusters/staging/services/web/" in found


def test_nothing_in_a_name_leads_elsewhere() -> None:
    assert "clusters/a%2F..%2Fb/services/w%3Fx%23y/" in page("aws", "eu-west-1", "a/../b", "w?x#y")
