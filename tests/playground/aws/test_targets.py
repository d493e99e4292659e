"""Target health follows the tasks (facts/ecs 2.4 and 11)."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.stage import Row, Stage

API = {"name": "api", "desired": 1, "load_balancer": True}


def states(stage: Stage, group: str) -> list[str]:
    answer = stage.client("elbv2").describe_target_health(TargetGroupArn=group)
    return [row["TargetHealth"]["State"] for row in answer["TargetHealthDescriptions"]]


def test_targets_are_the_addresses_of_the_running_tasks(stage: Stage) -> None:
    made = stage.environment(API)
    group = made["api"]["target_groups"][0]
    answer = stage.client("elbv2").describe_target_health(TargetGroupArn=group)
    rows: list[Row] = answer["TargetHealthDescriptions"]
    details = {d["name"]: d["value"] for d in stage.tasks("api")[0]["attachments"][0]["details"]}
    assert [row["Target"]["Id"] for row in rows] == [details["privateIPv4Address"]]
    assert states(stage, group) == ["healthy"]


def test_a_new_target_is_initial_and_the_old_one_drains(stage: Stage) -> None:
    made = stage.environment(API | {"drain_seconds": 20})
    group = made["api"]["target_groups"][0]
    stage.restart("api")
    seen: set[str] = set()

    def over() -> bool:
        seen.update(states(stage, group))
        return len(stage.service("api")["deployments"]) == 1

    stage.until(over, "rolled out")
    assert {"healthy", "draining"} <= seen
    assert states(stage, group) == ["healthy"]


def test_a_running_service_can_be_made_unhealthy(stage: Stage) -> None:
    made = stage.environment(API | {"minimum": 100})
    stage.order("service.behave", cluster=stage.cluster, service="api", behave="never_healthy", applies="all")
    group = made["api"]["target_groups"][0]
    stage.until(
        lambda: "unhealthy" in states(stage, group) or "draining" in states(stage, group), "unhealthy"
    )
    stage.until(
        lambda: any("failed ELB health checks" in message for message in stage.messages("api")), "the event"
    )


def test_an_unregistered_target_is_unused(stage: Stage) -> None:
    group = stage.environment(API)["api"]["target_groups"][0]
    answer = stage.client("elbv2").describe_target_health(
        TargetGroupArn=group, Targets=[{"Id": "10.9.9.9", "Port": 8080}]
    )
    health = answer["TargetHealthDescriptions"][0]["TargetHealth"]
    assert (health["State"], health["Reason"]) == ("unused", "Target.NotRegistered")


def test_an_unknown_target_group_is_an_error(stage: Stage) -> None:
    with pytest.raises(ClientError, match="TargetGroupNotFound"):
        stage.client("elbv2").describe_target_health(
            TargetGroupArn="arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/none/0"
        )
