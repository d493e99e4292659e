"""Native strategies walk their stages and may pause (facts/ecs 2.1). The dwell times are our own."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from playground.aws.blue_green import STAGES
from tests.playground.aws.stage import Stage

SHOP = {"name": "shop", "desired": 2, "load_balancer": True, "strategy": "BLUE_GREEN", "bake_minutes": 1}


def release(stage: Stage) -> dict[str, Any]:
    ecs = stage.client("ecs")
    arn = stage.service("shop")["currentServiceDeployment"]
    rows = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    row: dict[str, Any] = rows[0]
    return row


def test_a_release_walks_its_stages_in_order_and_bakes(stage: Stage) -> None:
    stage.environment(SHOP)
    stage.restart("shop")
    seen: list[str] = []

    def ended() -> bool:
        row = release(stage)
        if row.get("lifecycleStage") and row["lifecycleStage"] not in seen:
            seen.append(row["lifecycleStage"])
        return bool(row["status"] == "SUCCESSFUL")

    stage.until(ended, "SUCCESSFUL")
    assert seen == sorted(seen, key=STAGES.index)
    assert "BAKE_TIME" in seen
    row = release(stage)
    assert row["targetServiceRevision"]["requestedProductionTrafficWeight"] == 100
    assert (row["finishedAt"] - row["createdAt"]).total_seconds() > 60
    assert "rolloutState" not in stage.service("shop")["deployments"][0]


def test_a_paused_release_waits_until_it_is_continued(stage: Stage) -> None:
    stage.environment(SHOP | {"bake_minutes": 0})
    stage.order("pause", cluster=stage.cluster, service="shop", stage="POST_TEST_TRAFFIC_SHIFT")
    stage.restart("shop")
    row = stage.until(lambda: (r := release(stage)).get("lifecycleHookDetails") and r, "a hook")
    hook = row["lifecycleHookDetails"][0]
    assert (row["lifecycleStage"], hook["status"]) == ("POST_TEST_TRAFFIC_SHIFT", "AWAITING_ACTION")
    stage.clock.advance(3600)
    assert release(stage)["status"] == "IN_PROGRESS"
    stage.client("ecs").continue_service_deployment(
        serviceDeploymentArn=row["serviceDeploymentArn"], hookId=hook["hookId"], action="CONTINUE"
    )
    stage.until(lambda: release(stage)["status"] == "SUCCESSFUL", "SUCCESSFUL")


def test_a_pause_nobody_answers_rolls_back_at_its_time_out(stage: Stage) -> None:
    before = stage.environment(SHOP)["shop"]["deployments"][0]["id"]
    stage.order("pause", cluster=stage.cluster, service="shop", minutes=5)
    stage.restart("shop")
    stage.until(lambda: release(stage).get("lifecycleHookDetails"), "a hook")
    stage.clock.advance(400)
    stage.until(lambda: release(stage)["status"] == "ROLLBACK_SUCCESSFUL", "rolled back")
    rows = stage.service("shop")["deployments"]
    assert [(d["id"], d["status"]) for d in rows] == [(before, "PRIMARY")]


def test_green_tasks_register_in_the_other_target_group(stage: Stage) -> None:
    blue = stage.environment(SHOP | {"bake_minutes": 0})["shop"]["target_groups"][0]
    deployment = stage.restart("shop")
    stage.until(lambda: release(stage)["status"] == "SUCCESSFUL", "SUCCESSFUL")
    elb = stage.client("elbv2")
    alternate = stage.service("shop")["loadBalancers"][0]["advancedConfiguration"]["alternateTargetGroupArn"]
    rows = elb.describe_target_health(TargetGroupArn=alternate)["TargetHealthDescriptions"]
    assert [row["TargetHealth"]["State"] for row in rows] == ["healthy", "healthy"]
    assert elb.describe_target_health(TargetGroupArn=blue)["TargetHealthDescriptions"] == []
    assert {task["startedBy"] for task in stage.tasks("shop")} == {deployment}


def test_a_canary_gives_a_small_share_of_the_traffic_first(stage: Stage) -> None:
    stage.environment(SHOP | {"strategy": "CANARY", "bake_minutes": 0})
    stage.restart("shop")
    row = stage.until(
        lambda: (r := release(stage)).get("lifecycleStage") == "PRODUCTION_TRAFFIC_SHIFT" and r, "the shift"
    )
    assert 0 < row["targetServiceRevision"]["requestedProductionTrafficWeight"] < 50
    stage.clock.advance(700)
    stage.until(lambda: release(stage)["status"] == "SUCCESSFUL", "SUCCESSFUL")


def test_only_a_waiting_hook_can_be_continued(stage: Stage) -> None:
    stage.environment(SHOP)
    stage.slow_down("shop")
    stage.restart("shop")
    with pytest.raises(ClientError, match="InvalidParameterException"):
        stage.client("ecs").continue_service_deployment(
            serviceDeploymentArn=release(stage)["serviceDeploymentArn"], hookId="1", action="CONTINUE"
        )


def test_a_green_side_that_fails_is_rolled_back_by_the_breaker(stage: Stage) -> None:
    made = stage.environment(SHOP | {"breaker": "rollback", "behave": {"exit": 1}})["shop"]
    stage.restart("shop")
    row = stage.until(lambda: (r := release(stage))["status"] == "ROLLBACK_SUCCESSFUL" and r, "rolled back")
    assert row["deploymentCircuitBreaker"]["status"] == "TRIGGERED"
    service = stage.service("shop")
    assert [d["id"] for d in service["deployments"]] == [made["deployments"][0]["id"]]
    assert service["runningCount"] == 2
