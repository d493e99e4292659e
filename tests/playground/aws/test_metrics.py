"""CloudWatch's metrics as the world writes them (facts/ecs 7.8), load balancers, and idle services."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.playground.aws.asking import data, one, query
from tests.playground.aws.stage import Stage, refusal

BALANCER = "AWS/ApplicationELB"


def insights(stage: Stage, **spec: Any) -> None:
    stage.environment({"name": "api"} | spec)
    stage.order("insights", cluster=stage.cluster)


def test_reserved_amounts_are_those_of_the_tasks_in_each_minute(stage: Stage) -> None:
    insights(stage, desired=3, cpu=512, memory=1024)
    for name, value in (("RunningTaskCount", 3), ("CpuReserved", 1536), ("MemoryReserved", 3072)):
        row = one(stage, name)
        assert set(row["Values"]) == {value}
        assert len(row["Values"]) in (30, 31)
        assert row["Timestamps"] == sorted(row["Timestamps"])
        assert row["StatusCode"] == "Complete"


def test_a_cluster_without_insights_has_no_insights_metrics(stage: Stage) -> None:
    stage.environment({"name": "api"})
    assert one(stage, "RunningTaskCount")["Values"] == []
    assert one(stage, "CPUUtilization", namespace="AWS/ECS")["Values"]
    insights_on = stage.order("insights", cluster=stage.cluster)["insights"]
    assert stage.cluster in insights_on
    (cluster,) = stage.client("ecs").describe_clusters(clusters=[stage.cluster], include=["SETTINGS"])[
        "clusters"
    ]
    assert cluster["settings"] == [{"name": "containerInsights", "value": "enabled"}]
    assert one(stage, "RunningTaskCount")["Values"]


def test_a_minute_in_which_nothing_ran_has_no_point(stage: Stage) -> None:
    insights(stage)
    stage.order("desired", cluster=stage.cluster, service="api", desired=0)
    stage.clock.advance(3600)
    stage.order("desired", cluster=stage.cluster, service="api", desired=2)
    stage.clock.advance(600)
    row = one(stage, "RunningTaskCount", minutes=90)
    gaps = [b - a for a, b in zip(row["Timestamps"], row["Timestamps"][1:], strict=False)]
    assert max(gaps) > timedelta(minutes=55)
    assert row["Values"][0] == 1
    assert row["Values"][-1] == 2


def test_a_longer_period_shows_each_statistic(stage: Stage) -> None:
    insights(stage, desired=2)
    shown = {
        stat: one(stage, "RunningTaskCount", period=300, stat=stat, minutes=25, until=10)["Values"][1]
        for stat in ("Average", "Sum", "SampleCount", "Minimum", "Maximum")
    }
    assert shown == {"Average": 2, "Sum": 10, "SampleCount": 5, "Minimum": 2, "Maximum": 2}


def test_minute_points_are_kept_for_15_days_and_five_minute_points_for_63(stage: Stage) -> None:
    insights(stage, age_days=70)
    day = 24 * 60
    old, older = {"minutes": 20 * day, "until": 19 * day}, {"minutes": 66 * day, "until": 65 * day}
    assert one(stage, "RunningTaskCount", **old)["Values"] == []
    assert len(one(stage, "RunningTaskCount", period=300, **old)["Values"]) in (288, 289)
    assert one(stage, "RunningTaskCount", period=300, **older)["Values"] == []
    assert len(one(stage, "RunningTaskCount", period=3600, **older)["Values"]) in (24, 25)


def test_a_request_holds_at_most_five_hundred_queries(stage: Stage) -> None:
    insights(stage)
    many = [query(stage, number, "RunningTaskCount") for number in range(501)]
    assert len(data(stage, *many[:500], minutes=3)) == 500
    assert refusal(lambda: data(stage, *many)) == "ValidationError"


def test_pages_lose_no_point(stage: Stage) -> None:
    insights(stage)
    queries = [query(stage, number, "RunningTaskCount") for number in range(3)]
    whole = data(stage, *queries)
    paged = data(stage, *queries, MaxDatapoints=7)
    assert [row["Timestamps"] for row in paged] == [row["Timestamps"] for row in whole]
    assert {row["StatusCode"] for row in paged} == {"Complete"}


def test_requests_are_counted_by_load_balancer_and_target_group(stage: Stage) -> None:
    stage.environment({"name": "api", "load_balancer": True}, {"name": "web", "load_balancer": True})
    elb = stage.client("elbv2")
    group = stage.service("api")["loadBalancers"][0]["targetGroupArn"]
    (row,) = elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"]
    (arn,) = row["LoadBalancerArns"]
    (balancer,) = elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert isinstance(balancer["CreatedTime"], datetime)
    assert len(elb.describe_target_groups(LoadBalancerArn=arn)["TargetGroups"]) == 2
    front = arn.split("loadbalancer/")[1]
    where = {"LoadBalancer": front, "TargetGroup": group.split(":")[-1]}
    asked = {"namespace": BALANCER, "stat": "Sum", "period": 300}
    part = one(stage, "RequestCount", where=where, **asked)["Values"]
    whole = one(stage, "RequestCount", where={"LoadBalancer": front}, **asked)["Values"]
    assert 0 < sum(part) < sum(whole)


def test_an_idle_service_gets_no_requests_and_uses_hardly_any_cpu(stage: Stage) -> None:
    stage.environment({"name": "api", "load_balancer": True, "idle": True})
    group = stage.service("api")["loadBalancers"][0]["targetGroupArn"].split(":")[-1]
    asked = {"namespace": BALANCER, "stat": "Sum", "where": {"TargetGroup": group}}
    assert one(stage, "RequestCount", **asked)["Values"] == []
    assert max(one(stage, "CPUUtilization", namespace="AWS/ECS")["Values"]) < 1
    stage.order("service.idle", cluster=stage.cluster, service="api", idle_days=1)
    stage.order("history", cluster=stage.cluster, days=5)
    days = one(stage, "RequestCount", minutes=3 * 1440, **(asked | {"period": 3600}))["Timestamps"]
    assert stage.clock.now() - days[-1] > timedelta(hours=23)
    stage.order("service.idle", cluster=stage.cluster, service="api", idle=False)
    assert one(stage, "RequestCount", **asked)["Values"]
    assert max(one(stage, "CPUUtilization", namespace="AWS/ECS")["Values"]) > 2


def test_a_load_balancer_goes_with_its_environment(stage: Stage) -> None:
    stage.environment({"name": "api", "load_balancer": True})
    elb = stage.client("elbv2")
    assert elb.describe_load_balancers(Names=[stage.cluster])["LoadBalancers"]
    stage.order("environment.remove", name=stage.cluster)
    assert refusal(lambda: elb.describe_load_balancers(Names=[stage.cluster])) == "LoadBalancerNotFound"


def test_the_optimizer_knows_what_is_idle_once_the_account_is_enrolled(stage: Stage) -> None:
    stage.environment({"name": "api", "idle": True, "age_days": 20}, {"name": "new", "idle": True})
    optimizer = stage.client("compute-optimizer")
    stage.order("optimizer", enrolled=False)
    assert refusal(lambda: optimizer.get_idle_recommendations()) == "OptInRequiredException"
    stage.order("optimizer")
    rows = optimizer.get_idle_recommendations(resourceArns=[stage.told("api")["arn"]])["idleRecommendations"]
    assert [(row["resourceType"], row["finding"]) for row in rows] == [("ECSService", "Idle")]
    assert rows[0]["savingsOpportunity"]["estimatedMonthlySavings"]["value"] == pytest.approx(10.36, abs=0.05)
    assert not optimizer.get_idle_recommendations(resourceArns=[stage.told("new")["arn"]])[
        "idleRecommendations"
    ]
