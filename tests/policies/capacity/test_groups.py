"""When a group of instances may go to zero, and which sizes are remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from policies.capacity.facts import GroupFacts, SavedCapacity
from policies.capacity.groups import (
    CapacityGroup,
    at_zero,
    down,
    kept_on,
    merged_groups,
    providers_of,
    shrunk,
)
from policies.capacity.rules import merged
from policies.service.environment import ClusterPick, Environment, Tier
from policies.service.facts import ServiceFacts
from tests.golden import Golden

SIZES = GroupFacts(1, 4, 2)
GROUP = CapacityGroup("ec2", SIZES, 2, 2)
QA = Environment("qa", Tier.NONPRODUCTION, "1", "eu-west-1", ClusterPick("shared"))
LIVE = replace(QA, name="live", tier=Tier.PRODUCTION)


@pytest.mark.parametrize(
    ("services", "others", "going", "users"),
    [
        ({}, (), (), ""),
        ({"web": ("staging",)}, (), ("web",), ""),
        ({"web": ("staging",)}, (), (), "`web`"),
        ({"web": ("staging",), "api": ("qa",)}, ("qa",), ("web",), ""),
        ({"web": ("staging",), "api": ("qa",)}, (), ("web",), "`api`"),
        ({"a": (), "b": ("qa",)}, (), (), "`a` and `b`"),
        ({"hidden": ("hr",)}, (), (), "a service of another environment"),
        ({"a": (), "x": ("hr",), "y": ("hr",)}, (), (), "`a` and 2 services of other environments"),
        ({"a": ("hr", "qa")}, (), (), "a service of another environment"),
        ({"a": ("qa", "staging")}, ("qa",), (), "`a`"),
        ({"loose": ()}, ("qa",), ("loose",), "`loose`"),
    ],
)
def test_a_group_stays_on_while_an_environment_that_stays_up_uses_it(
    services: dict[str, tuple[str, ...]], others: tuple[str, ...], going: tuple[str, ...], users: str
) -> None:
    found = kept_on(replace(GROUP, services=services), "staging", others, seen={"qa"}, going=going)
    assert f": {users} use" in found if users else found == ""


def test_the_services_that_use_a_group_are_named(golden: Golden) -> None:
    assert kept_on(replace(GROUP, services={"a": ()}), "staging", (), seen=()) == golden
    assert kept_on(replace(GROUP, services={"a": (), "b": ()}), "staging", (), seen=()) == golden


def test_a_one_off_task_or_unknown_instances_keep_a_group_on(golden: Golden) -> None:
    alone = replace(GROUP, alone=("0a1b2c3d4e5f",))
    assert kept_on(alone, "staging", (), seen=()) == golden
    unknown = replace(GROUP, unknown=2)
    assert kept_on(unknown, "staging", (), seen=()) == golden


def test_an_environment_is_down_while_it_has_saved_sizes_not_yet_restored() -> None:
    assert down("ec2", [QA], {}) == frozenset()
    assert down("ec2", [QA], {"qa": SavedCapacity()}) == {"qa"}
    taken = SavedCapacity(groups={"ec2": SIZES}, groups_taken=frozenset({"ec2"}))
    assert down("ec2", [QA], {"qa": taken}) == frozenset()
    assert down("ec2", [LIVE], {"live": SavedCapacity()}) == frozenset()


def test_going_to_zero_leaves_the_maximum() -> None:
    assert shrunk(SIZES) == GroupFacts(0, 4, 0)
    assert (at_zero(shrunk(SIZES)), at_zero(SIZES), at_zero(GroupFacts(1, 4, 0))) == (True, False, False)


def test_sizes_seen_at_zero_never_replace_any() -> None:
    zero = {"ec2": shrunk(SIZES)}
    assert merged_groups({}, zero) == {}
    assert merged_groups({"ec2": SIZES}, zero) == {"ec2": SIZES}
    assert merged_groups({"ec2": SIZES}, {"ec2": GroupFacts(2, 5, 3)}) == {"ec2": GroupFacts(2, 5, 3)}


def test_a_new_stop_clears_the_mark_that_a_start_restored_a_group() -> None:
    taken = SavedCapacity(groups={"ec2": SIZES}, groups_taken=frozenset({"ec2"}))
    again = merged(taken, SavedCapacity(groups={"ec2": shrunk(SIZES)}))
    assert (again.groups, again.groups_taken) == ({"ec2": SIZES}, frozenset())


def test_only_providers_with_instances_behind_them_count() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    facts = ServiceFacts("web", "c", "arn", at, "ACTIVE", 1, 1, 0, "r", providers=("FARGATE_SPOT", "ec2"))
    assert providers_of([facts, replace(facts, providers=())]) == ("ec2",)
