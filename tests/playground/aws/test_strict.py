"""What AWS refuses and moto accepts (facts/ecs 1.2, 1.6, 2.1, 2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.playground.aws.stage import Stage

NAMES = [f"s{number:02d}" for number in range(12)]


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_services_come_ten_a_page_by_default(stage: Stage) -> None:
    stage.environment(*({"name": name, "desired": 0} for name in NAMES))
    ecs = stage.client("ecs")
    first = ecs.list_services(cluster=stage.cluster)
    assert len(first["serviceArns"]) == 10
    second = ecs.list_services(cluster=stage.cluster, nextToken=first["nextToken"])
    assert "nextToken" not in second
    arns = first["serviceArns"] + second["serviceArns"]
    assert [arn.split("/")[-1] for arn in arns] == NAMES
    assert len(ecs.list_services(cluster=stage.cluster, maxResults=100)["serviceArns"]) == 12


@pytest.mark.parametrize("token", ["nonsense", "bGFtcDo5OTk=", "bGFtcDp4"])
def test_a_made_up_token_is_refused(stage: Stage, token: str) -> None:
    stage.environment({"name": "api", "desired": 0})
    with pytest.raises(ClientError) as error:
        stage.client("ecs").list_services(cluster=stage.cluster, nextToken=token)
    assert code(error) == "InvalidParameterException"


def test_tasks_and_clusters_are_paged_too(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 3})
    ecs = stage.client("ecs")
    pages = list(
        ecs.get_paginator("list_tasks").paginate(cluster=stage.cluster, PaginationConfig={"PageSize": 2})
    )
    assert [len(page["taskArns"]) for page in pages] == [2, 1]
    stage.order("environment.create", name=f"{stage.cluster}-b")
    assert len(ecs.list_clusters(maxResults=1)["clusterArns"]) == 1
    every = ecs.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 1})
    assert any(stage.cluster in arn for page in every for arn in page["clusterArns"])


def test_clusters_match_exactly(stage: Stage) -> None:
    stage.environment({"name": "api"})
    longer = f"{stage.cluster}-2"
    stage.order("environment.create", name=longer, services=[{"name": "other"}])
    ecs = stage.client("ecs")
    arns = ecs.list_services(cluster=stage.cluster)["serviceArns"]
    assert [arn.split("/")[-1] for arn in arns] == ["api"]
    assert len(ecs.list_tasks(cluster=stage.cluster)["taskArns"]) == 1
    other = ecs.list_services(cluster=longer)["serviceArns"][0]
    answer = ecs.describe_services(cluster=stage.cluster, services=[other])
    assert (answer["services"], answer["failures"]) == ([], [{"arn": other, "reason": "MISSING"}])
    with pytest.raises(ClientError) as error:
        ecs.list_services(cluster=stage.cluster[:-1])
    assert code(error) == "ClusterNotFoundException"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("describe_services", {"services": [f"s{n}" for n in range(11)]}),
        ("describe_tasks", {"tasks": [f"{n:032x}" for n in range(101)]}),
        ("run_task", {"taskDefinition": "x", "count": 11}),
    ],
)
def test_batches_over_the_limit_are_refused(stage: Stage, operation: str, arguments: dict[str, Any]) -> None:
    stage.environment({"name": "api", "desired": 0})
    with pytest.raises(ClientError) as error:
        getattr(stage.client("ecs"), operation)(cluster=stage.cluster, **arguments)
    assert code(error) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("operation", "key", "most"),
    [
        ("describe_clusters", "clusters", 100),
        ("describe_service_deployments", "serviceDeploymentArns", 20),
        ("describe_service_revisions", "serviceRevisionArns", 20),
    ],
)
def test_batches_without_a_cluster_have_limits_too(stage: Stage, operation: str, key: str, most: int) -> None:
    call = getattr(stage.client("ecs"), operation)
    call(**{key: ["x"] * most})
    with pytest.raises(ClientError) as error:
        call(**{key: ["x"] * (most + 1)})
    assert code(error) == "InvalidParameterException"


def test_tasks_are_listed_by_service_and_only_running_ones_by_default(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 2}, {"name": "worker"})
    ecs = stage.client("ecs")
    killed = stage.order("task.kill", cluster=stage.cluster, service="worker")["task"]
    arns = ecs.list_tasks(cluster=stage.cluster)["taskArns"]
    assert killed not in arns
    assert len(ecs.list_tasks(cluster=stage.cluster, serviceName="api")["taskArns"]) == 2
    assert ecs.list_tasks(cluster=stage.cluster, desiredStatus="STOPPED")["taskArns"] == [killed]
    assert ecs.list_tasks(cluster=stage.cluster, desiredStatus="PENDING")["taskArns"] == []


def test_started_by_takes_no_other_filter(stage: Stage) -> None:
    made = stage.environment({"name": "api", "desired": 2})
    deployment = made["api"]["deployments"][0]["id"]
    ecs = stage.client("ecs")
    assert len(ecs.list_tasks(cluster=stage.cluster, startedBy=deployment)["taskArns"]) == 2
    with pytest.raises(ClientError) as error:
        ecs.list_tasks(cluster=stage.cluster, startedBy=deployment, serviceName="api")
    assert code(error) == "InvalidParameterException"


@pytest.mark.parametrize(
    ("spec", "change"),
    [
        ({"controller": "CODE_DEPLOY"}, {"forceNewDeployment": True}),
        ({"controller": "EXTERNAL"}, {"forceNewDeployment": True}),
        ({"scheduling": "DAEMON"}, {"desiredCount": 3}),
    ],
)
def test_other_controllers_and_daemons_refuse_changes_that_do_not_apply(
    stage: Stage, spec: dict[str, Any], change: dict[str, Any]
) -> None:
    stage.environment({"name": "api"} | spec)
    with pytest.raises(ClientError) as error:
        stage.client("ecs").update_service(cluster=stage.cluster, service="api", **change)
    assert code(error) == "InvalidParameterException"


def test_code_deploy_services_show_task_sets_and_no_deployments(stage: Stage) -> None:
    stage.environment({"name": "api", "controller": "CODE_DEPLOY"})
    row = stage.service("api")
    assert row["deployments"] == []
    assert [task_set["status"] for task_set in row["taskSets"]] == ["PRIMARY"]
    assert "currentServiceDeployment" not in row


def test_an_express_service_is_recognised_by_its_resource_management_type(stage: Stage) -> None:
    stage.environment({"name": "api", "controller": "EXPRESS"})
    assert stage.service("api")["resourceManagementType"] == "ECS"


def test_an_inactive_task_definition_is_refused(stage: Stage) -> None:
    revision = stage.environment({"name": "api"})["api"]["revision"]
    ecs = stage.client("ecs")
    stage.order("deploy", cluster=stage.cluster, service="api", image="inactive:v2")
    ecs.deregister_task_definition(taskDefinition=revision)
    with pytest.raises(ClientError) as error:
        ecs.update_service(cluster=stage.cluster, service="api", taskDefinition=revision)
    assert code(error) == "ClientException"
    assert "inactive" in str(error.value)


def test_an_existing_service_is_not_created_again(stage: Stage) -> None:
    revision = stage.environment({"name": "api"})["api"]["revision"]
    with pytest.raises(ClientError, match="not idempotent"):
        stage.client("ecs").create_service(
            cluster=stage.cluster, serviceName="api", taskDefinition=revision, desiredCount=1
        )


def test_a_deleted_service_drains_and_is_then_inactive(stage: Stage) -> None:
    stage.environment({"name": "api"})
    ecs = stage.client("ecs")
    with pytest.raises(ClientError, match="ClusterContainsServices"):
        ecs.delete_cluster(cluster=stage.cluster)
    ecs.delete_service(cluster=stage.cluster, service="api", force=True)
    stage.until(lambda: stage.service("api")["status"] == "INACTIVE", "INACTIVE")
    assert ecs.list_services(cluster=stage.cluster)["serviceArns"] == []


def test_an_update_of_a_missing_service_answers_service_not_found(stage: Stage) -> None:
    stage.environment({"name": "api"})
    with pytest.raises(ClientError) as error:
        stage.client("ecs").update_service(cluster=stage.cluster, service="none", desiredCount=1)
    assert code(error) == "ServiceNotFoundException"


def test_an_unimplemented_operation_fails_loudly(stage: Stage) -> None:
    with pytest.raises(ClientError) as error:
        stage.client("ecs").execute_command(cluster="x", task="y", command="z", interactive=True)
    assert code(error) == "UnknownOperationException"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_every_answer_has_a_request_id_that_traffic_records(stage: Stage) -> None:
    good = stage.client("ecs").list_clusters()["ResponseMetadata"]["RequestId"]
    with pytest.raises(ClientError) as error:
        stage.client("ecs").list_services(cluster="none")
    bad = error.value.response["ResponseMetadata"]["RequestId"]
    known = stage.until(
        lambda: len(stage.rows) >= 2 and {row["request_id"]: row["status"] for row in stage.rows}, "traffic"
    )
    assert (known[good], known[bad]) == (200, 400)


def test_databases_are_managed_by_orders_and_not_by_calls(stage: Stage) -> None:
    with pytest.raises(ClientError) as error:
        stage.client("rds").delete_db_instance(DBInstanceIdentifier="x")
    assert code(error) == "UnknownOperationException"


def test_tags_come_only_when_asked_for(stage: Stage) -> None:
    stage.environment({"name": "api", "tags": {"team": "orders"}})
    ecs = stage.client("ecs")
    assert "tags" not in stage.service("api")
    row = ecs.describe_services(cluster=stage.cluster, services=["api"], include=["TAGS"])["services"][0]
    assert {"key": "team", "value": "orders"} in row["tags"]


def test_clusters_count_their_services_and_tasks(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 2}, {"name": "worker"})
    row = stage.client("ecs").describe_clusters(clusters=[stage.cluster])["clusters"][0]
    assert (row["activeServicesCount"], row["runningTasksCount"], row["pendingTasksCount"]) == (2, 3, 0)
