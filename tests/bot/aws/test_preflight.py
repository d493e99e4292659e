"""What the doctor finds before anybody relies on an environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from bot.aws.permissions import ACTIONS, WRITES
from handlers.words.errors import Trouble
from policies.service.environment import Environment, Flag, Tier
from tests.bot.aws.stage import DEV, PREFIX, Stage, environment
from tests.golden import Golden


def lit(stage: Stage) -> Environment:
    """An environment with a service and both kinds of databases."""
    cluster = stage.cluster({"name": "web"})
    return environment(cluster, databases=stage.databases(cluster))


def deny(stage: Stage, *actions: str) -> None:
    """Deny actions to the role of every environment here, until the test ends."""
    stage.world.change({"do": "role.deny", "role": "lamplighter-staging", "actions": list(actions)})


@pytest.fixture(autouse=True)
def allowed_again(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "stage" in request.fixturenames:
        stage: Stage = request.getfixturevalue("stage")
        stage.world.change({"do": "role.allow", "role": "lamplighter-staging"})


def test_the_preflight_needs_no_permission_of_its_own(stage: Stage) -> None:
    called: set[tuple[str, str]] = set()
    cluster = stage.cluster()
    where = environment(
        cluster,
        databases=stage.databases(cluster),
        caches=stage.caches(cluster),
        flags=(*stage.flags(cluster), stage.deployed_flag(cluster)),
    )
    stage.scopes([where], watch=lambda *call: called.add(call)).preflight(where, DEV)

    used = {f"{PREFIX.get(service, service)}:{operation}" for service, operation in called}
    assert used - {"sts:AssumeRole", "sts:GetCallerIdentity"} == set(ACTIONS) - set(WRITES) - {
        "compute-optimizer:GetIdleRecommendations"
    }


def test_a_preflight_without_findings_says_so_for_every_family(stage: Stage, golden: Golden) -> None:
    cluster = stage.cluster({"name": "web"})
    where = environment(cluster, databases=stage.databases(cluster))

    findings = stage.scopes([where]).preflight(where, DEV)

    assert [f.check for f in findings if not f.ok] == []
    assert len(findings) == 35
    assert findings[-1].check == "changes"
    assert findings[-1].sentence.replace(cluster, "staging") == golden


def test_a_preflight_says_which_changes_are_denied(stage: Stage, golden: Golden) -> None:
    where = lit(stage)
    deny(stage, "rds:StopDB*")

    *well, finding = stage.scopes([where]).preflight(where, DEV)

    assert all(f.ok for f in well)
    assert (finding.check, finding.ok) == ("changes", False)
    assert "rds:StopDBCluster" in finding.sentence
    assert finding.sentence.replace(where.name, "staging") == golden


def test_a_role_that_may_not_ask_iam_is_noted_and_is_no_failure(stage: Stage) -> None:
    where = lit(stage)
    deny(stage, "iam:*")

    finding = stage.scopes([where]).preflight(where, DEV)[-1]

    assert (finding.check, finding.ok) == ("changes", None)
    assert "iam:SimulatePrincipalPolicy" in finding.todo


def test_a_rollback_that_is_denied_is_found_even_where_production_is_open_to_nothing_else(
    stage: Stage, golden: Golden
) -> None:
    where = lit(stage)
    deny(stage, "ecs:StopServiceDeployment")
    for one in (where, replace(where, tier=Tier.PRODUCTION, open_to=frozenset({"rollback"}))):
        finding = stage.scopes([one]).preflight(one, DEV)[-1]
        assert (finding.check, finding.ok) == ("changes", False)
        assert finding.sentence.replace(where.name, "staging") == golden(name="denied")


def test_changes_are_not_checked_for_production_that_stays_on(stage: Stage) -> None:
    where = replace(lit(stage), tier=Tier.PRODUCTION)
    deny(stage, "ecs:UpdateService")

    assert all(f.ok for f in stage.scopes([where]).preflight(where, DEV))


def test_a_preflight_finds_a_database_that_is_not_there_and_one_that_cannot_stop(
    stage: Stage, golden: Golden
) -> None:
    cluster = stage.cluster()
    source, *_ = stage.databases(cluster)
    replica: dict[str, object] = {"do": "database.create", "id": f"{cluster}-replica", "replica_of": source}
    stage.world.change(replica)
    where = environment(cluster, databases=(source, "lost"))

    stays, lost = stage.scopes([where]).preflight(where, DEV)[-2:]

    assert (stays.check, stays.ok, lost.check, lost.ok) == (
        f"database {source}",
        True,
        "database lost",
        False,
    )
    assert f"{cluster}-replica" in stays.sentence
    assert stays.sentence.replace(cluster, "staging") == golden
    assert "catalog" in lost.todo


@pytest.mark.parametrize(
    ("method", "check"),
    [
        ("ecs.DescribeTasks", "tasks"),
        ("ecs.GetTaskProtection", "task protection"),
        ("ecs.DescribeCapacityProviders", "capacity providers"),
        ("ecs.ListContainerInstances", "lists of instances"),
        ("ecs.DescribeContainerInstances", "instances"),
        ("autoscaling.DescribeAutoScalingGroups", "Auto Scaling groups"),
        ("ecr.DescribeImages", "images"),
        ("logs.GetLogEvents", "logs"),
        ("elasticloadbalancing.DescribeTargetHealth", "target health"),
        ("elasticloadbalancing.DescribeTargetGroups", "target groups"),
        ("elasticloadbalancing.DescribeLoadBalancers", "load balancers"),
        ("application-autoscaling.DescribeScalableTargets", "autoscaling"),
        ("application-autoscaling.DescribeScalingPolicies", "scaling policies"),
        ("application-autoscaling.DescribeScalingActivities", "scaling activities"),
        ("ecs.ListServiceDeployments", "lists of service deployments"),
        ("rds.DescribeDBInstances", "database orders"),
        ("rds.DescribeDBClusters", "database cluster:events"),
        ("rds.DescribeDBInstances", "database cluster:events"),
    ],
)
def test_a_preflight_names_the_family_that_is_denied(stage: Stage, method: str, check: str) -> None:
    databases = [d for d in ("orders", "cluster:events") if check.endswith(d)]
    where = environment(stage.cluster(), databases=tuple(databases))
    for name in (method, method.replace("elasticloadbalancing", "elbv2")):
        stage.faults.order(method=name, kind="error", code="AccessDeniedException")

    failed = [f for f in stage.scopes([where]).preflight(where, DEV) if not f.ok]

    assert [f.check for f in failed] == [check]
    assert "policy" in failed[0].todo


def test_a_preflight_finds_caches_and_names_lost_ones_and_nodes_of_a_group(stage: Stage) -> None:
    group, *_ = caches = stage.caches(cluster := stage.cluster())
    where = environment(cluster, caches=(*caches, "lost", f"cluster:{group}-001"))

    found = {
        f.check.removeprefix("cache "): f
        for f in stage.scopes([where]).preflight(where, DEV)
        if f.check.startswith("cache ")
    }

    assert {cache: f.ok for cache, f in found.items()} == {
        **dict.fromkeys(caches, True),
        "lost": False,
        f"cluster:{group}-001": False,
    }
    assert group in found[f"cluster:{group}-001"].todo


def test_a_cache_that_may_not_be_read_is_worth_knowing_and_no_more(stage: Stage) -> None:
    where = environment(stage.cluster(), caches=("sessions",))
    stage.faults.order(
        method="elasticache.DescribeReplicationGroups", kind="error", code="AccessDeniedException"
    )

    [lacking] = [f for f in stage.scopes([where]).preflight(where, DEV) if not f.ok]

    assert (lacking.check, lacking.ok) == ("cache sessions", None)
    assert "policy" in lacking.todo


def test_a_preflight_stops_at_the_role_and_says_what_to_mend(stage: Stage) -> None:
    where = environment(stage.cluster())
    stage.faults.order(method="sts.AssumeRole", kind="error", code="AccessDenied")

    [finding] = stage.scopes([where], anew=True).preflight(where, DEV)

    assert not finding.ok
    assert where.role_arn in finding.todo


def test_a_preflight_finds_a_wrong_cluster_and_a_wrong_account(stage: Stage) -> None:
    lost = environment("nowhere")
    far = environment("far", account="999999999999", role_arn="")

    assert [f.check for f in stage.scopes([lost]).preflight(lost, DEV) if not f.ok] == ["cluster nowhere"]
    assert [f.check for f in stage.scopes([far]).preflight(far, DEV) if not f.ok] == ["identity"]


def test_trouble_of_another_kind_is_not_called_a_missing_permission(stage: Stage) -> None:
    where = environment(stage.cluster())
    stage.faults.order(method="ecs.ListServices", kind="error", code="ThrottlingException", times=0)

    failed = [f for f in stage.scopes([where], read_attempts=1).preflight(where, DEV) if not f.ok]

    assert [f.check for f in failed] == [f"cluster {where.pick.clusters[0]}"]
    assert "again" in failed[0].todo
    with pytest.raises(Trouble):
        stage.bind(where, read_attempts=1).services.members()


def test_predictive_scaling_is_named_and_is_no_failure(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web", "scaling": {"min": 1, "max": 2}})
    order = {"do": "predictive_scaling", "cluster": cluster, "service": "web", "policy": "forecast"}
    stage.world.change(dict(order))
    where = environment(cluster)

    *well, finding = stage.scopes([where]).preflight(where, DEV)

    assert all(f.ok for f in well)
    assert (finding.check, finding.ok) == ("predictive scaling", None)
    assert "`web` has predictive scaling (`forecast`)" in finding.sentence
    assert "ForecastOnly" in finding.todo
    lit = replace(where, tier=Tier.PRODUCTION)
    assert "predictive scaling" not in [f.check for f in stage.scopes([lit]).preflight(lit, DEV)]


def test_a_preflight_looks_at_each_flag_and_at_whether_they_may_be_switched(
    stage: Stage, golden: Golden
) -> None:
    cluster = stage.cluster()
    [off] = stage.flags(cluster)
    put = {"do": "parameter.put", "value": "maybe"}
    stage.world.change({**put, "name": f"/{cluster}/odd"})
    stage.world.change({**put, "name": f"/{cluster}/secret", "type": "SecureString"})
    more = [Flag(name, f"/{cluster}/{name}") for name in ("odd", "secret", "lost")]
    where = environment(cluster, flags=(off, *more))

    found = [f for f in stage.scopes([where]).preflight(where, DEV) if "flag" in f.check]

    assert {f.check: f.ok for f in found} == {
        "flag new-checkout": True,
        "flag odd": None,
        "flag secret": False,
        "flag lost": False,
        "switching flags": True,
    }
    assert [(f.sentence.replace(cluster, "staging"), f.todo) for f in found] == golden

    deny(stage, "ssm:Put*")
    lacking = stage.scopes([where]).preflight(where, DEV)
    assert [f.ok for f in lacking if f.check == "switching flags"] == [False]


def test_a_preflight_looks_at_flags_in_appconfig_too(stage: Stage, golden: Golden) -> None:
    clusters = [stage.cluster() for _ in range(4)]
    freeform = {"type": "AWS.Freeform", "content": "on: true"}
    orders: list[dict[str, Any]] = [{}, freeform, {"content": None}]
    made = [stage.deployed_flag(c, **o) for c, o in zip(clusters, orders, strict=False)]
    assert made[0].appconfig is not None
    gone = Flag("gone", appconfig=replace(made[0].appconfig, profile="none123"))
    missing = Flag("missing", appconfig=replace(made[0].appconfig, flag="other"))
    named = [replace(f, name=f"dark-{n}") for n, f in enumerate(made)]
    where = environment(clusters[0], flags=(*named, missing, gone))

    found = [f for f in stage.scopes([where]).preflight(where, DEV) if "flag" in f.check]

    assert {f.check: f.ok for f in found} == {
        "flag dark-0": True,
        "flag dark-1": False,
        "flag dark-2": None,
        "flag missing": None,
        "flag gone": False,
        "switching flags": True,
    }
    assert [(f.sentence.replace(clusters[0], "staging"), f.todo) for f in found] == golden

    for action in ("appconfig:StartDeployment", "appconfig:StopDeployment"):
        deny(stage, action)
        lacking = stage.scopes([where]).preflight(where, DEV)
        [switching] = [f for f in lacking if f.check == "switching flags"]
        assert switching.ok is False and action in switching.sentence
    deny(stage, "appconfig:ListExperimentDefinitions")
    unread = {f.check: f.ok for f in stage.scopes([where]).preflight(where, DEV)}
    assert unread["flag dark-0"] is False


def test_a_flag_that_may_not_be_read_is_a_finding(stage: Stage) -> None:
    cluster = stage.cluster()
    where = environment(cluster, flags=stage.flags(cluster))
    deny(stage, "ssm:GetParameters")
    found = {f.check: f.ok for f in stage.scopes([where]).preflight(where, DEV)}
    assert found["flag new-checkout"] is False
