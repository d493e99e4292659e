"""What a digest says of leftovers, and which places it reports as unknown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from policies.digest.leftovers import STALE, Leftovers, NotListed, NotLooked, leftovers
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover, Sweep
from tests.policies.orphans.make import NOW, finding

HERE, THERE = ("111122223333", "eu-west-1"), ("444455556666", "eu-central-1")
SWEPT = Sweep(*HERE, NOW)
OLD = NOW - STALE - timedelta(seconds=1)


def left(
    name: str, monthly: int | None = None, place: tuple[str, str] = HERE, *, gone: bool = False
) -> Finding:
    about = Leftover(*place, "volume", f"id-{name}", name, monthly=monthly)
    return Finding(about.key, NOW, NOW, leftover=about, gone=NOW if gone else None)


def names(found: Leftovers) -> list[str]:
    return [each.name for each in found.found]


def test_the_most_expensive_leftovers_come_first_and_those_of_unknown_cost_last() -> None:
    found = leftovers([left("b"), left("c", 2), left("a"), left("d", 9)], [SWEPT], [HERE], NOW)
    assert names(found) == ["d", "c", "a", "b"]
    assert (found.monthly, found.unknown) == (11, ())


def test_an_unknown_cost_is_not_zero() -> None:
    assert leftovers([left("a")], [SWEPT], [HERE], NOW).monthly is None
    assert leftovers([], [SWEPT], [HERE], NOW).monthly is None


def test_environments_and_leftovers_that_are_gone_are_not_counted() -> None:
    assert names(leftovers([finding("pr-142"), left("a", gone=True)], [SWEPT], [HERE], NOW)) == []


def test_leftovers_of_an_account_without_environments_are_not_shown() -> None:
    both = [left("a"), left("b", place=THERE)]
    assert names(leftovers(both, [SWEPT, Sweep(*THERE, NOW)], [HERE], NOW)) == ["a"]


@pytest.mark.parametrize(
    ("sweep", "unknown"),
    [
        (None, (NotLooked(HERE),)),
        (Sweep(*HERE, NOW - STALE), ()),
        (Sweep(*HERE, OLD), (NotLooked(HERE, OLD),)),
        (
            Sweep(*HERE, NOW, (("volume", "No."), ("", "Never."))),
            (NotListed(HERE, "volume", "No."), NotListed(HERE, "", "Never.")),
        ),
    ],
    ids=["never looked", "just fresh enough", "too old", "refused"],
)
def test_leftovers_stand_although_a_search_is_missing_and_the_gap_is_named(
    sweep: Sweep | None, unknown: tuple[object, ...]
) -> None:
    found = leftovers([left("a")], [sweep] if sweep else [], [HERE], NOW)
    assert (names(found), found.unknown) == (["a"], unknown)
