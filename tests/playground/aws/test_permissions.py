"""What an order denies to a role: its calls are refused, and IAM's simulator predicts that."""

from __future__ import annotations

from typing import Any

import pytest

from tests.playground.aws.stage import Stage, refusal

WEB = "arn:aws:ecs:eu-central-1:123456789012:service/staging/web"


def session(stage: Stage) -> dict[str, str]:
    """Return keys for the role of this test's environment."""
    role = f"arn:aws:iam::123456789012:role/lamplighter-{stage.cluster}"
    given = stage.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def deny(stage: Stage, *actions: str) -> None:
    stage.order("role.deny", role=f"lamplighter-{stage.cluster}", actions=list(actions))


def simulated(stage: Stage, *actions: str) -> dict[str, Any]:
    answer = stage.client("iam").simulate_principal_policy(
        PolicySourceArn=f"arn:aws:iam::123456789012:role/lamplighter-{stage.cluster}",
        ActionNames=list(actions),
        ResourceArns=[WEB, "arn:aws:rds:eu-central-1:123456789012:db:orders"],
    )
    return {row["EvalActionName"]: row for row in answer["EvaluationResults"]}


def test_a_denied_call_is_refused_and_others_are_not(stage: Stage) -> None:
    stage.environment({"name": "api"})
    ecs = stage.client("ecs", **session(stage))
    deny(stage, "ecs:Update*")
    assert (
        refusal(lambda: ecs.update_service(cluster=stage.cluster, service="api")) == "AccessDeniedException"
    )
    assert ecs.list_services(cluster=stage.cluster)["serviceArns"]
    stage.order("role.allow", role=f"lamplighter-{stage.cluster}")
    assert ecs.update_service(cluster=stage.cluster, service="api")["service"]["serviceName"] == "api"


def test_the_query_protocol_refuses_in_its_own_words(stage: Stage) -> None:
    stage.environment()
    rds = stage.client("rds", **session(stage))
    deny(stage, "rds:*")
    assert refusal(rds.describe_db_instances) == "AccessDenied"


def test_the_simulator_answers_for_each_action_and_each_resource(stage: Stage) -> None:
    stage.environment()
    deny(stage, "rds:Stop*")
    rows = simulated(stage, "ecs:UpdateService", "rds:StopDBInstance")
    assert {action: row["EvalDecision"] for action, row in rows.items()} == {
        "ecs:UpdateService": "allowed",
        "rds:StopDBInstance": "implicitDeny",
    }
    specific = rows["rds:StopDBInstance"]["ResourceSpecificResults"]
    assert [row["EvalResourceDecision"] for row in specific] == ["implicitDeny"] * 2
    assert specific[0]["EvalResourceName"] == WEB


def test_the_simulator_refuses_an_absent_role(stage: Stage) -> None:
    assert refusal(lambda: simulated(stage, "ecs:UpdateService")) == "NoSuchEntity"


def test_a_denial_needs_actions(stage: Stage) -> None:
    with pytest.raises(ValueError, match="needs actions"):
        stage.order("role.deny", role="lamplighter-staging")
