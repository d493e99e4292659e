"""EC2 capacity behind a capacity provider, and one-off tasks (facts/ecs 3.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden import Golden
from tests.playground.aws.stage import Row, Stage, refusal


def capacity(stage: Stage, **order: Any) -> str:
    """Create a group of one to three instances, two of them in service; return its name."""
    name = f"{stage.cluster}-ec2"
    sizes = {"min": 1, "max": 3, "desired": 2}
    stage.order("capacity.create", **({"cluster": stage.cluster, "name": name} | sizes | order))
    return name


def hosted(stage: Stage) -> str:
    name = capacity(stage)
    stage.environment({"name": "api", "desired": 2, "capacity_provider": name})
    return name


def group(stage: Stage, name: str) -> Row:
    answer = stage.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    found: Row = answer["AutoScalingGroups"][0]
    return found


def resize(stage: Stage, name: str, **sizes: int) -> None:
    stage.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName=name, **sizes)


def states(stage: Stage, name: str) -> list[str]:
    return [instance["LifecycleState"] for instance in group(stage, name)["Instances"]]


def test_a_provider_leads_from_the_cluster_to_its_group(stage: Stage) -> None:
    name, ecs = hosted(stage), stage.client("ecs")
    row = ecs.describe_clusters(clusters=[stage.cluster])["clusters"][0]
    assert row["capacityProviders"] == [name]
    (provider,) = ecs.describe_capacity_providers(capacityProviders=[name])["capacityProviders"]
    found = group(stage, name)
    assert provider["autoScalingGroupProvider"]["autoScalingGroupArn"] == found["AutoScalingGroupARN"]
    assert (found["MinSize"], found["MaxSize"], found["DesiredCapacity"]) == (1, 3, 2)
    assert states(stage, name) == ["InService", "InService"]
    assert ecs.describe_capacity_providers(capacityProviders=["none"])["failures"][0]["reason"] == "MISSING"


def test_tasks_name_the_instance_they_run_on(stage: Stage) -> None:
    name, ecs = hosted(stage), stage.client("ecs")
    row = stage.service("api")
    assert row["capacityProviderStrategy"] == [{"capacityProvider": name, "weight": 1, "base": 0}]
    assert "launchType" not in row
    tasks = stage.tasks("api")
    assert {(task["launchType"], task["capacityProviderName"]) for task in tasks} == {("EC2", name)}
    arns = ecs.list_container_instances(cluster=stage.cluster)["containerInstanceArns"]
    assert {task["containerInstanceArn"] for task in tasks} <= set(arns)
    rows = ecs.describe_container_instances(cluster=stage.cluster, containerInstances=arns)
    shown = rows["containerInstances"]
    assert sum(instance["runningTasksCount"] for instance in shown) == 2
    ids = {instance["InstanceId"] for instance in group(stage, name)["Instances"]}
    assert {instance["ec2InstanceId"] for instance in shown} == ids


def test_a_group_goes_to_zero_and_back(stage: Stage) -> None:
    name = hosted(stage)
    stage.order("desired", cluster=stage.cluster, service="api", desired=0)
    stage.until(lambda: stage.service("api")["runningCount"] == 0, "stopped")
    resize(stage, name, MinSize=0, DesiredCapacity=0)
    stage.clock.advance(11)
    assert states(stage, name) == []
    stage.order("desired", cluster=stage.cluster, service="api", desired=2)
    stage.clock.advance(300)
    assert {task["lastStatus"] for task in stage.tasks("api")} == {"PROVISIONING"}
    resize(stage, name, MinSize=1, DesiredCapacity=2)
    stage.clock.advance(21)
    assert states(stage, name) == ["InService", "InService"]
    stage.until(lambda: stage.service("api")["runningCount"] == 2, "running again")
    told = stage.order("describe")["capacity"][name]
    assert told["calls"] == {"UpdateAutoScalingGroup": 2, "SetDesiredCapacity": 0}


def test_a_task_stops_when_its_instance_goes_away(stage: Stage, golden: Golden) -> None:
    name = hosted(stage)
    before = {task["taskArn"] for task in stage.tasks("api")}
    resize(stage, name, MinSize=0, MaxSize=3, DesiredCapacity=0)
    stage.until(lambda: {t["taskArn"] for t in stage.tasks("api", "STOPPED")} >= before, "stopped")
    stopped = [task for task in stage.tasks("api", "STOPPED") if task["taskArn"] in before]
    assert {task["stoppedReason"] for task in stopped} == golden
    assert stage.service("api")["runningCount"] == 0


@pytest.mark.parametrize("sizes", [{"DesiredCapacity": 0}, {"DesiredCapacity": 4}, {"MinSize": 4}])
def test_sizes_outside_the_bounds_are_refused_and_change_nothing(stage: Stage, sizes: dict[str, int]) -> None:
    name = capacity(stage)
    before = group(stage, name)
    assert refusal(lambda: resize(stage, name, **sizes)) == "ValidationError"
    assert group(stage, name)["Instances"] == before["Instances"]
    assert (before["MinSize"], group(stage, name)["MinSize"]) == (1, 1)


def test_a_count_that_is_not_given_follows_the_bounds(stage: Stage) -> None:
    name = capacity(stage)
    resize(stage, name, MinSize=3)
    assert group(stage, name)["DesiredCapacity"] == 3
    resize(stage, name, MinSize=0, MaxSize=0)
    assert group(stage, name)["DesiredCapacity"] == 0
    stage.until(lambda: not states(stage, name), "no instance left")


def test_unknown_groups_and_providers_are_refused_or_left_out(stage: Stage) -> None:
    assert refusal(lambda: resize(stage, "none", MinSize=0)) == "ValidationError"
    answer = stage.client("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=["none"])
    assert answer["AutoScalingGroups"] == []
    with pytest.raises(ValueError, match="no capacity provider none"):
        stage.environment({"name": "api", "capacity_provider": "none"})
    with pytest.raises(ValueError, match="no group none"):
        stage.order("capacity.resize", name="none", desired=1)
    with pytest.raises(ValueError, match="must be between"):
        capacity(stage, desired=9)


def test_a_removed_environment_takes_its_capacity_along(stage: Stage) -> None:
    name = hosted(stage)
    stage.order("environment.remove", name=stage.cluster)
    assert name not in stage.order("describe")["capacity"]


def test_a_one_off_task_runs_outside_its_service_and_ends(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 0})
    made = stage.order("task.run", cluster=stage.cluster, service="api", seconds=600, by="migration")
    ecs = stage.client("ecs")
    assert ecs.list_tasks(cluster=stage.cluster)["taskArns"] == [made["task"]]
    assert ecs.list_tasks(cluster=stage.cluster, serviceName="api")["taskArns"] == []
    (task,) = ecs.describe_tasks(cluster=stage.cluster, tasks=[made["task"]])["tasks"]
    assert (task["lastStatus"], task["startedBy"]) == ("RUNNING", "migration")
    assert task["group"] == f"family:{stage.cluster}-api"
    stage.clock.advance(601)
    assert ecs.list_tasks(cluster=stage.cluster)["taskArns"] == []
    (task,) = ecs.describe_tasks(cluster=stage.cluster, tasks=[made["task"]])["tasks"]
    assert (task["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", 0)
    stage.clock.advance(3601)
    assert (
        ecs.describe_tasks(cluster=stage.cluster, tasks=[made["task"]])["failures"][0]["reason"] == "MISSING"
    )


def test_a_one_off_task_can_be_stopped(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 0})
    made = stage.order("task.run", cluster=stage.cluster, service="api", seconds=600)
    ecs = stage.client("ecs")
    ecs.stop_task(cluster=stage.cluster, task=made["task"])
    stage.until(lambda: not ecs.list_tasks(cluster=stage.cluster)["taskArns"], "stopped")
