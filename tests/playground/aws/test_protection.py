"""Scale-in protection of tasks (facts/ecs 3.1)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.playground.aws.stage import Stage, refusal


def protect(stage: Stage, minutes: int) -> list[str]:
    answer = stage.order("protect", cluster=stage.cluster, service="api", minutes=minutes)
    tasks: list[str] = answer["tasks"]
    return tasks


def running(stage: Stage) -> int:
    return int(stage.service("api")["runningCount"])


def test_a_service_set_to_zero_keeps_a_protected_task_until_protection_expires(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 3})
    ecs, chosen = stage.client("ecs"), stage.tasks("api")[0]["taskArn"]
    answer = ecs.update_task_protection(cluster=stage.cluster, tasks=[chosen], protectionEnabled=True)
    (row,) = answer["protectedTasks"]
    left = row["expirationDate"] - stage.clock.now()
    assert timedelta(minutes=110) < left <= timedelta(hours=2)
    ecs.update_service(cluster=stage.cluster, service="api", desiredCount=0)
    stage.until(lambda: running(stage) == 1, "the others stopped")
    assert [task["taskArn"] for task in stage.tasks("api")] == [chosen]
    assert len([text for text in stage.messages("api") if "it is protected" in text]) == 1
    stage.clock.advance(3600)
    assert running(stage) == 1
    stage.clock.advance(3601)
    stage.until(lambda: running(stage) == 0, "stopped when its protection expired")


def test_a_task_stops_once_its_protection_is_removed(stage: Stage) -> None:
    stage.environment({"name": "api"})
    (task,) = protect(stage, 60)
    stage.order("desired", cluster=stage.cluster, service="api", desired=0)
    ecs = stage.client("ecs")
    (row,) = ecs.get_task_protection(cluster=stage.cluster, tasks=[task])["protectedTasks"]
    assert row["protectionEnabled"]
    ecs.update_task_protection(cluster=stage.cluster, tasks=[task], protectionEnabled=False)
    (row,) = ecs.get_task_protection(cluster=stage.cluster)["protectedTasks"]
    assert row == {"taskArn": task, "protectionEnabled": False}
    stage.until(lambda: running(stage) == 0, "stopped")


def test_a_deployment_waits_for_protected_tasks(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 2})
    (kept, *_) = protect(stage, 60)
    deployment = stage.restart("api")
    stage.until(lambda: (stage.rollout("api", deployment) or {}).get("runningCount") == 2, "new tasks run")
    stage.clock.advance(120)
    assert (stage.rollout("api", deployment) or {})["rolloutState"] == "IN_PROGRESS"
    assert kept in [task["taskArn"] for task in stage.tasks("api")]
    stage.clock.advance(3600)
    stage.settled("api")


def test_a_protected_task_can_still_be_stopped_by_name(stage: Stage) -> None:
    stage.environment({"name": "api"})
    (task,) = protect(stage, 60)
    stage.client("ecs").stop_task(cluster=stage.cluster, task=task)
    stage.until(lambda: task not in [t["taskArn"] for t in stage.tasks("api")], "stopped")


def test_one_off_tasks_and_unknown_ones_are_failures(stage: Stage) -> None:
    stage.environment({"name": "api"})
    ecs = stage.client("ecs")
    alone = stage.order("task.run", cluster=stage.cluster, service="api", seconds=600)["task"]
    answer = ecs.get_task_protection(cluster=stage.cluster, tasks=[alone, "0" * 32])
    assert answer["protectedTasks"] == []
    assert [row["reason"] for row in answer["failures"]] == ["TASK_NOT_VALID", "MISSING"]


@pytest.mark.parametrize("change", [{"tasks": []}, {"tasks": ["x"] * 11}, {"expiresInMinutes": 2881}])
def test_a_bad_protection_request_is_refused(stage: Stage, change: dict[str, object]) -> None:
    stage.environment({"name": "api", "desired": 0})
    asked = {"cluster": stage.cluster, "tasks": ["x"], "protectionEnabled": True} | change
    code = refusal(lambda: stage.client("ecs").update_task_protection(**asked))
    assert code == "InvalidParameterException"
