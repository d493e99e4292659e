"""Images, logs and single tasks: normal answers from the simulated world, odd answers from a scripted AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from bot.aws.ports import Aws
from bot.aws.session import AwsSettings
from bot.scopes import PortScopes
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Denied, Throttled, Trouble
from playground.clock import PlaygroundClock
from policies.service.environment import TagPick
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import DEV, Stage, environment
from tests.fakes.book import FakeBook

REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as server:
        yield server


def scope(aws: ScriptedAws) -> Scope:
    where = environment("staging", role_arn="")
    settings = AwsSettings(endpoint_url=aws.url, read_attempts=1)
    clock = PlaygroundClock()
    aws_side = Aws(settings, lambda: [where], clock)
    return PortScopes(aws_side, clock, FakeBook().book).bind(where, DEV)


def error(code: str) -> dict[str, str]:
    return {"__type": code, "message": "no"}


def test_tags_are_read_once_for_each_repository_and_other_images_are_left_out(stage: Stage) -> None:
    cluster = stage.cluster()
    pushed = [
        stage.world.change({"do": "push", "repository": repository, "tag": tag})["digest"]
        for repository, tag in [("shop/api", "v1"), ("shop/api", "latest"), ("shop/web", "v1")]
    ]
    start = len(stage.traffic)
    images = [
        f"{REGISTRY}/shop/api:v1",
        f"{REGISTRY}/shop/api",
        f"{REGISTRY}/shop/web:v1",
        f"{REGISTRY}/shop/none:v1",
        f"{REGISTRY}/shop/api@sha256:{'0' * 64}",
        "nginx:latest",
        "999999999999.dkr.ecr.eu-central-1.amazonaws.com/shop/api:v1",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/api:v1",
    ]

    found = stage.bind(environment(cluster)).images.digests(images)

    assert found == dict(zip(images, pushed, strict=False))
    asked = [(r["repositoryName"], len(r["imageIds"])) for r in stage.requests("ecr.DescribeImages", start)]
    assert asked == [("shop/api", 2), ("shop/web", 1), ("shop/none", 1)]


def test_one_unknown_tag_does_not_hide_the_others(stage: Stage) -> None:
    cluster = stage.cluster()
    digest = stage.world.change({"do": "push", "repository": "mixed", "tag": "v1"})["digest"]

    found = stage.bind(environment(cluster)).images.digests([f"{REGISTRY}/mixed:v1", f"{REGISTRY}/mixed:v2"])

    assert found == {f"{REGISTRY}/mixed:v1": digest}


def test_a_repository_that_may_not_be_read_is_left_out_and_throttling_is_not_hidden(aws: ScriptedAws) -> None:
    aws.answer("DescribeImages", 400, error("AccessDeniedException"), error("ThrottlingException"))
    images = scope(aws).images

    assert images.digests([f"{REGISTRY}/api:v1"]) == {}
    with pytest.raises(Throttled):
        images.digests([f"{REGISTRY}/api:v1"])


def events(*lines: str, older: str) -> dict[str, Any]:
    rows = [{"timestamp": n, "message": line} for n, line in enumerate(lines)]
    return {"events": rows, "nextBackwardToken": older, "nextForwardToken": "f/0"}


def test_an_empty_page_is_not_the_end_of_a_log(aws: ScriptedAws) -> None:
    aws.answer(
        "GetLogEvents",
        200,
        events(older="b/1"),
        events("three", "four", older="b/2"),
        events(older="b/3"),
        events("one", "two", older="b/4"),
        events(older="b/4"),
    )

    assert scope(aws).logs.last_lines("/ecs/web", "app/web/1", 3) == ("two", "three", "four")
    asked = [request for _, request in aws.asked]
    assert [r.get("nextToken") for r in asked] == [None, "b/1", "b/2", "b/3"]
    assert all(r["startFromHead"] is False and "unmask" not in r for r in asked)


def test_a_log_ends_when_its_token_repeats_and_never_runs_for_ever(aws: ScriptedAws) -> None:
    aws.answer("GetLogEvents", 200, events("only", older="b/1"), events(older="b/1"))
    assert scope(aws).logs.last_lines("/ecs/web", "app/web/1", 20) == ("only",)
    assert aws.count("GetLogEvents") == 2

    aws.answer("GetLogEvents", 200, *(events(older=f"c/{n}") for n in range(50)))
    assert scope(aws).logs.last_lines("/ecs/web", "app/web/1", 20) == ()
    assert aws.count("GetLogEvents") <= 2 + 10


def test_logs_that_do_not_exist_have_no_lines_and_logs_that_may_not_be_read_say_so(aws: ScriptedAws) -> None:
    aws.answer("GetLogEvents", 400, error("ResourceNotFoundException"), error("AccessDeniedException"))
    logs = scope(aws).logs

    assert logs.last_lines("/ecs/web", "app/web/1", 20) == ()
    with pytest.raises(Denied):
        logs.last_lines("/ecs/web", "app/web/1", 20)


def test_a_task_is_stopped_with_a_reason_its_owner_can_read(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 1})
    where = stage.bind(environment(cluster))
    [task] = where.services.facts("web").tasks
    start = len(stage.traffic)

    receipt = where.tasks.stop(task.id, "restarted by Dev " + "x" * 300)

    [sent] = stage.requests("ecs.StopTask", start)
    assert (sent["cluster"], sent["task"], len(sent["reason"])) == (cluster, task.id, 255)
    assert receipt.request_id
    after = {t.id: t for t in where.services.facts("web").tasks}
    assert after[task.id].stop_code == "UserInitiated"
    assert after[task.id].stopped_reason.startswith("restarted by Dev")


def test_a_task_is_looked_for_in_every_cluster_of_the_environment_and_in_no_other(stage: Stage) -> None:
    first, second, foreign = (stage.cluster({"name": "web", "desired": 1}) for _ in range(3))
    own = stage.bind(environment(second)).services.facts("web").tasks[0].id
    other = stage.bind(environment(foreign)).services.facts("web").tasks[0].id
    both = stage.bind(environment("red", TagPick((first, second), "team", "red")))
    start = len(stage.traffic)

    both.tasks.stop(own, "because")
    with pytest.raises(Absent):
        both.tasks.stop(other, "because")

    assert [r["cluster"] for r in stage.requests("ecs.StopTask", start)] == [second]


def run(stage: Stage, cluster: str, **order: Any) -> str:
    """Run a one-off task for a long time and return its id."""
    told = {"do": "task.run", "cluster": cluster, "service": "web", "seconds": 36_000, **order}
    return str(stage.world.change(told)["task"]).rsplit("/", 1)[-1]


def test_one_off_tasks_of_every_cluster_are_found_among_many_tasks_of_services(stage: Stage) -> None:
    first, second = stage.cluster({"name": "web", "desired": 110}), stage.cluster({"name": "web"})
    ids = [run(stage, first), run(stage, second, by="ci")]
    foreign = stage.cluster({"name": "web"})
    run(stage, foreign)
    both = stage.bind(environment("red", TagPick((first, second), "team", "red")))
    start = len(stage.traffic)

    found = both.tasks.one_off()

    assert sorted(one.id for one in found) == sorted(ids)
    assert {r["desiredStatus"] for r in stage.requests("ecs.ListTasks", start)} == {"RUNNING"}
    described = stage.requests("ecs.DescribeTasks", start)
    assert [len(r["tasks"]) for r in described] == [100, 11, 2]
    assert all(r["include"] == ["TAGS"] for r in described)


def test_the_tag_decides_whose_a_one_off_task_is_in_a_cluster_shared_by_tag(
    stage: Stage,
) -> None:
    cluster = stage.cluster({"name": "web", "desired": 1})
    red, untagged = run(stage, cluster, tags={"team": "red"}), run(stage, cluster)
    run(stage, cluster, tags={"team": "blue"})

    by_tag = stage.bind(environment("red", TagPick((cluster,), "team", "red"))).tasks.one_off()
    whole = stage.bind(environment(cluster)).tasks.one_off()

    assert {one.id: one.ours for one in by_tag} == {red: True, untagged: False}
    assert len(whole) == 3 and all(one.ours for one in whole)


def test_a_one_off_task_says_who_started_it_without_accounts(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 1})
    run(stage, cluster, by="ops@123456789012")

    [found] = stage.bind(environment(cluster)).tasks.one_off()

    assert found.started_by == "ops@(an account)"
    assert found.family == f"{cluster}-web"


def test_text_that_is_not_a_task_id_never_reaches_aws(stage: Stage) -> None:
    cluster = stage.cluster()
    start = len(stage.traffic)

    with pytest.raises(Absent):
        stage.bind(environment(cluster)).tasks.stop(
            "arn:aws:ecs:eu-central-1:123456789012:task/production/0123", "because"
        )
    assert stage.traffic[start:] == []


def service(**fields: Any) -> dict[str, Any]:
    arn = "arn:aws:ecs:eu-central-1:123456789012:"
    row = {
        "serviceName": "web",
        "serviceArn": f"{arn}service/staging/web",
        "clusterArn": f"{arn}cluster/staging",
        "status": "ACTIVE",
        "currentServiceDeployment": f"{arn}service-deployment/staging/web/1",
        "deployments": [{"id": "ecs-svc/1", "status": "PRIMARY", "createdAt": 1_780_000_000.0}],
    }
    return {"services": [row | fields], "failures": []}


def rollout(**fields: Any) -> dict[str, Any]:
    row = service()["services"][0]
    made = {
        "serviceDeploymentArn": row["currentServiceDeployment"],
        "serviceArn": row["serviceArn"],
        "status": "IN_PROGRESS",
        "createdAt": 1_780_000_000.0,
        "lifecycleStage": "POST_SCALE_UP",
    }
    return {"serviceDeployments": [made | fields], "failures": []}


def script_service(aws: ScriptedAws, **fields: Any) -> None:
    aws.answer("DescribeServices", 200, service(**fields))
    aws.answer("ListTasks", 200, {"taskArns": []})


@pytest.mark.parametrize(
    ("hook", "paused"),
    [
        ({"targetType": "PAUSE", "status": "AWAITING_ACTION"}, True),
        ({"targetType": "PAUSE", "status": "SUCCEEDED"}, False),
        ({"targetType": "AWS_LAMBDA", "status": "AWAITING_ACTION"}, False),
    ],
)
def test_only_a_pause_hook_that_waits_is_a_pause(
    aws: ScriptedAws, hook: dict[str, str], paused: bool
) -> None:
    script_service(aws)
    aws.answer("DescribeServiceDeployments", 200, rollout(lifecycleHookDetails=[hook]))

    found = scope(aws).services.facts("web").service_deployment

    assert found is not None
    assert (found.paused, found.stage) == (paused, "POST_SCALE_UP")


def test_a_missing_service_deployment_is_none_and_any_other_failure_is_raised(aws: ScriptedAws) -> None:
    script_service(aws)
    for reason in ("MISSING", "ACCESS_DENIED"):
        failed = {"serviceDeployments": [], "failures": [{"arn": "x", "reason": reason}]}
        aws.answer("DescribeServiceDeployments", 200, failed)
    services = scope(aws).services

    assert services.facts("web").service_deployment is None
    with pytest.raises(Trouble, match="ACCESS_DENIED"):
        services.facts("web")


def test_the_deployment_of_a_service_deleted_and_made_again_is_none(aws: ScriptedAws) -> None:
    script_service(aws)
    aws.answer("DescribeServiceDeployments", 400, error("ServiceNotFoundException"))

    assert scope(aws).services.facts("web").service_deployment is None


def test_a_service_that_aws_could_not_describe_is_not_taken_for_absent(aws: ScriptedAws) -> None:
    aws.answer("DescribeServices", 200, {"services": [], "failures": [{"arn": "web", "reason": "BUSY"}]})

    with pytest.raises(Trouble, match="BUSY") as caught:
        scope(aws).services.facts("web")
    assert not isinstance(caught.value, Absent)


def test_digests_that_ecs_has_not_resolved_yet_are_asked_for_again(aws: ScriptedAws) -> None:
    script_service(aws)
    aws.answer("DescribeServiceDeployments", 200, rollout(targetServiceRevision={"arn": "revision/1"}))
    for digest in ({}, {"imageDigest": "sha256:1"}):
        image = {"containerName": "web", "image": "web:latest"} | digest
        aws.answer("DescribeServiceRevisions", 200, {"serviceRevisions": [{"containerImages": [image]}]})
    services = scope(aws).services

    assert services.facts("web").digests == {}
    assert [dict(services.facts("web").digests) for _ in range(3)] == [{"web": "sha256:1"}] * 3
    assert aws.count("DescribeServiceRevisions") == 2


def test_an_express_service_is_recognised_and_a_deleted_one_is_absent(aws: ScriptedAws) -> None:
    script_service(aws, resourceManagementType="ECS", currentServiceDeployment="")
    aws.answer("DescribeServices", 200, service(status="INACTIVE"))
    services = scope(aws).services

    assert services.facts("web").express
    with pytest.raises(Absent):
        services.facts("web")


def test_a_container_that_never_started_has_no_exit_code_and_one_that_ended_well_has_zero(
    aws: ScriptedAws,
) -> None:
    aws.answer("DescribeServices", 200, service(currentServiceDeployment=""))
    aws.answer("ListTasks", 200, {"taskArns": ["arn:task/1"]})
    task = {
        "taskArn": "arn:aws:ecs:eu-central-1:123456789012:task/staging/0123",
        "group": "service:web",
        "lastStatus": "STOPPED",
        "stopCode": "TaskFailedToStart",
        "containers": [{"name": "web", "reason": "CannotPullContainerError"}, {"name": "job", "exitCode": 0}],
    }
    aws.answer("DescribeTasks", 200, {"tasks": [task, task | {"group": "family:other"}], "failures": []})

    [found] = scope(aws).services.facts("web").tasks

    assert [(c.exit_code, c.health) for c in found.containers] == [(None, "UNKNOWN"), (0, "UNKNOWN")]
    assert (found.id, found.ip, found.stop_code) == ("0123", "", "TaskFailedToStart")


def test_a_receipt_is_given_even_if_the_answer_says_little(aws: ScriptedAws) -> None:
    aws.answer("DescribeServices", 200, service())
    aws.answer("UpdateService", 200, {"service": {"serviceName": "web"}})

    receipt = scope(aws).services.deploy("web")

    assert (receipt.request_id, receipt.deployment, receipt.service_deployment) == ("r-1", "", "")


def test_logs_in_another_region_or_without_a_prefix_are_not_promised(aws: ScriptedAws) -> None:
    script_service(aws, taskDefinition="arn:aws:ecs:r:1:task-definition/web:1", deployments=[])
    aws.answer("DescribeServiceDeployments", 200, {"serviceDeployments": [], "failures": []})
    options = [
        {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "app"},
        {"awslogs-group": "/ecs/web"},
        {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "app"},
    ]
    containers = [
        {"name": f"c{n}", "image": "web", "logConfiguration": {"logDriver": "awslogs", "options": given}}
        for n, given in enumerate(options)
    ]
    containers.append({"name": "fire", "image": "web", "logConfiguration": {"logDriver": "awsfirelens"}})
    aws.answer("DescribeTaskDefinition", 200, {"taskDefinition": {"containerDefinitions": containers}})

    images = scope(aws).services.facts("web").images

    assert [i.log_group for i in images] == ["", "", "/ecs/web", ""]
