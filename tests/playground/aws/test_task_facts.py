"""What a task's bill depends on, as DescribeTasks shows it at each stage (facts/ecs 7.3)."""

from __future__ import annotations

from tests.playground.aws.stage import Row, Stage, seconds

ORDER = (
    "createdAt",
    "pullStartedAt",
    "pullStoppedAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
)


def only(stage: Stage, name: str, status: str = "RUNNING") -> Row:
    (task,) = stage.tasks(name, status)
    return task


def stage_of(task: Row) -> list[str]:
    return [key for key in ORDER if key in task]


def test_a_task_shows_each_instant_once_it_has_passed(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 0})
    stage.order("desired", cluster=stage.cluster, service="api", desired=1)
    assert stage_of(only(stage, "api")) == ["createdAt"]
    stage.until(lambda: only(stage, "api")["lastStatus"] == "PENDING", "pulling")
    assert stage_of(only(stage, "api")) == ["createdAt", "pullStartedAt"]
    stage.until(lambda: only(stage, "api")["lastStatus"] == "RUNNING", "running")
    assert stage_of(only(stage, "api")) == list(ORDER[:4])
    stage.order("desired", cluster=stage.cluster, service="api", desired=0)
    assert stage_of(only(stage, "api", "STOPPED")) == list(ORDER[:5])
    stage.until(lambda: only(stage, "api", "STOPPED")["lastStatus"] == "STOPPED", "stopped")
    ended = only(stage, "api", "STOPPED")
    assert [ended[key] for key in ORDER] == sorted(ended[key] for key in ORDER)


def test_a_stopped_task_is_listed_for_an_hour_of_world_time(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.order("desired", cluster=stage.cluster, service="api", desired=0)
    stage.until(lambda: "stoppedAt" in only(stage, "api", "STOPPED"), "stopped")
    stage.clock.advance(3590)
    assert stage.tasks("api", "STOPPED")
    stage.clock.advance(12)
    assert not stage.tasks("api", "STOPPED")


def test_a_plain_task_shows_its_size_and_system(stage: Stage) -> None:
    stage.environment({"name": "api", "cpu": 512, "memory": 1024})
    task = only(stage, "api")
    assert (task["cpu"], task["memory"], task["platformFamily"]) == ("512", "1024", "Linux")
    assert task["launchType"] == "FARGATE"
    assert "capacityProviderName" not in task
    assert task["ephemeralStorage"] == {"sizeInGiB": 20}


def test_a_task_shows_spot_storage_and_windows(stage: Stage) -> None:
    spot = {"name": "spot", "spot": True, "ephemeral_gb": 50, "architecture": "ARM64"}
    stage.environment(spot, {"name": "win", "windows": True, "spot": False})
    task = only(stage, "spot")
    assert (task["launchType"], task["capacityProviderName"]) == ("FARGATE", "FARGATE_SPOT")
    assert task["ephemeralStorage"] == {"sizeInGiB": 50}
    assert "launchType" not in stage.service("spot")
    assert stage.service("spot")["capacityProviderStrategy"][0]["capacityProvider"] == "FARGATE_SPOT"
    other = only(stage, "win")
    assert other["capacityProviderName"] == "FARGATE"
    assert "Windows" in other["platformFamily"]


def test_a_mixed_strategy_chooses_a_provider_for_each_task(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 5, "spot": "half"})
    bought = sorted(task["capacityProviderName"] for task in stage.tasks("api"))
    assert bought.count("FARGATE_SPOT") == 2
    assert bought.count("FARGATE") == 3


def test_a_deployment_keeps_platform_and_storage(stage: Stage) -> None:
    stage.environment({"name": "api", "architecture": "ARM64", "ephemeral_gb": 40})
    made = stage.order("deploy", cluster=stage.cluster, service="api", image="api:next")
    ecs = stage.client("ecs")
    found = ecs.describe_task_definition(taskDefinition=made["task_definition"])["taskDefinition"]
    assert found["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    assert found["ephemeralStorage"] == {"sizeInGiB": 40}


def test_a_public_address_belongs_to_the_interface_of_the_task(stage: Stage) -> None:
    stage.environment({"name": "open", "public_ip": True}, {"name": "closed"})
    ec2 = stage.client("ec2")
    for name, public in (("open", True), ("closed", False)):
        details = only(stage, name)["attachments"][0]["details"]
        interface = next(row["value"] for row in details if row["name"] == "networkInterfaceId")
        (row,) = ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
        assert ("PublicIp" in row.get("Association", {})) is public


def test_a_one_off_task_ends_when_due_and_not_when_somebody_looks(stage: Stage) -> None:
    stage.environment({"name": "api"})
    made = stage.order("task.run", cluster=stage.cluster, service="api", seconds=90)
    stage.clock.advance(1800)
    (task,) = stage.client("ecs").describe_tasks(cluster=stage.cluster, tasks=[made["task"]])["tasks"]
    assert seconds(task["pullStartedAt"], task["stoppedAt"]) == 90
    assert task["cpu"] == "256"
