"""Groups of instances, against the simulated world: whose tasks run on them, and what nobody can tell."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.words.errors import Absent, Denied, Unanswered
from policies.capacity.facts import GroupFacts
from policies.service.environment import TagPick
from tests.bot.aws.stage import Stage, environment


def group(stage: Stage, cluster: str, **sizes: int) -> str:
    name = f"{cluster}-ec2"
    order: dict[str, object] = {"do": "capacity.create", "cluster": cluster, "name": name}
    stage.world.change({**order, **({"min": 1, "max": 3, "desired": 2} | sizes)})
    return name


def hosted(stage: Stage, cluster: str, name: str, provider: str, **spec: Any) -> None:
    made = {"name": name, "desired": 1, "capacity_provider": provider, **spec}
    stage.world.change({"do": "service.create", "cluster": cluster, "service": made})


def test_other_environments_services_on_a_group_are_listed_with_who_claims_them(stage: Stage) -> None:
    cluster = stage.cluster()
    name = group(stage, cluster)
    for service, team in (("web", "red"), ("api", "blue"), ("loose", "nobody")):
        hosted(stage, cluster, service, name)
        order: dict[str, object] = {"do": "service.tag", "cluster": cluster, "service": service}
        stage.world.change({**order, "tags": {"team": team}})
    red, blue = (environment(t, TagPick((cluster,), "team", t)) for t in ("red", "blue"))

    [found] = stage.bind(red, blue).capacities.groups([name])

    assert found.services == {"web": ("red",), "api": ("blue",), "loose": ()}


def test_a_daemon_does_not_hold_its_instances(stage: Stage) -> None:
    cluster = stage.cluster()
    name = group(stage, cluster)
    hosted(stage, cluster, "agent", name, scheduling="DAEMON", desired=0)
    stage.clock.advance(120)

    [found] = stage.bind(environment(cluster)).capacities.groups([name])

    assert found.services == {}


def test_a_service_is_on_a_group_by_its_tasks_alone_too(stage: Stage) -> None:
    cluster = stage.cluster()
    name = group(stage, cluster)
    hosted(stage, cluster, "web", name)
    stage.clock.advance(120)
    start = len(stage.traffic)

    [found] = stage.bind(environment(cluster)).capacities.groups([name])

    assert found.services == {"web": (cluster,)}
    assert len(stage.requests("ecs.DescribeContainerInstances", start)[0]["containerInstances"]) == 2
    assert stage.requests("ecs.ListContainerInstances", start)[0]["maxResults"] == 100


def test_instances_of_a_cluster_that_is_not_the_environments_are_unknown(stage: Stage) -> None:
    here, there = stage.cluster(), stage.cluster()
    name = group(stage, there)

    [found] = stage.bind(environment(here)).capacities.groups([name])

    assert (found.unknown, found.ready, found.instances) == (2, 0, 2)


def test_the_three_sizes_are_sent_in_one_call_and_nothing_else(stage: Stage) -> None:
    cluster = stage.cluster()
    name = group(stage, cluster)
    hosted(stage, cluster, "web", name)
    start = len(stage.traffic)

    stage.bind(environment(cluster)).capacities.resize(name, GroupFacts(0, 3, 0))

    [sent] = stage.requests("autoscaling.UpdateAutoScalingGroup", start)
    assert {k: v for k, v in sent.items() if k not in ("Action", "Version")} == {
        "AutoScalingGroupName": name,
        "MinSize": "0",
        "MaxSize": "3",
        "DesiredCapacity": "0",
    }


def test_an_environment_cannot_resize_a_group_of_another_environments_service(stage: Stage) -> None:
    cluster = stage.cluster()
    name = group(stage, cluster)
    hosted(stage, cluster, "web", name)
    red = environment("red", TagPick((cluster,), "team", "red"))
    start = len(stage.traffic)

    with pytest.raises(Absent):
        stage.bind(red).capacities.resize(name, GroupFacts(0, 3, 0))
    assert stage.requests("autoscaling.UpdateAutoScalingGroup", start) == []


def test_a_refused_and_a_lost_resize_are_distinguished(stage: Stage) -> None:
    cluster = stage.cluster()
    name = group(stage, cluster)
    hosted(stage, cluster, "web", name)
    capacities = stage.bind(environment(cluster)).capacities

    stage.faults.order(method="autoscaling.UpdateAutoScalingGroup", kind="error", code="AccessDenied")
    with pytest.raises(Denied):
        capacities.resize(name, GroupFacts(0, 3, 0))
    stage.faults.order(method="autoscaling.UpdateAutoScalingGroup", kind="drop", phase="after_effect")
    with pytest.raises(Unanswered):
        capacities.resize(name, GroupFacts(0, 3, 0))
    assert capacities.groups([name])[0].sizes == GroupFacts(0, 3, 0)
