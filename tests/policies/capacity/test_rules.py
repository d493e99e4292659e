"""The saved counts are those from before any stop, whatever is seen later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.capacity.facts import Capacity, SavedCapacity, ScalingFacts, Suspended
from policies.capacity.rules import Count, merged, must_suspend, starting_count, suspended_by_us, unfinished
from tests.golden import Golden

NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
ALL = Suspended(True, True, True)
THEIRS = ScalingFacts(2, 6)
OURS = ScalingFacts(0, 6, ALL)


def seen(**services: Capacity) -> SavedCapacity:
    return SavedCapacity(services, stop_id="op-2", saved_at=NOW)


def test_the_first_stop_keeps_all_that_it_sees() -> None:
    first = SavedCapacity({"web": Capacity(3, THEIRS)}, {"orders": "available"}, "op-1", NOW)
    assert merged(None, first) == first


def test_a_count_seen_at_zero_never_replaces_one() -> None:
    saved = merged(None, seen(web=Capacity(3, THEIRS)))
    assert merged(saved, seen(web=Capacity(0, OURS))) == saved


def test_a_count_above_zero_is_what_runs_and_is_kept() -> None:
    saved = merged(None, seen(web=Capacity(3)))
    assert merged(saved, seen(web=Capacity(5))).services["web"].desired == 5


def test_the_first_stop_stays_named() -> None:
    saved = merged(None, seen(web=Capacity(3)))
    assert merged(saved, replace(seen(web=Capacity(3)), stop_id="op-9")).stop_id == "op-2"


def test_bounds_that_their_owner_changed_are_kept() -> None:
    saved = merged(None, seen(web=Capacity(3, THEIRS)))
    changed = ScalingFacts(4, 9)
    assert merged(saved, seen(web=Capacity(4, changed))).services["web"].scaling == changed


def test_the_bots_own_suspension_is_never_saved_as_the_owners_setting() -> None:
    saved = merged(None, seen(web=Capacity(3, THEIRS)))
    assert merged(saved, seen(web=Capacity(2, OURS))).services["web"] == Capacity(2, THEIRS)


def test_a_target_that_is_gone_is_remembered() -> None:
    saved = merged(None, seen(web=Capacity(3, THEIRS)))
    assert merged(saved, seen(web=Capacity(3))).services["web"].scaling == THEIRS


def test_a_service_at_zero_in_a_running_environment_is_saved_at_zero() -> None:
    saved = merged(None, seen(web=Capacity(3), batch=Capacity(0)))
    assert saved.services["batch"] == Capacity(0)
    assert starting_count(saved, "batch", None) == Count(0, "saved")


def test_zero_everywhere_may_be_our_own_doing_and_is_not_kept() -> None:
    assert merged(None, seen(web=Capacity(0), api=Capacity(0))).services == {}


def test_zero_under_our_own_suspension_is_not_kept_even_where_others_run() -> None:
    assert set(merged(None, seen(web=Capacity(0, OURS), api=Capacity(2))).services) == {"api"}


@pytest.mark.parametrize(
    ("saved", "now", "ours"),
    [
        (THEIRS, OURS, True),
        (THEIRS, ScalingFacts(2, 6, ALL), True),
        (THEIRS, THEIRS, False),
        (THEIRS, ScalingFacts(0, 6, Suspended(True, False, True)), False),
        (ScalingFacts(2, 6, ALL), OURS, True),
        (ScalingFacts(2, 6, ALL), ScalingFacts(2, 8, ALL), False),
        (OURS, OURS, False),
    ],
)
def test_a_suspension_is_recognised_as_the_bots_own(
    saved: ScalingFacts, now: ScalingFacts, ours: bool
) -> None:
    assert suspended_by_us(saved, now) is ours


def test_only_scaling_that_could_raise_a_service_again_is_suspended() -> None:
    assert must_suspend(THEIRS)
    assert must_suspend(ScalingFacts(1, 6, ALL))
    assert not must_suspend(OURS)


def test_a_start_without_saved_counts_uses_the_minimum_or_else_one(golden: Golden) -> None:
    assert starting_count(None, "web", THEIRS).words == golden
    assert starting_count(None, "web", OURS).words == golden
    assert starting_count(SavedCapacity(), "web", None) == Count(1, "one")
    assert starting_count(seen(web=Capacity(3)), "web", THEIRS).words == "3, as saved"


def test_a_start_is_unfinished_for_services_at_zero_that_should_run() -> None:
    saved = seen(web=Capacity(3), api=Capacity(2), batch=Capacity(0), gone=Capacity(1))
    assert unfinished(saved, {"web": 0, "api": 2, "batch": 0}) == ("web",)


counts = st.dictionaries(st.sampled_from("abcd"), st.integers(0, 4), min_size=1)
scalings = st.sampled_from([None, THEIRS, ScalingFacts(1, 3, Suspended(scheduled=True))])


@given(before=counts, scaling=scalings, passes=st.lists(st.sets(st.sampled_from("abcd")), max_size=5))
def test_partial_stops_never_lose_a_count(
    before: dict[str, int], scaling: ScalingFacts | None, passes: list[set[str]]
) -> None:
    """Each pass stops some more of the services, and the saved counts stay as they were before the first
    pass.
    """
    now = {name: Capacity(count, scaling) for name, count in before.items()}
    saved = first = merged(None, seen(**now))
    stopped = ScalingFacts(0, scaling.maximum, ALL) if scaling else None
    for reached in passes:
        now |= {name: Capacity(0, stopped) for name in reached & set(now)}
        saved = merged(saved, seen(**now))
    assert saved == first
    if any(before.values()):
        assert {n: c.desired for n, c in saved.services.items()} == before
