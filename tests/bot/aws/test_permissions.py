"""The policy is made from the calls that the code really makes, and fences what it should.

These tests read the document and do not evaluate it. moto cannot evaluate it either (facts/ecs 10.4), so only
an offline simulator or a real account can prove that AWS agrees.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.aws.own_calls import BILLING, OWN
from bot.aws.permissions import (
    ACTIONS,
    DATABASE_READS,
    DATABASE_WRITES,
    ECS_WRITES,
    NEVER,
    policy_document,
)
from bot.aws.sign_calls import EVERY
from bot.aws.throttle import RATES
from handlers.ports.aws import Moves
from handlers.ports.features import Change
from handlers.ports.logs import LogSpan
from handlers.ports.runs import RunOrder
from handlers.ports.scope import Scope
from handlers.words.errors import Rejected
from policies.capacity.facts import GroupFacts, ScalingFacts
from policies.cost.insights import QUARTER
from policies.flags.switching import Switch
from policies.logs.routes import Group
from policies.service.environment import AppConfig, Flag, TagPick, Tier
from policies.service.facts import ServiceFacts
from tests.bot.aws.stage import DEV, PREFIX, Stage, environment

STAGING = environment(
    "staging",
    databases=("orders", "cluster:Events"),
    caches=("sessions", "cluster:Pages", "serverless:hot"),
    flags=(
        Flag("new-checkout", "/staging/flags/new-checkout"),
        Flag("plain", "plain"),
        Flag("dark", appconfig=AppConfig("app1", "env1", "pro1", "dark")),
    ),
)
RED = environment("qa-eu", TagPick(("shared",), "team", "red"))
PRODUCTION = environment("production", tier=Tier.PRODUCTION, databases=("sales",))
RDS = "arn:aws:rds:eu-central-1:123456789012"


CATALOGUED = ("rds", "elasticache", "ssm", "appconfig")
"""Services whose calls are probed for each thing that the catalog names."""
METERED = (
    "appconfig:",
    "application-autoscaling:",
    "autoscaling:",
    "cloudwatch:",
    "compute-optimizer:",
    "ec2:",
    "ecs:",
    "elasticache:",
    "logs:DescribeLogGroups",
    "logs:FilterLogEvents",
    "logs:GetQueryResults",
    "logs:StartQuery",
    "rds:",
    "ssm:",
)


def statements(document: dict[str, Any], effect: str, action: str) -> list[dict[str, Any]]:
    rows = document["Statement"]
    return [row for row in rows if row["Effect"] == effect and action in row["Action"]]


def test_the_actions_listed_are_exactly_the_calls_made(stage: Stage) -> None:
    called: set[tuple[str, str]] = set()
    web = {"name": "web", "load_balancer": True, "scaling": {"min": 1, "max": 2}}
    cluster, second = stage.cluster(web), stage.cluster()
    stage.world.change({"do": "capacity.create", "cluster": cluster, "name": f"{cluster}-ec2", "max": 2})
    hosted = {"name": "ec2", "desired": 1, "capacity_provider": f"{cluster}-ec2"}
    stage.world.change({"do": "service.create", "cluster": cluster, "service": hosted})
    stage.balance(cluster, "web", f"lb-{cluster}")
    where = environment(
        cluster,
        databases=stage.databases(cluster),
        caches=stage.caches(cluster),
        flags=(*stage.flags(cluster), stage.deployed_flag(cluster)),
    )
    wide = environment("wide", TagPick((second, cluster), "team", "red"))
    scopes = stage.scopes([where], watch=lambda service, operation: called.add((service, operation)))
    scope = scopes.bind(where, DEV)

    scope.services.members()
    scope.usage.attached({})
    stage.world.change({"do": "optimizer"})
    scope.signals.read()
    scope.leftovers.find()
    scope.insights.reserved(scope.now, scope.now + QUARTER)
    facts = scope.services.facts("web", protection=True)
    scope.services.history("web")
    scope.services.deploy("web")
    scopes.bind(wide, DEV).tasks.stop(facts.tasks[0].id, "because")
    scope.images.digests([image.image for image in facts.images])
    scope.logs.last_lines(facts.images[0].log_group, "app/web/none", 5)
    _rollbacks(scope)
    _logs(scope, facts)
    scope.capacities.groups(scope.services.summaries(["ec2"])[0].providers)
    scope.permissions.lacking(Moves(services=("web",)))
    scope.capacities.resize(f"{cluster}-ec2", GroupFacts(0, 2, 0))
    _counts(scope)
    scope.flags.switch(where.flags[0].name, Switch.ON)
    scope.flags.read([where.flags[0].name])
    _features(scope)
    placement = scope.runs.placement("web")
    scope.runs.start(RunOrder(facts.revision, placement, "op-1-0", "lamplighter/op-1/0", "web"))
    for change in (scope.databases.stop, scope.databases.start):
        for database in where.databases:
            change(database)
        stage.clock.advance(3_600)

    used = {f"{PREFIX.get(service, service)}:{operation}" for service, operation in called}
    assert used - {"sts:AssumeRole"} == set(ACTIONS)
    assert used & set(NEVER) == {"ecs:RunTask"}, "denied, except for approved tasks"


def _features(scope: Scope) -> None:
    scope.features.write("dark", Change(Switch.ON, 1, scope.features.facts("dark").newest, "mine"))
    number = scope.features.deploy("dark", 2, after=1, why="").number
    scope.features.rollout("dark", number)
    scope.features.revert("dark", number)


def _rollbacks(scope: Scope) -> None:
    scope.rollbacks.worked("web")
    with suppress(Rejected):
        scope.rollbacks.stop("web", scope.services.facts("web").current_deployment, "no hook")
    scope.rollbacks.stop("web", scope.services.facts("web").current_deployment)


def _counts(scope: Scope) -> None:
    scope.services.set_desired("web", 1)
    scope.scaling.predictive(["web"])
    scope.scaling.activities(["web"], scope.now)
    scope.services.deployments_since(["web"], scope.now - timedelta(days=1))
    scope.scaling.suspend("web")
    scope.scaling.restore("web", ScalingFacts(1, 2))


def _logs(scope: Scope, facts: ServiceFacts) -> None:
    (route,) = scope.services.log_routes("web", [facts.revision])[facts.revision]
    group = Group(route.group, route.region, (route.stream(facts.tasks[0].id),))
    span = LogSpan(group, scope.now - QUARTER, scope.now, 5)
    scope.logs.log_class(group)
    scope.logs.page(span)
    scope.logs.query_result(scope.logs.start_query(span), route.region)


def test_every_metered_call_draws_from_a_rate() -> None:
    assert {c.bucket for c in (*EVERY, *OWN, *BILLING) if c.bucket} == set(RATES)
    assert {c.action for c in EVERY if c.bucket} == {a for a in ACTIONS if a.startswith(METERED)}


def test_every_read_is_probed_or_has_a_finding_of_its_own() -> None:
    apart = {
        "compute-optimizer:GetIdleRecommendations",
        "ecs:ListServices",
        "iam:SimulatePrincipalPolicy",
    }
    unprobed = {c.action for c in EVERY if not c.changes and c.probe is None and c.service not in CATALOGUED}
    assert unprobed == apart
    assert not [c.action for c in EVERY if c.changes and c.probe]


def test_the_policy_allows_every_action_listed_and_no_other() -> None:
    allowed = {
        a
        for row in policy_document([STAGING])["Statement"]
        if row["Effect"] == "Allow"
        for a in row["Action"]
    }
    assert allowed == set(ACTIONS) - {"ecs:RunTask"}, "which only approved tasks need"


def test_caches_are_read_one_by_one_and_nothing_else_of_elasticache_is_allowed() -> None:
    [read] = statements(policy_document([STAGING, RED]), "Allow", "elasticache:DescribeReplicationGroups")
    here = "arn:aws:elasticache:eu-central-1:123456789012"
    assert read["Resource"] == [
        f"{here}:cluster:pages",
        f"{here}:replicationgroup:sessions",
        f"{here}:serverlesscache:hot",
    ]
    one = statements(policy_document([environment("x", caches=("a",))]), "Allow", read["Action"][1])
    assert one[0]["Action"] == ["elasticache:DescribeReplicationGroups"]
    assert not [s for s in policy_document([RED])["Statement"] if "elasticache" in str(s)]


def test_flags_are_read_and_written_one_by_one_except_those_of_closed_production() -> None:
    here = "arn:aws:ssm:eu-central-1:123456789012:parameter"
    lit = replace(PRODUCTION, flags=STAGING.flags[1:2])
    document = policy_document([STAGING, RED, lit])
    [read], [write] = (statements(document, "Allow", f"ssm:{a}") for a in ("GetParameters", "PutParameter"))
    assert read["Resource"] == [f"{here}/plain", f"{here}/staging/flags/new-checkout"]
    assert write["Resource"] == [f"{here}/staging/flags/new-checkout"]
    opened = policy_document([replace(lit, open_to=frozenset({"flag"}))])
    assert [s["Resource"] for s in statements(opened, "Allow", "ssm:PutParameter")] == [[f"{here}/plain"]]
    assert not statements(policy_document([RED]), "Allow", "ssm:PutParameter")
    assert not statements(policy_document([RED]), "Allow", "ssm:GetParameters")
    assert "kms" not in str(document)


def test_configurations_are_read_and_deployed_by_id_except_those_of_closed_production() -> None:
    here = "arn:aws:appconfig:eu-central-1:123456789012"
    of_lit = Flag("x", appconfig=AppConfig("app1", "env2", "pro2", "x", "s123"))
    document = policy_document([STAGING, RED, lit := replace(PRODUCTION, flags=(of_lit,))])
    [read] = statements(document, "Allow", "appconfig:ListDeployments")
    assert read["Resource"] == [
        f"{here}:application/app1",
        f"{here}:application/app1/configurationprofile/pro1",
        f"{here}:application/app1/configurationprofile/pro1/hostedconfigurationversion/*",
        f"{here}:application/app1/configurationprofile/pro2",
        f"{here}:application/app1/configurationprofile/pro2/hostedconfigurationversion/*",
        f"{here}:application/app1/environment/env1",
        f"{here}:application/app1/environment/env1/deployment/*",
        f"{here}:application/app1/environment/env2",
        f"{here}:application/app1/environment/env2/deployment/*",
    ]
    for action in ("CreateHostedConfigurationVersion", "StartDeployment", "StopDeployment"):
        [write] = statements(document, "Allow", f"appconfig:{action}")
        assert write["Resource"] == [
            f"{here}:application/app1",
            f"{here}:application/app1/configurationprofile/pro1",
            f"{here}:application/app1/environment/env1",
            f"{here}:application/app1/environment/env1/deployment/*",
            f"{here}:deploymentstrategy/AppConfig.AllAtOnce",
        ]
    opened = policy_document([replace(lit, open_to=frozenset({"flag"}))])
    [write] = statements(opened, "Allow", "appconfig:StartDeployment")
    assert f"{here}:deploymentstrategy/s123" in write["Resource"]
    assert f"{here}:application/app1/environment/env2/deployment/*" in write["Resource"]
    shared = replace(STAGING, flags=(replace(of_lit, name="y"),))
    assert not statements(policy_document([shared, lit]), "Allow", "appconfig:StartDeployment")
    assert not [s for s in policy_document([RED])["Statement"] if "appconfig" in str(s["Resource"])]


def test_every_change_is_fenced_by_cluster_opt_in_and_tag() -> None:
    document = policy_document([STAGING, RED])
    here = "arn:aws:ecs:eu-central-1:123456789012"

    staging, red = statements(document, "Allow", "ecs:UpdateService")

    assert staging["Resource"] == [f"{here}:service/staging/*"]
    assert staging["Condition"] == {
        "ArnEquals": {"ecs:cluster": [f"{here}:cluster/staging"]},
        "StringEquals": {"aws:ResourceTag/lamplighter": "true"},
    }
    assert red["Resource"] == [f"{here}:service/shared/*"]
    assert red["Condition"]["StringEquals"] == {
        "aws:ResourceTag/lamplighter": "true",
        "aws:ResourceTag/team": "red",
    }
    assert all(row["Condition"]["ArnEquals"] for row in statements(document, "Allow", "ecs:StopTask"))


def test_going_back_needs_the_service_which_carries_the_tags_and_its_deployment() -> None:
    document = policy_document([STAGING, RED])
    for action in ("ecs:StopServiceDeployment", "ecs:ContinueServiceDeployment"):
        staging, red, deployments = statements(document, "Allow", action)
        assert staging["Condition"]["StringEquals"] == {"aws:ResourceTag/lamplighter": "true"}
        assert red["Condition"]["StringEquals"]["aws:ResourceTag/team"] == "red"
        assert deployments["Resource"] == ["arn:aws:ecs:*:*:service-deployment/*"]
        denied = [row for row in statements(document, "Deny", action) if "Null" in row["Condition"]]
        assert denied
        assert not [r for row in denied for r in row["Resource"] if "deployment" in r or r == "*"]
    closed = policy_document([PRODUCTION])
    assert not statements(closed, "Allow", "ecs:StopServiceDeployment")


def test_production_is_read_and_never_changed_unless_it_is_open() -> None:
    document = policy_document([STAGING, PRODUCTION])

    [read] = statements(document, "Allow", "ecs:DescribeServices")
    assert any("service/production/" in resource for resource in read["Resource"])
    writes = statements(document, "Allow", "ecs:UpdateService")
    assert [r for row in writes for r in row["Resource"]] == [
        "arn:aws:ecs:eu-central-1:123456789012:service/staging/*"
    ]
    [denied] = [row for row in document["Statement"] if row["Sid"] == "ClosedProduction"]
    assert any("service/production/" in resource for resource in denied["Resource"])
    assert set(denied["Action"]) == {call.action for call in ECS_WRITES}

    opened = environment("production", tier=Tier.PRODUCTION, open_to=frozenset({"restart"}))
    [row] = statements(policy_document([STAGING, opened]), "Allow", "ecs:UpdateService")
    assert [r.rsplit(":", 1)[1] for r in row["Resource"]] == ["service/production/*", "service/staging/*"]


def test_a_missing_tag_is_denied_and_so_is_a_tag_that_says_production() -> None:
    denied = statements(policy_document([RED]), "Deny", "ecs:UpdateService")
    conditions = [row["Condition"] for row in denied if "Condition" in row]

    assert {"Null": {"aws:ResourceTag/team": "true"}} in conditions
    assert {"Null": {"aws:ResourceTag/lamplighter": "true"}} in conditions
    assert {
        "StringEqualsIgnoreCase": {"aws:ResourceTag/team": ["prod", "production", "prd", "live"]}
    } in conditions
    assert {"StringEqualsIgnoreCase": {"ecs:enable-execute-command": "true"}} in conditions


def test_actions_that_would_move_the_fence_are_denied_everywhere() -> None:
    [never] = [row for row in policy_document([STAGING])["Statement"] if row["Sid"] == "NeverNeeded"]

    assert never["Resource"] == ["*"] and "Condition" not in never
    assert {"ecs:TagResource", "ecs:UntagResource", "iam:PassRole", "ecs:ExecuteCommand"} <= set(
        never["Action"]
    )


def test_databases_are_named_one_by_one_and_their_clusters_as_clusters() -> None:
    document = policy_document([STAGING, environment("qa-eu", databases=("orders",))])

    for action in (*DATABASE_READS, *DATABASE_WRITES):
        row = statements(document, "Allow", action)[0]
        assert row["Resource"] == [f"{RDS}:cluster:events", f"{RDS}:db:orders"]


def test_a_cluster_in_the_catalog_opens_reads_of_any_instance_and_no_more_changes() -> None:
    """Only RDS knows which instances are a cluster's members."""
    document = policy_document([STAGING])

    for action in (*DATABASE_READS, *DATABASE_WRITES):
        wide = [row for row in statements(document, "Allow", action) if f"{RDS}:db:*" in row["Resource"]]
        assert bool(wide) == (action == "rds:DescribeDBInstances")
    assert f"{RDS}:db:*" not in json.dumps(policy_document([environment("qa-eu", databases=("orders",))]))


def test_without_databases_the_policy_does_not_mention_rds() -> None:
    allowed = [row for row in policy_document([RED])["Statement"] if row["Effect"] == "Allow"]
    assert "rds:" not in json.dumps(allowed)


def test_scalable_targets_are_changed_for_ecs_alone_and_never_deregistered() -> None:
    document = policy_document([STAGING, RED])

    [row] = statements(document, "Allow", "application-autoscaling:RegisterScalableTarget")
    assert row["Resource"] == ["arn:aws:application-autoscaling:eu-central-1:123456789012:scalable-target/*"]
    assert row["Condition"]["StringEquals"] == {
        "application-autoscaling:service-namespace": "ecs",
        "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
    }
    [never] = statements(document, "Deny", "application-autoscaling:DeregisterScalableTarget")
    assert never["Resource"] == ["*"] and "Condition" not in never


def test_a_group_of_instances_takes_orders_only_with_the_opt_in_tag() -> None:
    [row] = statements(policy_document([STAGING, RED]), "Allow", "autoscaling:UpdateAutoScalingGroup")
    assert row["Resource"] == [
        "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:*:autoScalingGroupName/*"
    ]
    assert row["Condition"] == {"StringEquals": {"aws:ResourceTag/lamplighter": "true"}}
    production = policy_document([PRODUCTION])
    assert not statements(production, "Allow", "autoscaling:UpdateAutoScalingGroup")
    says = statements(policy_document([RED]), "Deny", "autoscaling:UpdateAutoScalingGroup")
    assert [row["Sid"] for row in says] == ["SaysProduction0"]


@pytest.mark.parametrize("open_to", [frozenset(), frozenset({"restart"})])
def test_production_that_may_not_be_stopped_keeps_its_databases_even_shared_ones(
    open_to: frozenset[str],
) -> None:
    production = environment(
        "production", tier=Tier.PRODUCTION, databases=("sales", "orders"), open_to=open_to
    )
    document = policy_document([STAGING, production])

    for action in DATABASE_WRITES:
        denied = [row for row in statements(document, "Deny", action) if "Condition" not in row]
        assert [row["Resource"] for row in denied] == [[f"{RDS}:db:orders", f"{RDS}:db:sales"]]
        [allowed] = statements(document, "Allow", action)
        assert f"{RDS}:db:sales" not in allowed["Resource"]
    assert not statements(policy_document([production]), "Allow", "rds:StopDBInstance")
    assert not statements(
        policy_document([production]), "Allow", "application-autoscaling:RegisterScalableTarget"
    )


def test_production_that_is_open_to_stop_and_start_may_be_stopped() -> None:
    opened = environment(
        "production", tier=Tier.PRODUCTION, databases=("sales",), open_to=frozenset({"stop", "start"})
    )
    document = policy_document([opened])

    [row] = statements(document, "Allow", "rds:StopDBInstance")
    assert row["Resource"] == [f"{RDS}:db:sales"]
    assert all("Condition" in row for row in statements(document, "Deny", "rds:StopDBInstance"))
