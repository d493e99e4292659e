"""Addresses of pages of the AWS console, in whichever partition a service lies (facts/ecs 2.10)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from policies.service.environment import LiveService

HOSTS: Mapping[str, str] = {
    "aws": "console.aws.amazon.com",
    "aws-us-gov": "console.amazonaws-us-gov.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
}
"""The domain below which each region has its console. Those of the isolated partitions are not public."""


def deployments_page(service: LiveService) -> str:
    """Return the address of the page with the service's deployments; empty in a partition whose console has
    no public address. The partition and the region are those of its ARN.
    """
    partition, region = (*service.arn.split(":"), "", "", "", "")[1:5:2]
    if partition not in HOSTS or not region:
        return ""
    place = f"clusters/{quote(service.cluster, safe='')}/services/{quote(service.name, safe='')}"
    query = urlencode({"region": region})
    return f"https://{region}.{HOSTS[partition]}/ecs/v2/{place}/deployments?{query}"
