"""Faults strike before or after the effect, and traffic records every call."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from tests.playground.aws.stage import Row, Stage
from tests.waiting import until

LOST = (ConnectionClosedError, HTTPClientError)


def updates(stage: Stage) -> int:
    return int(stage.told("api")["calls"]["UpdateService"])


def test_a_drop_before_the_effect_prevents_the_effect(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.faults.order(kind="drop", method="ecs.UpdateService", phase="before_effect")
    with pytest.raises(LOST):
        stage.restart("api")
    assert updates(stage) == 0
    stage.restart("api")
    assert updates(stage) == 1


def test_a_drop_after_the_effect_loses_only_the_answer(stage: Stage) -> None:
    before = stage.environment({"name": "api"})["api"]["deployments"][0]["id"]
    stage.faults.order(kind="drop", method="ecs.UpdateService", phase="after_effect")
    with pytest.raises(LOST):
        stage.restart("api")
    assert updates(stage) == 1
    assert stage.service("api")["deployments"][0]["id"] != before


def test_a_held_call_released_with_drop_was_never_sent(stage: Stage) -> None:
    stage.environment({"name": "api"})
    rule = stage.faults.order(kind="hold", method="ecs.UpdateService", phase="before_effect")
    caught: list[BaseException] = []

    def call() -> None:
        try:
            stage.restart("api")
        except LOST as error:
            caught.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    until("the call is held", lambda: rule.holding == 1)
    assert stage.service("api")["status"] == "ACTIVE", "a held call holds up nobody else"
    stage.faults.release(rule.id, drop=True)
    thread.join(10)
    assert len(caught) == 1
    assert updates(stage) == 0


def test_a_held_call_that_is_released_goes_on(stage: Stage) -> None:
    stage.environment({"name": "api"})
    rule = stage.faults.order(kind="hold", method="ecs.UpdateService", phase="after_effect")
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(stage.restart, "api")
        until("the call is held", lambda: rule.holding == 1)
        assert updates(stage) == 1
        stage.faults.release(rule.id)
        assert answer.result(10).startswith("ecs-svc/")


@pytest.mark.parametrize(
    ("service", "method", "call"),
    [
        ("ecs", "ecs.ListClusters", "list_clusters"),
        ("sts", "sts.GetCallerIdentity", "get_caller_identity"),
        ("ec2", "ec2.DescribeVpcs", "describe_vpcs"),
    ],
)
def test_an_ordered_error_speaks_the_protocol_of_the_call(
    stage: Stage, service: str, method: str, call: str
) -> None:
    stage.faults.order(kind="error", method=method, code="AccessDeniedException")
    with pytest.raises(ClientError) as error:
        getattr(stage.client(service), call)()
    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    getattr(stage.client(service), call)()


def test_an_ordered_status_is_the_status_of_the_answer(stage: Stage) -> None:
    stage.faults.order(kind="status", method="ecs.ListClusters", status=503)
    with pytest.raises(ClientError) as error:
        stage.client("ecs").list_clusters()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_a_delay_is_in_real_seconds(stage: Stage) -> None:
    stage.faults.order(kind="delay", method="ecs.ListClusters", seconds=0.3)
    began = time.monotonic()
    stage.client("ecs").list_clusters()
    assert time.monotonic() - began >= 0.3


def test_a_duplicated_call_takes_effect_twice(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.faults.order(kind="duplicate", method="ecs.UpdateService")
    stage.restart("api")
    assert updates(stage) == 2


def traffic(stage: Stage, method: str) -> Row:
    rows = stage.until(lambda: [row for row in stage.rows if row["method"] == method], method)
    row: Row = rows[-1]
    return row


def test_an_assumed_role_shows_the_person_and_no_credentials(stage: Stage) -> None:
    role = stage.order("environment.create", name=stage.cluster, services=[{"name": "api"}])["role"]
    assert role == f"arn:aws:iam::123456789012:role/lamplighter-{stage.cluster}"
    answer = stage.client("sts").assume_role(
        RoleArn=role,
        RoleSessionName="U0DEV",
        SourceIdentity="U0DEV",
        Tags=[{"Key": "environment", "Value": stage.cluster}],
    )["Credentials"]
    request = traffic(stage, "sts.AssumeRole")["request"]
    assert (request["RoleSessionName"], request["SourceIdentity"]) == ("U0DEV", "U0DEV")
    assert request["Tags"] == [{"Key": "environment", "Value": stage.cluster}]
    stage.rows.clear()
    ecs = stage.client(
        "ecs",
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
    )
    ecs.update_service(cluster=stage.cluster, service="api", forceNewDeployment=True)
    row = traffic(stage, "ecs.UpdateService")
    assert row["role"] == f"lamplighter-{stage.cluster}/U0DEV"
    assert (row["kind"], row["status"]) == ("aws", 200)
    assert row["request"] == {"cluster": stage.cluster, "service": "api", "forceNewDeployment": True}
    assert answer["SecretAccessKey"] not in str(stage.rows)
    assert answer["SessionToken"] not in str(stage.rows)


def test_environment_values_of_task_definitions_are_masked_in_traffic(stage: Stage) -> None:
    stage.client("ecs").register_task_definition(
        family="masked",
        containerDefinitions=[
            {"name": "a", "image": "b", "memory": 64, "environment": [{"name": "KEY", "value": "hush-hush"}]}
        ],
    )
    traffic(stage, "ecs.RegisterTaskDefinition")
    assert "hush-hush" not in str(stage.rows)


def test_twenty_clients_at_once_see_no_error(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 2, "load_balancer": True}, {"name": "worker"})
    group = stage.told("api")["target_groups"][0]
    ecs, elb = stage.client("ecs"), stage.client("elbv2")
    stage.restart("api")

    def look(number: int) -> int:
        for _ in range(4):
            ecs.describe_services(cluster=stage.cluster, services=["api", "worker"])
            ecs.list_tasks(cluster=stage.cluster)
            elb.describe_target_health(TargetGroupArn=group)
        return number

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(look, range(20))) == list(range(20))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"RoleSessionName": "U0DEV with spaces"}, "ValidationError"),
        ({"SourceIdentity": "x" * 65}, "ValidationError"),
        ({"RoleArn": "arn:aws:iam::123456789012:role/lamplighter-nowhere"}, "AccessDenied"),
    ],
)
def test_a_role_must_exist_and_be_assumed_under_a_valid_name(
    stage: Stage, arguments: dict[str, str], code: str
) -> None:
    role = stage.order("environment.create", name=stage.cluster)["role"]
    with pytest.raises(ClientError) as error:
        stage.client("sts").assume_role(**({"RoleArn": role, "RoleSessionName": "U0DEV"} | arguments))
    assert error.value.response["Error"]["Code"] == code
