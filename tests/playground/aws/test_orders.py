"""Valid and invalid orders, and the environments with which the playground starts."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.playground.aws.stage import Stage
from tests.waiting import PATIENCE


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"do": "dance"}, "no order 'dance'"),
        ({}, "no order None"),
        ({"do": "environment.create"}, "needs name"),
        ({"do": "environment.create", "name": "bad", "services": [{"nam": "x"}]}, "unknown fields nam"),
        (
            {"do": "environment.create", "name": "bad", "services": [{"name": "x", "breaker": "odd"}]},
            "breaker",
        ),
        ({"do": "environment.create", "name": "bad", "services": 3}, "malformed"),
        (
            {"do": "environment.create", "name": "bad", "services": [{"name": "x", "image": "Web:v1"}]},
            "repositoryName",
        ),
        ({"do": "environment.remove", "name": "none"}, "no cluster none"),
        ({"do": "deploy", "cluster": "none", "service": "api"}, "no service api in cluster none"),
        ({"do": "push", "repository": "r"}, "needs tag"),
        ({"do": "image.expire", "repository": "r", "digest": "sha256:0"}, "has no image"),
        ({"do": "throttle", "category": "odd", "seconds": 1}, "no rate category"),
    ],
)
def test_a_bad_order_is_refused_with_a_sentence(stage: Stage, order: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        stage.world.change(order)


def test_an_unknown_behaviour_is_refused(stage: Stage) -> None:
    stage.environment({"name": "api"})
    with pytest.raises(ValueError, match="behave must be"):
        stage.order("service.behave", cluster=stage.cluster, service="api", behave="odd")
    with pytest.raises(ValueError, match="applies must be"):
        stage.order("service.behave", cluster=stage.cluster, service="api", behave="healthy", applies="odd")
    with pytest.raises(ValueError, match="no stages"):
        stage.order("pause", cluster=stage.cluster, service="api")


def test_an_environment_can_be_services_tagged_within_a_cluster(stage: Stage) -> None:
    for name in ("one", "two"):
        stage.order(
            "environment.create", name=name, cluster=stage.cluster, services=[{"name": f"{name}-api"}]
        )
    rows = stage.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "environment", "Values": ["two"]}], ResourceTypeFilters=["ecs:service"]
    )["ResourceTagMappingList"]
    assert [row["ResourceARN"].split("service/")[1] for row in rows] == [f"{stage.cluster}/two-api"]
    assert stage.order("environment.remove", name="one", cluster=stage.cluster) == {"removed": ["one-api"]}
    assert list(stage.order("describe")["clusters"][stage.cluster]) == ["two-api"]


def test_tags_can_be_set_and_taken_away(stage: Stage) -> None:
    stage.environment({"name": "api"})
    where = {"cluster": stage.cluster, "service": "api"}
    stage.order("service.tag", tags={"environment": "other", "team": "x"}, **where)
    assert stage.told("api")["tags"] == {"environment": "other", "team": "x"}
    stage.order("service.untag", keys=["environment"], **where)
    assert stage.told("api")["tags"] == {"team": "x"}


def test_drift_and_foreign_deployments_are_not_counted_as_calls(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.order("desired", cluster=stage.cluster, service="api", desired=2)
    stage.order("deploy", cluster=stage.cluster, service="api", image=f"{stage.cluster}:v2")
    told = stage.told("api")
    assert told["desired"] == 2
    assert told["calls"] == {"UpdateService": 0, "StopTask": 0}


def test_services_come_and_go(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.order("service.create", cluster=stage.cluster, service={"name": "late"})
    assert stage.service("late")["runningCount"] == 1
    stage.order("service.remove", cluster=stage.cluster, service="late")
    assert list(stage.order("describe")["clusters"][stage.cluster]) == ["api"]


def test_the_endpoint_refuses_web_pages_and_foreign_hosts(stage: Stage) -> None:
    for headers in ({"Origin": "https://example.com"}, {"Host": "example.com"}):
        assert httpx.post(stage.url, headers=headers, timeout=PATIENCE).status_code == 403
    assert httpx.post(f"{stage.url}/moto-api/reset", timeout=PATIENCE).status_code == 403


def test_the_seeded_environments_are_steady_and_the_tag_of_web_has_moved(stage: Stage) -> None:
    stage.world.seed()
    try:
        told = stage.order("describe")
        clusters = told["clusters"]
        assert told["databases"]["instance:staging-db"]["status"] == "available"
        assert clusters["staging"]["web"]["scaling"]["max"] == 4
        assert set(clusters["staging"]) == {"orders-api", "web", "worker", "billing-api", "broken-api"}
        scaled = stage.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")
        predictive = {
            (policy["ResourceId"], policy["PolicyName"])
            for policy in scaled["ScalingPolicies"]
            if policy["PolicyType"] == "PredictiveScaling"
        }
        assert ("service/qa-eu/api", "weekday-peaks") in predictive
        assert {"qa-eu", "pr-142", "nonprod", "production"} <= set(clusters)
        seeded = [s for c in ("staging", "qa-eu", "nonprod", "production") for s in clusters[c].values()]
        assert all(s["steady"] and s["running"] == s["desired"] for s in seeded)
        tags = {s["tags"]["environment"] for s in clusters["nonprod"].values()}
        assert tags == {"dev-alex", "demo-acme"}
        running = clusters["staging"]["web"]["deployments"][0]["images"][0]
        latest = next(r["digest"] for r in told["repositories"]["web"] if "latest" in r["tags"])
        assert running["image"].endswith("/web:latest")
        assert running["imageDigest"] != latest
        assert clusters["staging"]["broken-api"]["behave"] == "exit"
        assert "@sha256:" in clusters["qa-eu"]["search"]["deployments"][0]["images"][0]["image"]
    finally:
        for name, cluster in [("dev-alex", "nonprod"), ("demo-acme", "nonprod")]:
            stage.order("environment.remove", name=name, cluster=cluster)
        for name in ("staging", "qa-eu", "pr-142", "production", "nonprod"):
            stage.order("environment.remove", name=name)


NAMES = ("Web", "WEB_api-2", "_x", "-dash-", "a", "api__v2", "9Lives", "L" * 255)


@pytest.mark.parametrize("name", NAMES)
def test_a_service_with_any_name_that_ecs_allows_can_be_restarted_and_deployed(
    stage: Stage, name: str
) -> None:
    """An ECS name is not used as an ECR name, which has no capitals, or as a target group's name."""
    made = stage.environment({"name": name, "load_balancer": True, "scaling": {"min": 1, "max": 2}})
    assert list(made) == [name]
    assert stage.restart(name)
    assert stage.order("deploy", cluster=stage.cluster, service=name)
    found = stage.service(name)
    assert found["serviceName"] == name
    stage.order("desired", cluster=stage.cluster, service=name, desired=0)
    assert stage.order("service.remove", cluster=stage.cluster, service=name) == {"removed": name}


def test_names_that_differ_only_by_case_are_distinct_services(stage: Stage) -> None:
    made = stage.environment({"name": "web"}, {"name": "Web"}, {"name": "WEB"})
    assert list(made) == ["web", "Web", "WEB"]
    assert len({row["taskDefinition"] for row in map(stage.service, made)}) == 3


@pytest.mark.parametrize("name", ["NonProd", "Non_Prod-2", "C" * 255])
def test_a_cluster_can_have_any_name_that_ecs_allows(stage: Stage, name: str) -> None:
    own = f"{stage.cluster}-env"
    made = stage.order("environment.create", name=own, cluster=name, services=[{"name": "Web"}])
    assert made["cluster"].endswith(f"cluster/{name}")
    found = stage.client("ecs").describe_services(cluster=name, services=["Web"])["services"]
    assert [row["serviceName"] for row in found] == ["Web"]
    stage.order("environment.remove", name=name)


@pytest.mark.parametrize("name", ["web.api", "web api", "wéb", "a/b", "x" * 256, ""])
def test_a_name_that_ecs_does_not_allow_is_refused_with_a_sentence(stage: Stage, name: object) -> None:
    with pytest.raises(ValueError, match=r"letters|no name"):
        stage.environment({"name": name})
    with pytest.raises(ValueError, match="letters"):
        stage.order("environment.create", name=stage.cluster, cluster=name or "a b", services=[])


def test_an_image_that_no_registry_can_hold_is_refused_with_a_sentence(stage: Stage) -> None:
    with pytest.raises(ValueError, match="repository"):
        stage.environment({"name": "web", "image": "Web:1"})


@pytest.mark.parametrize("name", ["Web", "Orders_API", "a--B", "_x_", "lower"])
@pytest.mark.parametrize("desired", [0, 1])
def test_a_service_with_any_name_that_ecs_allows_can_be_created_at_zero(
    stage: Stage, name: str, desired: int
) -> None:
    stage.environment({"name": name, "desired": desired, "load_balancer": True})
    row = stage.service(name)
    assert (row["serviceName"], row["desiredCount"], row["runningCount"]) == (name, desired, desired)
