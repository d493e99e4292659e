"""Which owner a billed amount belongs to."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.billed import (
    CLUSTER_TAG,
    ELSEWHERE,
    UNTAGGED,
    BilledDay,
    Tagged,
    billed_days,
    keys_in_use,
    owner_and_tag,
    tasks_alone,
)
from policies.service.environment import ClusterPick, Environment, TagPick, Tier

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
PAYER = "999999999999"


def environment(name: str, pick: ClusterPick | TagPick | None = None) -> Environment:
    where = pick or ClusterPick(name)
    return Environment(name, Tier.NONPRODUCTION, "123456789012", "eu-central-1", where)


STAGING = environment("staging")
RED = environment("red", TagPick(("shared",), "team", "red-team"))
BLUE = environment("blue", TagPick(("shared",), "team", "blue-team"))
ALL = (STAGING, RED, BLUE)


@pytest.mark.parametrize(
    ("values", "whose"),
    [
        (((CLUSTER_TAG, "staging"),), "staging"),
        (((CLUSTER_TAG, "shared"),), "blue+red"),
        (((CLUSTER_TAG, "shared"), ("team", "blue-team")), "blue"),
        (((CLUSTER_TAG, "staging"), ("team", "red-team")), "staging"),
        (((CLUSTER_TAG, "somebody-elses"),), ELSEWHERE),
        (((CLUSTER_TAG, ""),), UNTAGGED),
        ((("team", "red-team"), (CLUSTER_TAG, "shared")), "red"),
        ((("team", ""), (CLUSTER_TAG, "staging")), "staging"),
        ((("team", "green-team"), (CLUSTER_TAG, "staging")), "staging"),
        ((("team", "green-team"), (CLUSTER_TAG, "")), ELSEWHERE),
        ((("team", "red"),), ELSEWHERE),
        ((("Environment", "staging"),), "staging"),
        ((("Environment", "Staging"),), ELSEWHERE),
    ],
)
def test_the_tag_that_names_the_fewest_environments_decides(
    values: tuple[tuple[str, str], ...], whose: str
) -> None:
    assert owner_and_tag(values, ALL)[0] == whose


def test_one_cluster_name_in_two_accounts_is_shared_and_not_guessed() -> None:
    other = environment("staging-eu", ClusterPick("staging"))
    found = owner_and_tag(((CLUSTER_TAG, "staging"),), (STAGING, other))
    assert found == ("staging+staging-eu", CLUSTER_TAG)


def test_each_owner_and_day_is_one_row_and_untagged_spend_is_a_row_of_its_own() -> None:
    lines = [
        Tagged(MONDAY, ((CLUSTER_TAG, "staging"),), 1_000_000),
        Tagged(MONDAY, ((CLUSTER_TAG, ""),), 250_000),
        Tagged(TUESDAY, ((CLUSTER_TAG, "staging"),), 3_000_000, estimated=True),
        Tagged(MONDAY, ((CLUSTER_TAG, "staging"),), 500_000),
    ]
    assert billed_days(PAYER, lines, ALL) == (
        BilledDay(PAYER, MONDAY, UNTAGGED, 250_000),
        BilledDay(PAYER, MONDAY, "staging", 1_500_000, tag=CLUSTER_TAG),
        BilledDay(PAYER, TUESDAY, "staging", 3_000_000, estimated=True, tag=CLUSTER_TAG),
    )


def test_two_tags_of_one_owner_are_two_rows() -> None:
    lines = [
        Tagged(MONDAY, (("Environment", "staging"), (CLUSTER_TAG, "staging")), 1_000_000),
        Tagged(MONDAY, (("Environment", "staging"), (CLUSTER_TAG, "")), 400_000),
        Tagged(MONDAY, (("Environment", ""), (CLUSTER_TAG, "staging")), 20_000),
    ]
    assert billed_days(PAYER, lines, ALL) == (
        BilledDay(PAYER, MONDAY, "staging", 1_400_000, tag="Environment"),
        BilledDay(PAYER, MONDAY, "staging", 20_000, tag=CLUSTER_TAG),
    )


def test_a_bill_decided_only_by_awss_own_tag_has_only_tasks() -> None:
    def told(owner: str, day: date, tag: str) -> BilledDay:
        return BilledDay(PAYER, day, owner, 1, tag=tag)

    rows = [
        told("staging", MONDAY, CLUSTER_TAG),
        told("red", MONDAY, "team"),
        told("blue", MONDAY, CLUSTER_TAG),
        told("blue", TUESDAY, CLUSTER_TAG),
        told("blue", TUESDAY, "team"),
        told("old", MONDAY, ""),
    ]
    assert tasks_alone(rows, untold=True) == {
        "staging": {MONDAY: True},
        "red": {MONDAY: False},
        "blue": {MONDAY: True, TUESDAY: False},
        "old": {MONDAY: True},
    }
    assert tasks_alone(rows[-1:], untold=False) == {"old": {MONDAY: False}}


@given(
    st.lists(
        st.builds(
            Tagged,
            st.sampled_from([MONDAY, TUESDAY]),
            st.tuples(
                st.tuples(st.just("team"), st.sampled_from(["", "red-team", "x"])),
                st.tuples(st.just(CLUSTER_TAG), st.sampled_from(["", "staging", "shared", "y"])),
            ),
            st.integers(-(10**12), 10**12),
        )
    )
)
def test_nothing_is_lost_and_nothing_is_counted_twice(lines: list[Tagged]) -> None:
    assert sum(row.micros for row in billed_days(PAYER, lines, ALL)) == sum(line.micros for line in lines)


def test_the_tags_in_use_are_those_by_which_environments_are_picked() -> None:
    assert keys_in_use(ALL) == ("team", CLUSTER_TAG)
    assert keys_in_use((RED, BLUE)) == ("team",)
    assert keys_in_use(()) == ()


def test_the_tags_that_most_environments_have_are_asked_for() -> None:
    odd = environment("odd", TagPick(("shared",), "squad", "x"))
    third = environment("third", TagPick(("shared",), "area", "y"))
    assert keys_in_use((odd, third, RED, BLUE)) == ("team", "area")
    assert keys_in_use((odd, RED, BLUE, STAGING)) == ("team", CLUSTER_TAG)
