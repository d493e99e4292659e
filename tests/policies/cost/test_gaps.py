"""Times that nobody watched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from policies.cost.gaps import Gap, Unwatched, gaps, together


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=UTC)


SEEN = ((at(2), at(5)), (at(8), at(10)), (at(14), at(20)))


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (at(0), at(23), [Gap(at(5), at(8)), Gap(at(10), at(14))]),
        (at(6), at(9), [Gap(at(5), at(8))]),
        (at(8), at(10), []),
        (at(0), at(2), []),
        (at(13), at(23), [Gap(at(10), at(14))]),
    ],
    ids=["all", "reaching in", "none in it", "before the first look", "its end"],
)
def test_the_time_between_two_stretches_was_not_watched(
    start: datetime, end: datetime, found: list[Gap]
) -> None:
    assert gaps(SEEN, start, end, now=at(20, 5)) == tuple(found)


def test_a_gap_goes_on_if_nobody_has_looked_for_longer_than_ecs_remembers() -> None:
    late = at(20) + timedelta(hours=1, seconds=1)
    assert gaps(SEEN[2:], at(0), at(23), now=late) == (Gap(at(20), None),)
    assert gaps(SEEN[2:], at(0), at(23), now=at(21)) == ()
    assert gaps(SEEN[2:], at(0), at(20), now=late) == (), "the period was over by then"


def test_there_is_no_gap_if_nobody_ever_looked() -> None:
    assert gaps((), at(0), at(23), now=at(23)) == ()


def test_overlapping_gaps_of_several_environments_are_one() -> None:
    found = together(
        {
            "staging": [Gap(at(5), at(8)), Gap(at(20), None)],
            "qa-eu": [Gap(at(6), at(9)), Gap(at(12), at(13))],
            "pr-1": [Gap(at(9), at(10))],
        }
    )
    assert found == (
        Unwatched(frozenset({"staging", "qa-eu"}), Gap(at(5), at(9))),
        Unwatched(frozenset({"pr-1"}), Gap(at(9), at(10))),
        Unwatched(frozenset({"qa-eu"}), Gap(at(12), at(13))),
        Unwatched(frozenset({"staging"}), Gap(at(20), None)),
    )
    assert together({}) == ()


def test_a_gap_that_goes_on_includes_all_later_ones() -> None:
    both = {"staging": [Gap(at(5), None)], "qa-eu": [Gap(at(6), at(9))]}
    assert together(both) == (Unwatched(frozenset({"staging", "qa-eu"}), Gap(at(5), None)),)
