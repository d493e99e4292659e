"""Application Auto Scaling that acts, and others who change counts (facts/ecs 3.2)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.golden import Golden
from tests.playground.aws.stage import LONG, Row, Stage, refusal

DIMENSION = "ecs:service:DesiredCount"
SCALED: Row = {"name": "api", "desired": 2, "scaling": {"min": 1, "max": 4}}
FLAGS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
ALL_SUSPENDED = dict.fromkeys(FLAGS, True)
NONE_SUSPENDED = dict.fromkeys(FLAGS, False)


def target_of(stage: Stage, name: str = "api") -> Row:
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{stage.cluster}/{name}",
        "ScalableDimension": DIMENSION,
    }


def register(stage: Stage, **change: Any) -> None:
    stage.client("application-autoscaling").register_scalable_target(**target_of(stage), **change)


def targets(stage: Stage, *names: str) -> list[Row]:
    ids = [f"service/{stage.cluster}/{name}" for name in names or ("api",)]
    answer = stage.client("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=ids, ScalableDimension=DIMENSION
    )
    found: list[Row] = answer["ScalableTargets"]
    return found


def others(stage: Stage, do: str, **order: Any) -> Row:
    return stage.order(do, cluster=stage.cluster, service="api", **order)


def test_a_target_shows_its_bounds_and_flags(stage: Stage) -> None:
    stage.environment(SCALED, {"name": "plain"})
    (row,) = targets(stage, "api", "plain")
    assert row["ResourceId"] == f"service/{stage.cluster}/api"
    assert (row["MinCapacity"], row["MaxCapacity"]) == (1, 4)
    assert row["SuspendedState"] == NONE_SUSPENDED
    assert row["ScalableDimension"] == DIMENSION
    assert row["ScalableTargetARN"].startswith("arn:aws:application-autoscaling:")
    assert stage.told("plain")["scaling"] is None


def test_registering_changes_only_the_given_fields(stage: Stage) -> None:
    stage.environment(SCALED)
    register(stage, SuspendedState=ALL_SUSPENDED)
    (row,) = targets(stage)
    assert (row["MinCapacity"], row["MaxCapacity"], row["SuspendedState"]) == (1, 4, ALL_SUSPENDED)
    register(stage, MinCapacity=0)
    (row,) = targets(stage)
    assert (row["MinCapacity"], row["MaxCapacity"], row["SuspendedState"]) == (0, 4, ALL_SUSPENDED)
    assert stage.told("api")["desired"] == 2
    assert stage.told("api")["scaling_calls"] == {"RegisterScalableTarget": 2, "DeregisterScalableTarget": 0}
    assert stage.told("api")["calls"]["UpdateService"] == 0


@pytest.mark.parametrize(
    ("change", "desired"),
    [
        ({"MinCapacity": 3}, 3),
        ({"MinCapacity": 0, "MaxCapacity": 1}, 1),
        ({"MinCapacity": 0, "MaxCapacity": 0}, 0),
        ({"MinCapacity": 3, "SuspendedState": ALL_SUSPENDED}, 3),
        ({"MaxCapacity": 10}, 2),
    ],
)
def test_registering_moves_the_count_into_the_bounds_at_once(stage: Stage, change: Row, desired: int) -> None:
    stage.environment(SCALED)
    register(stage, **change)
    assert stage.service("api")["desiredCount"] == desired
    stage.until(lambda: stage.service("api")["runningCount"] == desired, "the tasks follow")


def test_registering_without_bounds_lifts_a_stopped_service_too(stage: Stage) -> None:
    stage.environment(SCALED)
    others(stage, "desired", desired=0)
    register(stage, SuspendedState=NONE_SUSPENDED)
    assert stage.service("api")["desiredCount"] == 1


def test_an_alarm_lifts_a_stopped_service_to_its_minimum_and_scales_on(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 3, "scaling": {"min": 2, "max": 4}})
    others(stage, "desired", desired=0)
    assert others(stage, "alarm", direction="in") == {
        "desired": 0, "min": 2, "max": 4, "acted": False, "why": "at its bound",
    }  # fmt: skip
    assert others(stage, "alarm", direction="out")["desired"] == 3
    assert others(stage, "alarm", direction="out")["desired"] == 4
    assert others(stage, "alarm", direction="out")["why"] == "at its bound"
    stage.settled("api")
    assert [others(stage, "alarm", direction="in")["desired"] for _ in range(3)] == [3, 2, 2]


@pytest.mark.parametrize(
    ("flag", "held"),
    [
        ("DynamicScalingOutSuspended", {"out"}),
        ("DynamicScalingInSuspended", {"in"}),
        ("ScheduledScalingSuspended", {"scheduled"}),
    ],
)
def test_each_flag_suspends_its_own_kind_of_scaling(stage: Stage, flag: str, held: set[str]) -> None:
    stage.environment(SCALED)
    register(stage, SuspendedState=NONE_SUSPENDED | {flag: True})
    answers = {
        "out": others(stage, "alarm", direction="out"),
        "in": others(stage, "alarm", direction="in"),
        "scheduled": others(stage, "scheduled_action", min=3, max=3),
    }
    assert {name for name, answer in answers.items() if answer["why"] == "suspended"} == held
    assert stage.told("api")["scaling"]["min"] == (1 if flag.startswith("Scheduled") else 3)


def test_a_scheduled_action_sets_bounds_and_moves_the_count(stage: Stage) -> None:
    stage.environment(SCALED)
    others(stage, "desired", desired=0)
    assert others(stage, "scheduled_action", min=2, max=3) == {
        "desired": 2, "min": 2, "max": 3, "acted": True, "why": "",
    }  # fmt: skip


def test_scale_in_is_off_during_a_deployment_and_scale_out_is_not(stage: Stage, golden: Golden) -> None:
    stage.environment(SCALED)
    stage.slow_down("api", 600)
    stage.restart("api")
    held = others(stage, "alarm", direction="in")
    assert held["desired"] == 2
    assert held["why"] == golden
    assert others(stage, "alarm", direction="out")["desired"] == 3


def test_deregistering_deletes_policies_and_is_counted(stage: Stage) -> None:
    stage.environment(SCALED)
    scaling, where = stage.client("application-autoscaling"), target_of(stage)
    scaling.put_scaling_policy(
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 50.0,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
        **where,
    )
    find = {"ServiceNamespace": "ecs", "ResourceId": where["ResourceId"], "ScalableDimension": DIMENSION}
    assert len(scaling.describe_scaling_policies(**find)["ScalingPolicies"]) == 1
    scaling.deregister_scalable_target(**where)
    assert (targets(stage), scaling.describe_scaling_policies(**find)["ScalingPolicies"]) == ([], [])
    assert stage.told("api")["scaling_calls"]["DeregisterScalableTarget"] == 1
    gone = refusal(lambda: scaling.deregister_scalable_target(**where))
    assert gone == "ObjectNotFoundException"
    with pytest.raises(ValueError, match="No scalable target"):
        others(stage, "alarm", direction="out")


def test_targets_come_in_pages_that_end(stage: Stage) -> None:
    names = [f"s{number:02}" for number in range(51)]
    stage.environment(*({"name": n, "desired": 0, "scaling": {"min": 0, "max": 1}} for n in names))
    scaling = stage.client("application-autoscaling")
    pages = scaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="ecs")
    rows = [[row["ResourceId"] for row in page["ScalableTargets"]] for page in pages]
    assert len(rows[0]) == 50
    mine = [name for page in rows for name in page if name.split("/")[1] == stage.cluster]
    assert mine == [f"service/{stage.cluster}/{name}" for name in names]
    few = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=mine[:50], MaxResults=7)
    assert (len(few["ScalableTargets"]), "NextToken" in few) == (7, True)
    ask = scaling.describe_scalable_targets
    assert refusal(lambda: ask(ServiceNamespace="ecs", ResourceIds=mine)) == "ValidationException"
    assert refusal(lambda: ask(ServiceNamespace="ecs", NextToken="odd")) == "InvalidNextTokenException"
    stage.order("environment.remove", name=stage.cluster)


@pytest.mark.parametrize(
    "change",
    [{"MinCapacity": 5}, {"MinCapacity": -1}, {"MaxCapacity": 0}],
)
def test_bad_bounds_are_refused_and_change_nothing(stage: Stage, change: Row) -> None:
    stage.environment(SCALED)
    assert refusal(lambda: register(stage, **change)) == "ValidationException"
    assert stage.told("api")["scaling"] == {
        "min": 1, "max": 4, "suspended": {"scaling_in": False, "scaling_out": False, "scheduled": False},
    }  # fmt: skip


def test_a_first_registration_needs_both_bounds_and_a_service(stage: Stage) -> None:
    stage.environment({"name": "api"})
    assert refusal(lambda: register(stage, MinCapacity=1)) == "ValidationException"
    call = stage.client("application-autoscaling").register_scalable_target
    missing = target_of(stage, "none") | {"MinCapacity": 0, "MaxCapacity": 1}
    assert refusal(lambda: call(**missing)) == "ValidationException"
    register(stage, MinCapacity=2, MaxCapacity=3)
    assert stage.service("api")["desiredCount"] == 2


def test_terraform_puts_back_what_its_configuration_says(stage: Stage) -> None:
    stage.environment(SCALED)
    register(stage, MinCapacity=0, SuspendedState=ALL_SUSPENDED)
    others(stage, "desired", desired=0)
    assert others(stage, "terraform", desired=2, min=1, max=4) == {
        "desired": 2, "min": 1, "max": 4, "acted": True, "why": "",
    }  # fmt: skip
    assert all(stage.told("api")["scaling"]["suspended"].values())
    assert stage.told("api")["calls"]["UpdateService"] == 0
    stage.until(lambda: stage.service("api")["runningCount"] == 2, "two tasks again")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"do": "alarm", "direction": "up"}, "direction must be"),
        ({"do": "terraform"}, "needs desired, min or max"),
        ({"do": "terraform", "desired": -1}, "whole number"),
        ({"do": "terraform", "min": 3}, "MinCapacity and MaxCapacity are required"),
        ({"do": "scheduled_action", "min": 1, "max": 2}, "No scalable target"),
        ({"do": "protect", "minutes": 5, "task": "none"}, "no such running task"),
        ({"do": "protect"}, "needs minutes"),
    ],
)
def test_a_bad_order_about_capacity_is_refused(stage: Stage, order: Row, said: str) -> None:
    stage.environment({"name": "api"})
    with pytest.raises(ValueError, match=said):
        stage.order(**({"cluster": stage.cluster, "service": "api"} | order))


def test_the_assumed_rates_of_scaling_and_databases_are_throttled(stage: Stage) -> None:
    ask, rds = stage.client("application-autoscaling").describe_scalable_targets, stage.client("rds")
    stage.order("throttle", category="scaling", seconds=LONG)
    assert refusal(lambda: ask(ServiceNamespace="ecs")) == "ThrottlingException"
    stage.order("throttle", category="databases", seconds=LONG)
    assert refusal(lambda: rds.describe_db_instances()) == "Throttling"
    stage.client("ecs").list_clusters()
    for category in ("scaling", "databases"):
        stage.order("throttle", category=category, seconds=0)
    ask(ServiceNamespace="ecs")
    rds.describe_db_instances()


def test_what_moved_a_count_is_an_activity_with_its_cause_newest_first(stage: Stage) -> None:
    stage.environment(SCALED)
    others(stage, "alarm", direction="out")
    others(stage, "scheduled_action", min=4)
    others(stage, "alarm", direction="out")
    scaling = stage.client("application-autoscaling")

    rows = scaling.describe_scaling_activities(**target_of(stage))["ScalingActivities"]

    assert [row["Description"] for row in rows] == [
        "Setting desired count to 4.",
        "Setting desired count to 3.",
    ]
    assert "scheduled action" in rows[0]["Cause"] and "alarm" in rows[1]["Cause"]
    assert {row["ResourceId"] for row in rows} == {f"service/{stage.cluster}/api"}
    first = scaling.describe_scaling_activities(**target_of(stage), MaxResults=1)
    assert first["ScalingActivities"] == rows[:1] and first["NextToken"]
    wrong = {"ServiceNamespace": "ecs", "ScalableDimension": DIMENSION}
    assert refusal(lambda: scaling.describe_scaling_activities(**wrong)) == "ValidationException"
