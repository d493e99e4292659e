"""A policy is short, is measured against AWS's limits, and is printed in parts if it is too large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import playground
from bot.aws.permissions import policy_document
from bot.aws.policy_parts import INLINE, MANAGED, advice, joined, parts, size
from bot.catalog_rows import EnvironmentRow
from policies.service.environment import ClusterPick, Environment, TagPick
from tests.bot.aws.stage import environment
from tests.golden import Golden


def by_tag(count: int) -> list[Environment]:
    return [environment(f"dev-{n}", TagPick(("shared",), "environment", f"dev-{n}")) for n in range(count)]


def by_cluster(count: int) -> list[Environment]:
    return [environment(f"qa-{n}", ClusterPick(f"qa-{n}"), databases=(f"qa-{n}-db",)) for n in range(count)]


def said(documents: Sequence[dict[str, Any]]) -> set[tuple[str, str, str, str]]:
    """Each effect, action, resource and condition, whichever document has it."""
    return {
        (row["Effect"], action, resource, str(row.get("Condition")))
        for document in documents
        for row in document["Statement"]
        for action in row["Action"]
        for resource in row["Resource"]
    }


def test_statements_that_differ_only_in_their_actions_are_one() -> None:
    where: dict[str, Any] = {"Effect": "Allow", "Resource": ["arn:aws:rds:::db:a"]}
    read = {"Sid": "Read", "Action": ["rds:Describe"], **where}
    stop = {"Sid": "Stop", "Action": ["rds:Stop", "rds:Describe"], **where}
    kept = [
        {"Sid": "Deny", "Action": ["rds:Stop"], **where, "Effect": "Deny"},
        {"Sid": "Elsewhere", "Action": ["rds:Stop"], **where, "Resource": ["*"]},
        {
            "Sid": "Tagged",
            "Action": ["rds:Stop"],
            **where,
            "Condition": {"Null": {"aws:ResourceTag/a": "true"}},
        },
        {"Sid": "Others", "Action": ["rds:Stop"], "Effect": "Allow", "NotResource": where["Resource"]},
    ]
    one, *others = joined([read, kept[0], stop, *kept[1:]])
    assert one == {"Sid": "ReadAndStop", "Action": ["rds:Describe", "rds:Stop"], **where}
    assert others == kept


def test_the_environment_of_the_example_fits_one_managed_policy_but_for_its_flag_in_appconfig() -> None:
    """AppConfig's ids take what is left of 6,144 characters, and ``policy`` then prints two parts."""
    example = yaml.safe_load(Path(playground.__file__).with_name("environments.yaml").read_text())
    staging = EnvironmentRow(**example["environments"]["staging"]).environment("staging")
    assert staging.databases and staging.flush and staging.flags and staging.tasks
    in_store = tuple(flag for flag in staging.flags if flag.appconfig is None)
    document = policy_document([replace(staging, flags=in_store)])
    assert in_store and size(document) <= MANAGED
    sids = [row["Sid"] for row in document["Statement"]]
    assert len(set(sids)) == len(sids) and all(sid.isalnum() for sid in sids)


def test_five_environments_by_tag_on_one_role_fit_one_managed_policy() -> None:
    document = policy_document(by_tag(5))
    assert size(document) <= MANAGED
    updates = [
        r for r in document["Statement"] if r["Effect"] == "Allow" and "ecs:UpdateService" in r["Action"]
    ]
    [values] = [row["Condition"]["StringEquals"]["aws:ResourceTag/environment"] for row in updates]
    assert values == [f"dev-{n}" for n in range(5)]


def test_environments_with_other_clusters_keys_or_regions_are_not_joined() -> None:
    unlike = [
        environment("a", TagPick(("shared",), "environment", "a")),
        environment("b", TagPick(("shared", "more"), "environment", "b")),
        environment("c", TagPick(("shared",), "team", "c")),
        environment("d", TagPick(("shared",), "environment", "d"), region="eu-west-1"),
    ]
    rows = policy_document(unlike)["Statement"]
    updates = [r for r in rows if r["Effect"] == "Allow" and "ecs:UpdateService" in r["Action"]]
    assert len(updates) == 4
    assert all(isinstance(v, str) for r in updates for v in r["Condition"]["StringEquals"].values())


@pytest.mark.parametrize("environments", [by_tag(1), by_cluster(5), by_cluster(60), by_tag(300)], ids=len)
def test_parts_fit_and_together_say_what_the_whole_says(environments: list[Environment]) -> None:
    document = policy_document(environments)
    pieces = parts(document)
    assert all(size(piece) <= MANAGED for piece in pieces)
    assert said(pieces) == said([document])
    ids = [row["Sid"] for piece in pieces for row in piece["Statement"]]
    assert len(ids) == len(set(ids)) and all(one.isalnum() for one in ids)


def test_a_policy_that_fits_is_one_part() -> None:
    document = policy_document(by_tag(2))
    assert parts(document) == [document]


@pytest.mark.parametrize("count", [1, 5, 60])
def test_the_advice_names_the_size_and_the_ways_to_go_on(count: int, golden: Golden) -> None:
    assert advice(policy_document(by_cluster(count)), "lamplighter policy -e qa-0") == golden


def test_an_inline_policy_is_offered_only_if_the_policy_fits() -> None:
    small, large = policy_document(by_cluster(5)), policy_document(by_cluster(10))
    assert MANAGED < size(small) <= INLINE < size(large)
    assert "inline" in advice(small, "x") and "inline" not in advice(large, "x")
