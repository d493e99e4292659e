"""Tests of what is said of the bill, each sentence once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from handlers.ports.money import Activation, Asked, BillingQuery, TagState
from handlers.tell.billing import spent, standing, steps
from policies.cost.billed import CLUSTER_TAG
from tests.golden import Golden

DAY = date(2026, 11, 30)
QUERY = BillingQuery("999999999999", DAY, datetime(2026, 11, 30, 7, tzinfo=UTC))
INACTIVE = (TagState(CLUSTER_TAG, Activation.INACTIVE),)
MIXED = (TagState("team", Activation.ABSENT), TagState(CLUSTER_TAG, Activation.INACTIVE))


@pytest.mark.parametrize("state", [state for state in Asked if state is not Asked.UNTAGGED])
def test_every_outcome_of_the_question_reads_as_a_sentence(state: Asked, golden: Golden) -> None:
    trouble = "AWS did not allow the bot to read the bill." if state is Asked.REFUSED else ""
    assert standing(replace(QUERY, state=state, trouble=trouble)) == golden


@pytest.mark.parametrize("tags", [(), INACTIVE, MIXED], ids=["nothing", "inactive", "mixed"])
def test_a_bill_without_active_tags_is_never_reported_as_zero(
    tags: tuple[TagState, ...], golden: Golden
) -> None:
    said = standing(replace(QUERY, state=Asked.UNTAGGED, tags=tags))
    assert said == golden
    assert "0" not in said.replace("2026", "").replace("30", "")


def test_the_status_says_that_the_bill_was_never_asked_for(golden: Golden) -> None:
    assert standing(None) == golden


def test_the_cost_of_the_questions_is_told_with_its_limit(golden: Golden) -> None:
    assert spent(12, 100) == golden


@pytest.mark.parametrize(
    "tags",
    [INACTIVE, MIXED, (TagState(CLUSTER_TAG, Activation.ABSENT),)],
    ids=["inactive", "mixed", "absent"],
)
def test_the_steps_that_activate_a_tag_are_exact(tags: tuple[TagState, ...], golden: Golden) -> None:
    assert "\n".join(steps(tags, DAY)) == golden


def test_an_active_tag_needs_no_step() -> None:
    assert steps((TagState(CLUSTER_TAG, Activation.ACTIVE),), DAY) == ()


@pytest.mark.parametrize(
    ("today", "first"), [(date(2026, 12, 1), "2026-01-01"), (date(2026, 11, 30), "2025-12-01")]
)
def test_the_suggested_back_fill_reaches_back_twelve_months_at_most(today: date, first: str) -> None:
    assert f"--backfill-from {first}T00:00:00Z" in steps(INACTIVE, today)[-1]
