"""Calls that share one statement are allowed nothing that separate statements would not allow."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import product
from typing import Any

import pytest

from bot.aws import arns
from bot.aws.permissions import BY_RESOURCE, policy_document
from bot.aws.policy_parts import INLINE, size
from policies.service.environment import Environment, TagPick, Tier
from tests.bot.aws.stage import environment

HERE = "arn:aws:ecs:eu-central-1:123456789012"
STAGING, ALEX = environment("staging", databases=("staging-db", "cluster:events")), environment("dev-alex")
RED, BLUE = (environment(f"qa-{team}", TagPick(("shared",), "team", team)) for team in ("red", "blue"))
FAR = environment("qa-us", TagPick(("shared-us", "batch"), "env", "qa-us"))
LIT = environment("production", tier=Tier.PRODUCTION, databases=("sales",))
OPEN = environment("live", tier=Tier.PRODUCTION, open_to=frozenset({"restart"}))
MIXED = (STAGING, RED, FAR, ALEX, LIT)


@pytest.mark.parametrize("call", BY_RESOURCE, ids=lambda call: call.action)
def test_a_joint_read_has_exactly_the_resources_of_its_kinds_that_it_would_have_alone(call: Any) -> None:
    document = policy_document(MIXED)
    [row] = [r for r in document["Statement"] if call.action in r["Action"]]
    kinds = {_kind(resource) for resource in arns.fencing(call, MIXED)}
    assert [r for r in row["Resource"] if _kind(r) in kinds] == arns.fencing(call, MIXED)


def _kind(resource: str) -> tuple[str, str]:
    """The service, and the resource's name before the first ``/``, by which IAM tells kinds apart."""
    parts = resource.split(":", 5)
    return parts[2], parts[5].split("/")[0].split(":")[0]


@pytest.mark.parametrize(
    "together", [(STAGING, ALEX), (STAGING, OPEN), (RED, BLUE), (STAGING, RED, FAR), (STAGING, LIT), MIXED]
)
def test_a_joint_policy_allows_a_change_exactly_where_a_single_policy_does(
    together: tuple[Environment, ...],
) -> None:
    joint, alone = policy_document(together), [policy_document([e]) for e in together]
    clusters = ["staging", "dev-alex", "shared", "shared-us", "batch", "production", "live", "elsewhere"]
    tags = [{}, {"team": "red"}, {"team": "blue"}, {"env": "qa-us"}, {"team": "green"}]
    for cluster, tagged, opted in product(clusters, tags, ({}, {"lamplighter": "true"})):
        context = {f"aws:ResourceTag/{key}": value for key, value in {**tagged, **opted}.items()}
        context["ecs:cluster"] = f"{HERE}:cluster/{cluster}"
        changes = (("ecs:UpdateService", "service"), ("ecs:StopTask", "task"))
        back = (("ecs:StopServiceDeployment", "service"), ("ecs:ContinueServiceDeployment", "service"))
        for action, kind in (*changes, *back):
            asked = (action, f"{HERE}:{kind}/{cluster}/web", context)
            assert _allows(joint, *asked) is any(_allows(one, *asked) for one in alone), asked


def _allows(document: dict[str, Any], action: str, resource: str, context: dict[str, str]) -> bool:
    """Does the document allow this, by its allowances alone?"""
    return any(
        row["Effect"] == "Allow"
        and action in row["Action"]
        and any(fnmatchcase(resource, pattern) for pattern in row["Resource"])
        and all(
            context.get(key) in ([wanted] if isinstance(wanted, str) else wanted)
            for condition in row.get("Condition", {}).values()
            for key, wanted in condition.items()
        )
        for row in document["Statement"]
    )


def test_one_environment_of_every_kind_fits_one_role_inline() -> None:
    assert size(policy_document((STAGING, RED, FAR, LIT))) < INLINE
