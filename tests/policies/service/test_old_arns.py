"""Which service ARNs have the old short format."""

from __future__ import annotations

import pytest

from policies.service.environment import LiveService, has_old_arn


@pytest.mark.parametrize(
    ("resource", "old"),
    [("service/web", True), ("service/staging/web", False), ("service/service/web", False)],
)
@pytest.mark.parametrize("partition", ["aws", "aws-cn"])
def test_an_old_arn_names_no_cluster(partition: str, resource: str, old: bool) -> None:
    arn = f"arn:{partition}:ecs:eu-central-1:123456789012:{resource}"
    assert has_old_arn(LiveService("web", "staging", arn)) is old
