"""Where a one-off task runs that copies the place of a service, whoever deploys that service."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.aws.discovery.rows import bought, summary
from bot.aws.runs import placement_of
from policies.service.running_once import Bought, Placement

CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/staging"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}
OLD = {"awsvpcConfiguration": {"subnets": ["subnet-0"], "securityGroups": ["sg-0"]}}


def row(controller: str, **fields: Any) -> Any:
    return {
        "clusterArn": CLUSTER,
        "serviceName": "web",
        "deploymentController": {"type": controller},
        **fields,
    }


@pytest.mark.parametrize("controller", ["EXTERNAL", "CODE_DEPLOY"])
def test_a_service_of_another_controller_has_its_place_in_the_task_set_that_serves(controller: str) -> None:
    sets = [
        {"status": "ACTIVE", "launchType": "EC2", "networkConfiguration": OLD},
        {
            "status": "PRIMARY",
            "launchType": "FARGATE",
            "platformVersion": "1.4.0",
            "networkConfiguration": NETWORK,
        },
    ]
    found = placement_of(row(controller, taskSets=sets))
    assert found == Placement(
        "staging", "FARGATE", (), "1.4.0", subnets=("subnet-1",), security_groups=("sg-1",)
    )


def test_a_task_set_may_buy_from_capacity_providers() -> None:
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    sets = [{"status": "PRIMARY", "capacityProviderStrategy": strategy, "networkConfiguration": NETWORK}]
    assert placement_of(row("EXTERNAL", taskSets=sets)).providers == (Bought("FARGATE_SPOT", 1, 0),)


def test_a_service_of_ecs_and_one_without_task_sets_have_their_own() -> None:
    for controller in ("ECS", "EXTERNAL"):
        found = placement_of(row(controller, launchType="FARGATE", networkConfiguration=NETWORK))
        assert (found.launch_type, found.subnets) == ("FARGATE", ("subnet-1",))


def test_the_revision_and_the_launch_type_of_such_a_service_are_those_of_its_task_set() -> None:
    arn = "arn:aws:ecs:eu-central-1:123456789012:service/staging/web"
    sets = [{"status": "PRIMARY", "launchType": "FARGATE", "taskDefinition": "web:7"}]
    theirs = row("EXTERNAL", serviceArn=arn, taskSets=sets)
    assert summary(theirs, datetime(2026, 3, 2, tzinfo=UTC)).revision == "web:7"
    assert bought(theirs) == bought(row("ECS", launchType="FARGATE")) != bought(row("ECS"))
