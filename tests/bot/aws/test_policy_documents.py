"""What the policies say beside the fences of changes: their form, the other documents, and caches."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.aws.own_calls import BILLING, OWN
from bot.aws.permissions import (
    ACTIONS,
    billing_document,
    caller_document,
    policy_document,
)
from policies.service.environment import ClusterPick, Flush
from tests.bot.aws.stage import environment
from tests.bot.aws.test_permissions import PRODUCTION, RED, STAGING, statements


def test_a_policy_is_json_with_unique_ids_and_for_one_account() -> None:
    document = policy_document(
        [
            replace(STAGING, caches=(), flags=STAGING.flags[:2]),
            RED,
            PRODUCTION,
            environment("dev-alex"),
            environment("d", ClusterPick("x")),
        ]
    )
    ids = [row["Sid"] for row in document["Statement"]]
    assert len(ids) == len(set(ids)) and all(i.isalnum() for i in ids)
    assert len(json.dumps(document, separators=(",", ":"))) < 10_240
    with pytest.raises(ValueError, match="exactly one account"):
        policy_document([STAGING, environment("far", account="999999999999")])
    with pytest.raises(ValueError, match="exactly one account"):
        policy_document([])


def test_partitions_follow_the_region() -> None:
    [row] = statements(policy_document([environment("s", region="cn-north-1")]), "Allow", "ecs:UpdateService")
    assert row["Resource"][0].startswith("arn:aws-cn:ecs:cn-north-1:")


def test_the_bots_own_identity_may_name_the_person() -> None:
    prices, row = caller_document([STAGING.role_arn, "", RED.role_arn])["Statement"]
    assert (prices["Action"], prices["Resource"]) == (["pricing:GetProducts"], ["*"])
    assert row["Action"] == ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]
    assert row["Resource"] == [STAGING.role_arn]


def test_without_roles_the_bots_own_identity_still_reads_prices() -> None:
    assert [row["Sid"] for row in caller_document([""])["Statement"]] == ["ReadPrices"]


def test_the_bill_is_read_by_a_document_of_its_own_that_changes_nothing() -> None:
    [row] = billing_document()["Statement"]
    assert row["Action"] == ["ce:GetCostAndUsage", "ce:ListCostAllocationTags"]
    assert not {call.action for call in (*OWN, *BILLING)} & set(ACTIONS)
    assert not [call for call in (*OWN, *BILLING) if call.changes]


SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:staging/cache-AbCdEf"


def test_a_cache_is_signed_in_to_by_exactly_its_user() -> None:
    by_iam = environment("staging", caches=("sessions",), flush=Flush(cache="sessions", user="flusher"))
    document = policy_document([by_iam, RED])
    here = "arn:aws:elasticache:eu-central-1:123456789012"
    [allowed] = statements(document, "Allow", "elasticache:Connect")
    assert allowed["Resource"] == [f"{here}:replicationgroup:sessions", f"{here}:user:flusher"]
    [denied] = statements(document, "Deny", "secretsmanager:GetSecretValue")
    assert denied["Resource"] == ["*"]


def test_exactly_one_secret_may_be_read_and_every_other_is_denied() -> None:
    by_secret = environment("staging", caches=("sessions",), flush=Flush(cache="sessions", secret=SECRET))
    document = policy_document([by_secret, RED])
    [allowed] = statements(document, "Allow", "secretsmanager:GetSecretValue")
    assert (allowed["Action"], allowed["Resource"]) == (["secretsmanager:GetSecretValue"], [SECRET])
    [denied] = statements(document, "Deny", "secretsmanager:GetSecretValue")
    assert (denied["NotResource"], "Resource" in denied) == ([SECRET], False)
    assert not statements(document, "Allow", "elasticache:Connect")


def test_lists_are_fenced_by_condition_because_their_resource_must_be_a_star() -> None:
    for action in ("ecs:ListServices", "ecs:ListTasks"):
        [row] = statements(policy_document([STAGING]), "Allow", action)
        assert row["Resource"] == ["*"]
        assert row["Condition"]["ArnEquals"]["ecs:cluster"]


def test_deployments_and_revisions_name_both_kinds_of_arn() -> None:
    [row] = statements(policy_document([STAGING]), "Allow", "ecs:DescribeServiceRevisions")
    named = {r.rsplit(":", 1)[1] for r in row["Resource"]}
    assert {"service-revision/staging/*", "service/staging/*"} <= named
