"""What signs of use cannot show, and what is asked in order to read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.aws import balancers
from bot.aws.metrics import CloudWatch, Series, Window
from bot.aws.place import Place
from handlers.ports.signals import LeftoverKind, Sign
from handlers.words.errors import Trouble
from tests.bot.aws.stage import DEV, Stage, environment

NET = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/web/1a2b"
APP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/1a2b"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/3c4d"


def test_requests_are_those_of_the_services_own_target_group() -> None:
    series = balancers.requests(APP, GROUP)
    assert (series.namespace, series.metric, series.statistic) == (
        "AWS/ApplicationELB",
        "RequestCount",
        "Sum",
    )
    assert dict(series.dimensions) == {"LoadBalancer": "app/web/1a2b", "TargetGroup": "targetgroup/web/3c4d"}


def test_a_network_balancer_knows_connections_and_no_requests() -> None:
    series = balancers.requests(NET)
    assert (series.namespace, series.metric) == ("AWS/NetworkELB", "NewFlowCount")
    assert balancers.kind_of(NET.replace("/net/", "/gwy/")) == ""


def test_a_service_whose_target_group_is_gone_is_uncounted_and_the_others_count(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "load_balancer": True}, {"name": "lost", "load_balancer": True})
    stage.clock.advance(3_600)
    [row] = stage.bind(environment(cluster)).services.summaries(["lost"])
    remove_group(stage, row.target_groups[0])
    traffic = stage.bind(environment(cluster)).signals.read().traffic
    assert traffic is not None
    assert traffic.requests > 0
    assert traffic.uncounted == ("lost",)


def remove_group(stage: Stage, arn: str) -> None:
    stage.client("elbv2").delete_target_group(TargetGroupArn=arn)


def test_the_newest_image_that_runs_has_the_day_it_was_pushed(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "image": "web:latest"})
    stage.clock.advance(600)
    signs = stage.bind(environment(cluster)).signals.read()
    assert signs.unread == ()
    assert signs.pushed is not None
    assert signs.pushed <= stage.clock.now()


def test_images_of_another_registry_have_no_age(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "image": "docker.io/library/nginx:1"})
    stage.clock.advance(600)
    signs = stage.bind(environment(cluster)).signals.read()
    assert (signs.pushed, signs.unread) == (None, ())


def test_a_look_makes_no_more_calls_than_necessary(stage: Stage) -> None:
    cluster = stage.cluster(*({"name": f"s{n}", "load_balancer": True} for n in range(12)))
    scope = stage.bind(environment(cluster))
    scope.services.members()
    asked = len(stage.traffic)
    scope.signals.read()
    methods = [row["method"] for row in stage.traffic[asked:]]
    assert methods.count("monitoring.GetMetricData") == 2
    assert methods.count("elasticloadbalancing.DescribeTargetGroups") == 1


def test_a_balancer_with_a_healthy_target_is_not_left_over(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "load_balancer": True, "idle": True})
    stage.clock.advance(600)
    scope = stage.bind(environment(cluster))
    here = [one for one in scope.leftovers.find([LeftoverKind.BALANCER]).leftovers if cluster in one.name]
    assert here == []
    stage.world.change({"do": "desired", "cluster": cluster, "service": "web", "desired": 0})
    stage.clock.advance(600)
    [left] = [one for one in scope.leftovers.find([LeftoverKind.BALANCER]).leftovers if cluster in one.name]
    assert [part.item for part in left.parts] == ["elb.application"]


def test_a_cluster_that_another_environment_names_is_not_left_over(stage: Stage) -> None:
    one, other, nobodys = stage.cluster(), stage.cluster(), stage.cluster()
    scope = stage.bind(environment(one), environment(other))
    names = {found.name for found in scope.leftovers.find([LeftoverKind.CLUSTER]).leftovers}
    assert names & {one, other, nobodys} == {nobodys}


class Pages:
    """A CloudWatch that returns these pages, whoever asks."""

    def __init__(self, *pages: dict[str, Any]) -> None:
        self.pages = list(pages)
        self.asked: list[dict[str, Any]] = []

    def get_metric_data(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        return self.pages.pop(0)


def result(id_: str, *values: float, status: str = "Complete", hour: int = 0) -> dict[str, Any]:
    at = [datetime.fromisoformat(f"2026-11-30T{hour + n:02}:00:00+00:00") for n in range(len(values))]
    return {"Id": id_, "Timestamps": at, "Values": list(values), "StatusCode": status}


@dataclass(frozen=True)
class Elsewhere(Place):
    """A seat in front of another CloudWatch."""

    pages: Any = None

    def metrics(self, action: str) -> Any:
        return self.pages


def read(stage: Stage, pages: Pages, count: int = 1) -> list[dict[datetime, float]]:
    here = stage.scopes([environment("staging")]).aws.place(environment("staging"), DEV)
    place = Elsewhere(here.environment, here.actor, here.identities, here.buckets, pages=pages)
    now = stage.clock.now()
    series = [Series("AWS/ECS", "CPUUtilization", ())] * count
    return [
        dict(found)
        for found in CloudWatch(place).points(series, Window(now - timedelta(hours=9), now, 3_600))
    ]


def test_points_on_several_pages_are_joined(stage: Stage) -> None:
    first = {"MetricDataResults": [result("q0", 1, 2, status="PartialData")], "NextToken": "two"}
    second = {"MetricDataResults": [result("q0", 3, hour=2)]}
    [points] = read(stage, pages := Pages(first, second))
    assert list(points.values()) == [1, 2, 3]
    assert [row.get("NextToken") for row in pages.asked[1:]] == ["two"]


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_an_incomplete_answer_is_no_answer(stage: Stage, status: str) -> None:
    with pytest.raises(Trouble):
        read(stage, Pages({"MetricDataResults": [result("q0", 1, status=status)]}))


def test_five_hundred_series_go_in_one_question(stage: Stage) -> None:
    pages = Pages({"MetricDataResults": []}, {"MetricDataResults": [result("q500", 7)]})
    found = read(stage, pages, count=501)
    assert [len(row["MetricDataQueries"]) for row in pages.asked] == [500, 1]
    assert (len(found), list(found[500].values())) == (501, [7])


def test_a_role_that_may_read_no_signal_leaves_all_of_them_unknown(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "load_balancer": True})
    actions = [
        "cloudwatch:*",
        "compute-optimizer:*",
        "ecr:DescribeImages",
        "ecs:ListTasks",
        "ecs:DescribeTaskDefinition",
    ]
    stage.world.change({"do": "role.deny", "role": "lamplighter-staging", "actions": actions})
    try:
        signs = stage.bind(environment(cluster)).signals.read()
    finally:
        stage.world.change({"do": "role.allow", "role": "lamplighter-staging"})
    assert {unread.sign for unread in signs.unread} == set(Sign)
    assert (signs.traffic, signs.cpu, signs.idle, signs.pushed, signs.registered) == (None,) * 5
