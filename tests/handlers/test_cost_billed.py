"""`/env cost` beside the bill of AWS."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.ports.money import Activation, Asked, BillingQuery, TagState
from policies.cost.billed import CLUSTER_TAG, ELSEWHERE, UNTAGGED, BilledDay
from policies.cost.sightings import Sighting
from policies.cost.spans import Source
from tests import telling
from tests.golden import Golden
from tests.handlers.spending import DAY, RDS, USD, VCPU, Spending
from tests.handlers.stage import Stage
from tests.handlers.test_cost import LONG, MARCH, NOW, cost, spend_as_usual
from tests.handlers.world import ADA, OLU, HandClock, World


@pytest.fixture
def world() -> World:
    return World(HandClock(NOW)).catalogue()


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.fixture
def spending(world: World) -> Spending:
    return Spending(world)


@pytest.fixture
def usual(spending: Spending) -> Spending:
    return spend_as_usual(spending)


def billed(stage: Stage, *rows: BilledDay, keys: tuple[str, ...] = ("environment",), **query: Any) -> None:
    book, tags = stage.store.book.ledger.billed, tuple(TagState(key, Activation.ACTIVE) for key in keys)
    asked = BillingQuery("999900001111", date(2026, 3, 16), NOW - timedelta(days=1), Asked.ANSWERED, 1, tags)
    book.begin(replace(asked, **query))
    book.put("999900001111", {row.day for row in rows}, rows)


def of(owner: str, day: int, micros: int, *, estimated: bool = False, tag: str = "environment") -> BilledDay:
    return BilledDay("999900001111", date(2026, 3, day), owner, micros, estimated, tag)


def test_the_bill_is_shown_next_to_the_estimate_for_the_same_days(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    assert "billed" not in str(cost(stage, "staging"))
    rows = [of("staging", day, 3 * USD) for day in range(1, 15)]
    billed(
        stage,
        *rows,
        of("", 3, 900 * USD),
        of("production", 3, 900 * USD),
        of("staging", 15, 1, estimated=True),
    )
    assert telling.note(cost(stage, "staging"), "billed") == golden(name="said")
    assert telling.note(cost(stage), "billed") == golden(name="said")
    billed(stage, of("staging", 1, 0))
    assert "production" not in str(cost(stage, "staging"))


def test_billed_days_not_metered_here_are_not_compared_with_the_estimate(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    usual.watched("staging", (datetime(2026, 3, 10, tzinfo=UTC), LONG[1]))
    billed(stage, *(of("staging", day, 3 * USD) for day in range(1, 16)))
    assert "AWS billed 18 USD from 10 to 15 March" in str(cost(stage, "staging"))
    usual.watched("staging", (LONG[1] - timedelta(hours=1), LONG[1]))
    assert telling.note(cost(stage, "staging"), "billed") == golden


def test_spend_billed_for_no_environment_is_a_line_for_admins(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    billed(stage, of("staging", 1, 3 * USD), of(UNTAGGED, 2, 900 * USD), of(ELSEWHERE, 3, 40 * USD))
    assert telling.note(cost(stage, who=ADA), "payer") == golden
    assert "900" not in str(cost(stage, who=OLU))
    billed(stage, of("staging", 1, 3 * USD), of(UNTAGGED, 2, 0), of(ELSEWHERE, 3, 0))
    assert "payer" not in str(cost(stage, who=ADA))


def test_a_bill_of_tasks_alone_is_compared_with_tasks(stage: Stage, usual: Spending, golden: Golden) -> None:
    usual.row("staging", "orders-db", MARCH, RDS, 1_000 * DAY, 50 * USD)
    billed(stage, of("staging", 1, 3 * USD, tag=""), keys=(CLUSTER_TAG,))
    assert telling.note(cost(stage, "staging"), "billed") == golden(name="said")
    billed(stage, of("staging", 1, 3 * USD, tag=CLUSTER_TAG), keys=(CLUSTER_TAG,))
    assert telling.note(cost(stage, "staging"), "billed") == golden(name="said")


def test_each_environment_is_compared_by_what_its_own_tag_can_tell(
    stage: Stage, usual: Spending, world: World, golden: Golden
) -> None:
    """One environment is told by AWS's own cluster tag: its tasks, without its database's 50 USD. qa-eu is
    told by another tag: everything.
    """
    for name in ("staging", "qa-eu"):
        usual.row(name, f"{name}-db", MARCH, RDS, 1_000 * DAY, 50 * USD)
    usual.watched("qa-eu", LONG)
    both = ("environment", CLUSTER_TAG)
    billed(stage, of("staging", 1, 3 * USD, tag=CLUSTER_TAG), of("qa-eu", 1, 50 * USD), keys=both)
    assert telling.note(cost(stage, "staging"), "billed") == golden(name="of tasks")
    assert telling.note(cost(stage, "qa-eu"), "billed") == golden(name="of all")
    assert telling.note(cost(stage), "billed") == golden(name="of both")


def test_a_bill_of_everything_says_that_back_filled_days_have_tasks_alone(
    stage: Stage, spending: Spending, golden: Golden
) -> None:
    """AWS's own tag tells tasks alone too, so there is nothing to say about a bill by that tag."""
    spending.watched("staging", LONG)
    for day in (1, 2):
        spending.row("staging", "web", date(2026, 3, day), VCPU, 1, 3 * USD, source=Source.INSIGHTS)
    spending.row("staging", "web", date(2026, 3, 3), VCPU, 1, 3 * USD)
    billed(stage, *(of("staging", day, 5 * USD) for day in (1, 2, 3)))
    assert telling.note(cost(stage, "staging"), "billed") == golden
    billed(stage, *(of("staging", day, 3 * USD, tag=CLUSTER_TAG) for day in (1, 2, 3)))
    assert "back-filled" not in telling.note(cost(stage, "staging"), "billed")


def test_everything_is_compared_from_the_day_the_other_tag_applies(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    """The bill has tasks alone on the first of March, and everything on the second; 50 USD for the database
    each day.
    """
    for day in (1, 2):
        usual.row("staging", "orders-db", date(2026, 3, day), RDS, 1_000 * DAY, 50 * USD)
    rows = (of("staging", 1, 3 * USD, tag=CLUSTER_TAG), of("staging", 2, 1 * USD, tag=CLUSTER_TAG))
    billed(stage, *rows, of("staging", 2, 50 * USD), keys=("environment", CLUSTER_TAG))
    assert telling.note(cost(stage, "staging"), "billed") == golden


def test_a_bill_without_tags_is_not_zero_and_admins_are_told_the_steps(
    stage: Stage, usual: Spending, golden: Golden
) -> None:
    inactive = (TagState("environment", Activation.INACTIVE),)
    billed(stage, state=Asked.UNTAGGED, tags=inactive)
    assert telling.note(cost(stage, "staging"), "bill") == golden(name="for others")
    assert telling.notes(cost(stage, "staging", who=ADA))[1:4] == golden(name="for admins")


def test_why_aws_cannot_be_asked_now_is_said(stage: Stage, usual: Spending, golden: Golden) -> None:
    stage.store.book.ledger.sightings.put(Sighting("staging", LONG[1], trouble="The role cannot be assumed."))
    assert telling.note(cost(stage, "staging"), "assumed") == golden
