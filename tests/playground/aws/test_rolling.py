"""Rolling deployments, as our reading of ECS has them (facts/ecs 2.1, 2.2, 2.4, 2.5)."""

from __future__ import annotations

import re

from tests.golden import Golden
from tests.playground.aws.stage import Stage, seconds

API = {"name": "api", "desired": 2, "load_balancer": True, "health_check": True}
BROKEN = {"name": "api", "desired": 2, "behave": {"exit": 1}}


def test_a_healthy_restart_takes_five_to_fifteen_seconds_of_clock_time(stage: Stage) -> None:
    stage.environment(API)
    deployment = stage.restart("api")
    row = stage.settled("api")
    assert re.fullmatch(r"ecs-svc/\d{19}", deployment)
    assert [d["id"] for d in row["deployments"]] == [deployment]
    assert (row["runningCount"], row["pendingCount"], row["desiredCount"]) == (2, 0, 2)
    assert 5 <= seconds(row["deployments"][0]["createdAt"], row["deployments"][0]["updatedAt"]) <= 15


def test_old_and_new_deployments_are_both_listed_during_a_rollout(stage: Stage) -> None:
    stage.environment(API)
    before = stage.settled("api")["deployments"][0]["id"]
    stage.slow_down("api")
    deployment = stage.restart("api")
    rows = stage.service("api")["deployments"]
    assert [(d["id"], d["status"]) for d in rows] == [(deployment, "PRIMARY"), (before, "ACTIVE")]
    assert rows[0]["rolloutState"] == "IN_PROGRESS"
    assert rows[0]["pendingCount"] == 2
    stage.settled("api")


def test_capacity_never_falls_below_the_minimum(stage: Stage) -> None:
    stage.environment(API)
    deployment = stage.restart("api")
    seen = []

    def rolled() -> bool:
        row = stage.service("api")
        seen.append(row["runningCount"])
        return row["deployments"][0] == stage.rollout("api", deployment) and len(row["deployments"]) == 1

    stage.until(rolled, "rolled out")
    assert min(seen) >= 2


def test_a_single_task_at_no_minimum_is_replaced_with_a_gap(stage: Stage) -> None:
    stage.environment({"name": "solo", "desired": 1, "minimum": 0, "maximum": 100})
    stage.slow_down("solo")
    stage.restart("solo")
    stage.until(lambda: stage.service("solo")["runningCount"] == 0, "the gap")
    assert stage.settled("solo")["runningCount"] == 1


def test_tasks_carry_what_describe_tasks_shows_on_aws(stage: Stage) -> None:
    stage.environment(API)
    deployment = stage.restart("api")
    stage.settled("api")
    task = stage.tasks("api")[0]
    assert task["startedBy"] == deployment
    assert task["group"] == "service:api"
    assert (task["lastStatus"], task["healthStatus"], task["launchType"]) == ("RUNNING", "HEALTHY", "FARGATE")
    assert task["createdAt"] < task["pullStartedAt"] < task["pullStoppedAt"] <= task["startedAt"]
    assert (task["cpu"], task["memory"]) == ("256", "512")
    details = {d["name"]: d["value"] for d in task["attachments"][0]["details"]}
    container = task["containers"][0]
    assert container["networkInterfaces"][0]["privateIpv4Address"] == details["privateIPv4Address"]
    assert container["imageDigest"].startswith("sha256:")


def test_a_task_without_a_check_has_unknown_health(stage: Stage) -> None:
    stage.environment({"name": "worker"})
    assert stage.tasks("worker")[0]["healthStatus"] == "UNKNOWN"


def test_events_come_newest_first_in_the_words_of_ecs(stage: Stage, golden: Golden) -> None:
    stage.environment(API)
    stage.restart("api")
    stage.settled("api")
    said = stage.messages("api")
    assert said[0] == golden
    started = next(line for line in said if "has started 2" in line)
    assert re.sub(r"\b[0-9a-f]{32}\b", "#", started) == golden
    registered = next(line for line in said if "registered 1" in line)
    assert registered.partition("(target-group arn:aws:")[0] == golden
    dates = [event["createdAt"] for event in stage.service("api")["events"]]
    assert dates == sorted(dates, reverse=True)


def test_a_desired_count_alone_starts_no_deployment(stage: Stage) -> None:
    before = stage.environment(API)["api"]["deployments"][0]["id"]
    stage.client("ecs").update_service(cluster=stage.cluster, service="api", desiredCount=3)
    stage.until(lambda: stage.service("api")["runningCount"] == 3, "three tasks")
    assert [d["id"] for d in stage.service("api")["deployments"]] == [before]


def test_a_deployment_at_zero_completes_with_no_tasks(stage: Stage) -> None:
    stage.environment(API)
    stage.client("ecs").update_service(cluster=stage.cluster, service="api", desiredCount=0)
    stage.until(lambda: stage.service("api")["runningCount"] == 0, "no tasks")
    stage.restart("api")
    assert stage.settled("api")["runningCount"] == 0


def test_a_bare_family_resolves_to_the_latest_active_revision(stage: Stage) -> None:
    stage.environment(API)
    made = stage.order("deploy", cluster=stage.cluster, service="api", image="api-family:v2")
    stage.settled("api")
    family = made["task_definition"].split("/")[-1].split(":")[0]
    ecs = stage.client("ecs")
    later = ecs.register_task_definition(
        family=family,
        containerDefinitions=[{"name": "api", "image": "api-family:v3", "memory": 128}],
        cpu="256",
        memory="512",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
    )["taskDefinition"]["taskDefinitionArn"]
    row = ecs.update_service(cluster=stage.cluster, service="api", taskDefinition=family)["service"]
    assert row["taskDefinition"] == row["deployments"][0]["taskDefinition"] == later


def test_with_the_breaker_on_and_no_rollback_the_deployment_fails_and_old_tasks_stay(
    stage: Stage, golden: Golden
) -> None:
    stage.environment(BROKEN | {"breaker": "on"})
    began = stage.clock.now()
    deployment = stage.restart("api")
    row = stage.until(
        lambda: (d := stage.rollout("api", deployment)) and d["rolloutState"] == "FAILED" and d, "FAILED"
    )
    assert row["rolloutStateReason"] == golden
    assert seconds(began, row["updatedAt"]) <= 15
    assert row["failedTasks"] >= 3
    service = stage.service("api")
    assert service["runningCount"] == 2
    assert [d["status"] for d in service["deployments"]] == ["PRIMARY", "ACTIVE"]
    started = len([m for m in stage.messages("api") if "has started" in m])
    stage.clock.advance(120)
    assert len([m for m in stage.messages("api") if "has started" in m]) == started


def test_a_stopped_task_says_why_and_its_log_has_the_error(stage: Stage, golden: Golden) -> None:
    made = stage.environment(BROKEN | {"breaker": "on"})
    stage.restart("api")
    task = stage.until(lambda: stage.tasks("api", "STOPPED"), "a stopped task")[0]
    assert task["stopCode"] == "EssentialContainerExited"
    assert task["stoppedReason"] == golden
    assert task["containers"][0]["exitCode"] == 1
    stream = f"app/api/{task['taskArn'].split('/')[-1]}"
    lines = stage.client("logs").get_log_events(
        logGroupName=made["api"]["log_group"], logStreamName=stream, startFromHead=True
    )["events"]
    said = [line["message"] for line in lines]
    assert any("FATAL" in line for line in said)
    assert any("password=playground-not-a-secret" in line for line in said)
    assert made["api"]["log_group"] == f"/ecs/{stage.cluster}/api"


def test_with_rollback_a_new_primary_of_the_old_revision_takes_over(stage: Stage) -> None:
    made = stage.environment(API | {"breaker": "rollback"})
    good = made["api"]["deployments"][0]
    where = {"cluster": stage.cluster, "service": "api"}
    stage.order("service.behave", behave={"slow": 60}, applies="all", **where)
    stage.order("service.behave", cluster=stage.cluster, service="api", behave={"exit": 1})
    failing = stage.order("deploy", cluster=stage.cluster, service="api", image=f"{stage.cluster}:v2")
    row = stage.until(
        lambda: (s := stage.service("api"))["deployments"][0]["id"] != failing["deployment"] and s,
        "rolled back",
    )
    reason = f"ECS deployment circuit breaker: rolling back to deploymentId {good['id']}."
    assert row["deployments"][0]["rolloutStateReason"] == reason
    assert row["taskDefinition"] == good["revision"]
    failed = next(d for d in row["deployments"] if d["id"] == failing["deployment"])
    assert (failed["status"], failed["rolloutState"]) == ("ACTIVE", "FAILED")
    end = stage.settled("api")
    assert end["taskDefinition"] == good["revision"]
    assert end["runningCount"] == 2
    told = stage.told("api")["service_deployments"][0]
    assert (told["arn"], told["status"]) == (failing["service_deployment"], "ROLLBACK_SUCCESSFUL")


def test_with_the_breaker_off_a_broken_deployment_stays_in_progress_for_ever(stage: Stage) -> None:
    stage.environment(BROKEN)
    deployment = stage.restart("api")
    stage.until(
        lambda: any("is unable to consistently start" in m for m in stage.messages("api")), "impaired"
    )
    stage.clock.advance(1800)
    row = stage.rollout("api", deployment)
    assert row is not None
    assert (row["rolloutState"], row["status"]) == ("IN_PROGRESS", "PRIMARY")
    assert row["failedTasks"] > 3
    assert stage.service("api")["runningCount"] == 2


def test_a_container_that_runs_a_moment_keeps_the_failure_count_low(stage: Stage) -> None:
    stage.environment({"name": "api", "breaker": "on", "behave": {"exit": 3, "after": 1}})
    deployment = stage.restart("api")
    stage.until(lambda: len(stage.tasks("api", "STOPPED")) >= 4, "a crash loop")
    row = stage.rollout("api", deployment)
    assert row is not None
    assert row["rolloutState"] == "IN_PROGRESS"
    assert row["failedTasks"] <= 1


def test_tasks_that_never_get_healthy_trip_the_breaker(stage: Stage) -> None:
    stage.environment(API | {"breaker": "on"})
    stage.order("service.behave", cluster=stage.cluster, service="api", behave="never_healthy")
    deployment = stage.restart("api")
    stage.until(lambda: (d := stage.rollout("api", deployment)) and d["rolloutState"] == "FAILED", "FAILED")
    assert any("health checks" in message for message in stage.messages("api"))
    assert stage.tasks("api", "STOPPED")[0]["stopCode"] == "ServiceSchedulerInitiated"


def test_a_missing_image_causes_a_pull_error_without_an_exit_code(stage: Stage) -> None:
    made = stage.environment({"name": "api", "image": f"{stage.cluster}:v1"})
    digest = made["api"]["deployments"][0]["images"][0]["imageDigest"]
    stage.order("image.expire", repository=stage.cluster, digest=digest)
    stage.order("task.kill", cluster=stage.cluster, service="api")

    def failed() -> dict[str, object] | None:
        rows = [t for t in stage.tasks("api", "STOPPED") if t["stopCode"] == "TaskFailedToStart"]
        return rows[0] if rows else None

    task = stage.until(failed, "a pull error")
    assert task["stoppedReason"].startswith("CannotPullContainerError")
    assert "exitCode" not in task["containers"][0]


def test_a_foreign_deployment_supersedes_ours(stage: Stage) -> None:
    stage.environment(API)
    stage.slow_down("api")
    ours = stage.restart("api")
    theirs = stage.order("deploy", cluster=stage.cluster, service="api", image=f"{stage.cluster}:v9", by="ci")
    assert stage.service("api")["deployments"][0]["id"] == theirs["deployment"] != ours
    end = stage.settled("api")
    assert end["deployments"][0]["id"] == theirs["deployment"]
    assert end["taskDefinition"] == theirs["task_definition"]
    releases = [row["status"] for row in stage.told("api")["service_deployments"]]
    assert releases == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]


def test_stop_task_brings_a_replacement_of_the_same_deployment_and_digest(stage: Stage) -> None:
    made = stage.environment({"name": "api", "desired": 2, "image": f"{stage.cluster}:latest"})
    before = stage.tasks("api")
    stage.order("push", repository=stage.cluster, tag="latest")
    stage.client("ecs").stop_task(cluster=stage.cluster, task=before[0]["taskArn"], reason="stuck")
    stage.until(lambda: [t["lastStatus"] for t in stage.tasks("api")] == ["RUNNING"] * 2, "replaced")
    after = stage.tasks("api")
    assert {t["taskArn"] for t in after} != {t["taskArn"] for t in before}
    assert {t["startedBy"] for t in after} == {made["api"]["deployments"][0]["id"]}
    assert {t["containers"][0]["imageDigest"] for t in after} == {before[0]["containers"][0]["imageDigest"]}
    stopped = stage.tasks("api", "STOPPED")[0]
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "stuck")
    assert stage.told("api")["calls"] == {"UpdateService": 0, "StopTask": 1}


def test_stopped_tasks_are_gone_after_an_hour(stage: Stage) -> None:
    stage.environment({"name": "worker"})
    killed = stage.order("task.kill", cluster=stage.cluster, service="worker")["task"]
    ecs = stage.client("ecs")
    assert (
        ecs.describe_tasks(cluster=stage.cluster, tasks=[killed])["tasks"][0]["containers"][0]["exitCode"]
        == 137
    )
    stage.clock.advance(3700)
    answer = ecs.describe_tasks(cluster=stage.cluster, tasks=[killed])
    assert answer["failures"] == [{"arn": killed, "reason": "MISSING"}]


def test_a_clock_jump_back_does_not_hold_up_a_rollout(stage: Stage) -> None:
    stage.environment(API)
    stage.restart("api")
    stage.clock.advance(-7200)
    try:
        stage.settled("api")
    finally:
        stage.clock.advance(7200)


def test_a_service_whose_deployment_failed_is_stopped_like_any_other(stage: Stage) -> None:
    """The service starts no new tasks after the failure, but a lower count still stops its old tasks."""
    stage.environment({**BROKEN, "breaker": "on"})
    deployment = stage.restart("api")
    stage.until(
        lambda: (stage.rollout("api", deployment) or {}).get("rolloutState") == "FAILED", "the breaker"
    )
    update = stage.client("ecs").update_service
    assert stage.service("api")["runningCount"] == 2, "the old ones go on"
    for wanted in (1, 0):
        update(cluster=stage.cluster, service="api", desiredCount=wanted)
        stage.until(lambda wanted=wanted: stage.service("api")["runningCount"] == wanted, "fewer tasks")  # type: ignore[misc]
    update(cluster=stage.cluster, service="api", desiredCount=2)
    assert stage.service("api")["runningCount"] == 0
    stage.order("service.behave", cluster=stage.cluster, service="api", behave="healthy")
    stage.restart("api")
    assert stage.settled("api")["runningCount"] == 2
