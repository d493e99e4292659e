"""What is sent to Application Auto Scaling: by id, in batches, and only what is meant. No target is
deregistered.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from bot.aws.ports import Aws
from bot.aws.scaling import scaling_facts
from bot.aws.session import AwsSettings
from bot.aws.throttle import Standing
from bot.scopes import PortScopes
from handlers.words.errors import Absent, Rejected, Throttled, Trouble, Unanswered
from playground.clock import PlaygroundClock
from policies.access.people import ClockActor
from policies.capacity.facts import ScalingFacts, Suspended
from policies.service.environment import TagPick
from tests.bot.aws.scripted import ScriptedAws
from tests.bot.aws.stage import DEV, Stage, environment
from tests.fakes.book import FakeBook
from tests.golden import Golden

DESCRIBE = "application-autoscaling.DescribeScalableTargets"
REGISTER = "application-autoscaling.RegisterScalableTarget"
BOUNDS = {"min": 2, "max": 6}
SOME = Suspended(scaling_in=True)


@pytest.fixture
def aws() -> Iterator[ScriptedAws]:
    with ScriptedAws() as server:
        yield server


def test_targets_are_asked_for_by_id_in_batches_of_fifty(stage: Stage) -> None:
    names = [f"service-{n:02d}" for n in range(53)]
    cluster = stage.cluster(
        *({"name": name, "desired": 0, "scaling": {"min": 0, "max": 3}} for name in names)
    )
    scope = stage.bind(environment(cluster))
    scope.services.members()
    start = len(stage.traffic)

    found = scope.scaling.facts(names)

    assert found == dict.fromkeys(names, ScalingFacts(0, 3))
    asked = stage.requests(DESCRIBE, start)
    assert [len(r["ResourceIds"]) for r in asked] == [50, 3]
    assert {i for r in asked for i in r["ResourceIds"]} == {f"service/{cluster}/{name}" for name in names}
    assert {(r["ServiceNamespace"], r["ScalableDimension"]) for r in asked} == {
        ("ecs", "ecs:service:DesiredCount")
    }
    assert [row["method"] for row in stage.traffic[start:]] == [DESCRIBE, DESCRIBE]  # members were known


def test_a_suspension_sends_the_minimum_and_the_flags_and_no_maximum(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 2, "scaling": BOUNDS})
    scope = stage.bind(environment(cluster))
    start = len(stage.traffic)

    receipt = scope.scaling.suspend("web")

    [sent] = stage.requests(REGISTER, start)
    assert sent == {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cluster}/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 0,
        "SuspendedState": {
            "DynamicScalingInSuspended": True,
            "DynamicScalingOutSuspended": True,
            "ScheduledScalingSuspended": True,
        },
    }
    [row] = [r for r in stage.traffic[start:] if r["method"] == REGISTER]
    assert receipt.request_id == row["request_id"]
    assert row["role"].startswith("lamplighter-staging/") and row["role"].endswith("/U0DEV")


def test_a_restoration_sends_every_flag_including_those_that_are_off(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "desired": 2, "scaling": BOUNDS})
    scope = stage.bind(environment(cluster))
    start = len(stage.traffic)

    scope.scaling.restore("web", ScalingFacts(1, 5, SOME))

    [sent] = stage.requests(REGISTER, start)
    assert (sent["MinCapacity"], sent["MaxCapacity"]) == (1, 5)
    assert sent["SuspendedState"] == {
        "DynamicScalingInSuspended": True,
        "DynamicScalingOutSuspended": False,
        "ScheduledScalingSuspended": False,
    }


def test_a_name_that_two_clusters_have_is_left_out_and_refused(stage: Stage, golden: Golden) -> None:
    clusters = (stage.cluster(), stage.cluster())
    for cluster in clusters:
        stage.add(cluster, "web", team="red")
    scope = stage.bind(environment("red", TagPick(clusters, "team", "red")))

    assert scope.scaling.facts(["web"]) == {}
    with pytest.raises(Rejected) as refused:
        scope.scaling.suspend("web")
    said = refused.value.sentence
    assert said.replace(clusters[0], "blue").replace(clusters[1], "green") == golden


def test_each_target_is_named_by_the_cluster_of_its_service(stage: Stage) -> None:
    clusters = (stage.cluster(), stage.cluster())
    for cluster, name in zip(clusters, ("web", "api"), strict=True):
        stage.add(cluster, name, team="red")
    scope = stage.bind(environment("red", TagPick(clusters, "team", "red")))
    start = len(stage.traffic)

    scope.scaling.facts(["api", "web"])

    [asked] = stage.requests(DESCRIBE, start)
    assert sorted(asked["ResourceIds"]) == sorted(
        f"service/{c}/{n}" for c, n in zip(clusters, ("web", "api"), strict=True)
    )


def test_a_service_re_tagged_a_moment_ago_is_not_suspended(stage: Stage) -> None:
    cluster = stage.cluster()
    stage.add(cluster, "web", team="red")
    scope = stage.bind(environment("red", TagPick((cluster,), "team", "red")))
    assert len(scope.services.members().own) == 1
    stage.world.change({"do": "service.tag", "cluster": cluster, "service": "web", "tags": {"team": "b"}})
    start = len(stage.traffic)

    with pytest.raises(Absent):
        scope.scaling.suspend("web")

    assert stage.requests(REGISTER, start) == []


@pytest.mark.parametrize(
    ("code", "retry_helps"), [("ConcurrentUpdateException", True), ("LimitExceededException", False)]
)
def test_a_refusal_is_sent_once_and_says_whether_trying_again_helps(
    stage: Stage, code: str, retry_helps: bool
) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web", "scaling": BOUNDS})))
    start = len(stage.traffic)
    stage.faults.order(method=REGISTER, kind="error", code=code)

    with pytest.raises(Rejected) as caught:
        scope.scaling.suspend("web")

    assert (caught.value.code, caught.value.retry_helps) == (code, retry_helps)
    assert len(stage.requests(REGISTER, start)) == 1


def test_a_lost_answer_is_unanswered_and_sent_once(stage: Stage) -> None:
    scope = stage.bind(environment(stage.cluster({"name": "web", "scaling": BOUNDS})))
    start = len(stage.traffic)
    stage.faults.order(method=REGISTER, kind="drop", phase="after_effect")

    with pytest.raises(Unanswered):
        scope.scaling.suspend("web")

    assert len(stage.requests(REGISTER, start)) == 1
    assert scope.scaling.facts(["web"])["web"].suspended.all


def test_changes_that_got_late_by_slow_look_ups_are_not_sent_at_all(stage: Stage) -> None:
    where = environment(stage.cluster({"name": "web", "scaling": BOUNDS}))
    late = itertools.count(step=25.0)  # each look at the clock comes 25 s after the previous one
    scope = stage.scopes([where], ticks=late.__next__).bind(where, DEV)
    start = len(stage.traffic)

    with pytest.raises(Trouble, match="too slow"):
        scope.scaling.suspend("web")
    with pytest.raises(Trouble, match="too slow"):
        scope.scaling.restore("web", ScalingFacts(2, 6))
    with pytest.raises(Trouble, match="too slow"):
        scope.services.set_desired("web", 0)

    assert stage.requests(REGISTER, start) == stage.requests("ecs.UpdateService", start) == []


def test_a_change_that_does_not_fit_the_bucket_now_never_reaches_aws(stage: Stage, golden: Golden) -> None:
    where = environment(stage.cluster({"name": "web", "scaling": BOUNDS}))
    scopes = stage.scopes([where], ticks=lambda: 100.0)
    scope = scopes.bind(where, ClockActor())
    buckets = scopes.aws.place(where, ClockActor()).buckets
    while buckets.ask("scaling", standing=Standing.CLOCK) == 0.0:
        pass
    start = len(stage.traffic)

    with pytest.raises(Throttled) as refused:
        scope.scaling.suspend("web")
    assert refused.value.sentence == golden

    assert stage.requests(REGISTER, start) == []


def test_every_page_is_read_and_a_token_that_loops_is_trouble(aws: ScriptedAws) -> None:
    where = environment("staging", role_arn="")
    service = {
        "serviceName": "web",
        "clusterArn": "arn:aws:ecs:eu-central-1:123456789012:cluster/staging",
        "serviceArn": "arn:aws:ecs:eu-central-1:123456789012:service/staging/web",
        "status": "ACTIVE",
    }
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": "service/staging/web",
        "ScalableDimension": "ecs:service:DesiredCount",
        "MinCapacity": 1,
        "MaxCapacity": 2,
    }
    aws.answer("ListServices", 200, {"serviceArns": [service["serviceArn"]]})
    aws.answer("DescribeServices", 200, {"services": [service], "failures": []})
    aws.answer(
        "DescribeScalableTargets",
        200,
        {"ScalableTargets": [], "NextToken": "2"},
        {"ScalableTargets": [target]},
        {"ScalableTargets": [], "NextToken": "loop"},
    )
    clock, settings = PlaygroundClock(), AwsSettings(endpoint_url=aws.url, read_attempts=1)
    scopes = PortScopes(Aws(settings, lambda: [where], clock), clock, FakeBook().book)
    scaling = scopes.bind(where, DEV).scaling

    assert scaling.facts(["web"]) == {"web": ScalingFacts(1, 2)}
    with pytest.raises(Trouble):
        scaling.facts(["web"])
    assert aws.count("DescribeScalableTargets") <= 5


def test_a_target_without_a_suspended_state_is_not_suspended() -> None:
    row = {"MinCapacity": 1, "MaxCapacity": 2, "SuspendedState": None}
    assert scaling_facts(row) == ScalingFacts(1, 2)  # type: ignore[arg-type]


def test_only_predictive_policies_that_act_are_listed_from_every_page(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "scaling": BOUNDS}, {"name": "api", "scaling": BOUNDS})
    order = {"do": "predictive_scaling", "cluster": cluster, "service": "web"}
    for number in range(12):
        stage.world.change({**order, "policy": f"only-{number:02}", "mode": "ForecastOnly"})
    stage.world.change({**order, "policy": "z-acts"})
    scope = stage.bind(environment(cluster))
    start = len(stage.traffic)

    assert scope.scaling.predictive(["web", "api"]) == {"web": ("z-acts",)}

    asked = stage.requests("application-autoscaling.DescribeScalingPolicies", start)
    assert sorted(row["ResourceId"] for row in asked) == [
        f"service/{cluster}/api",
        f"service/{cluster}/web",
        f"service/{cluster}/web",
    ]
    assert {row["ServiceNamespace"] for row in asked} == {"ecs"}
