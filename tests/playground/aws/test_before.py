"""A revision before the present one, and a variable without which a service's tasks exit."""

from __future__ import annotations

from tests.playground.aws.stage import Stage

NEEDY = {"name": "api", "breaker": "on", "variables": {"URL": "x", "NEW": "1"}, "needs": ["URL"]}


def test_ecs_remembers_the_revision_before(stage: Stage) -> None:
    stage.environment({**NEEDY, "before": {"image": "api:v0", "variables": {"URL": "x", "OLD": "1"}}})
    ecs = stage.client("ecs")
    found = ecs.list_service_deployments(cluster=stage.cluster, service="api")["serviceDeployments"]
    assert [row["status"] for row in found] == ["SUCCESSFUL", "SUCCESSFUL"]
    assert found[0]["createdAt"] > found[1]["createdAt"]
    arns = [row["targetServiceRevisionArn"] for row in found]
    rows = {
        r["serviceRevisionArn"]: r
        for r in ecs.describe_service_revisions(serviceRevisionArns=arns)["serviceRevisions"]
    }
    names = []
    for arn in arns:
        made = ecs.describe_task_definition(taskDefinition=rows[arn]["taskDefinition"])["taskDefinition"]
        names.append({row["name"] for row in made["containerDefinitions"][0]["environment"]})
    assert names == [{"APP_ENV", "URL", "NEW"}, {"APP_ENV", "URL", "OLD"}]
    assert rows[arns[1]]["containerImages"][0]["image"].endswith("api:v0")
    assert stage.service("api")["taskDefinition"] == rows[arns[0]]["taskDefinition"]


def test_a_revision_that_lacks_what_the_service_needs_exits(stage: Stage) -> None:
    stage.environment(NEEDY)
    stage.order("deploy", cluster=stage.cluster, service="api", image="api:v2")
    stage.order("deploy", cluster=stage.cluster, service="api", without=["URL"], cpu=512)
    service = stage.service("api")
    made = stage.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    definition = made["taskDefinition"]
    assert {row["name"] for row in definition["containerDefinitions"][0]["environment"]} == {"APP_ENV", "NEW"}
    assert definition["cpu"] == "512"
    stage.until(lambda: stage.service("api")["deployments"][0]["rolloutState"] == "FAILED", "it is given up")
    tasks = stage.client("ecs").list_tasks(cluster=stage.cluster, desiredStatus="STOPPED")["taskArns"]
    rows = stage.client("ecs").describe_tasks(cluster=stage.cluster, tasks=tasks)["tasks"]
    assert 1 in {row["containers"][0].get("exitCode") for row in rows}
