"""How many commands a person may send."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.access.budget import Budget, spend
from tests.policies.make import BEGAN, after


def _granted(seconds: list[float], per_minute: int) -> list[bool]:
    budget, answers = Budget(float(per_minute), BEGAN), []
    for at in seconds:
        budget, allowed = spend(budget, after(at), per_minute)
        answers.append(allowed)
    return answers


def test_the_whole_budget_may_be_spent_at_once_and_refills_evenly() -> None:
    assert _granted([0, 0, 0, 0, 19, 20, 21], 3) == [True, True, True, False, False, True, False]


def test_a_pause_does_not_save_up_more_than_the_budget() -> None:
    assert _granted([3600, 3600, 3600], 2) == [True, True, False]


def test_a_clock_that_goes_back_gives_nothing_and_breaks_nothing() -> None:
    budget, _ = spend(Budget(1, after(60)), BEGAN, 2)
    assert budget == Budget(0, BEGAN)
    assert spend(budget, BEGAN + timedelta(seconds=30), 2)[1]


def test_no_budget_allows_nothing() -> None:
    assert _granted([0, 60], 0) == [False, False]


@given(st.lists(st.floats(0, 600), max_size=60).map(sorted), st.integers(1, 20))
def test_nobody_spends_more_than_the_budget_and_its_refill(seconds: list[float], per_minute: int) -> None:
    granted = sum(_granted(seconds, per_minute))
    span = seconds[-1] if seconds else 0
    assert granted <= per_minute + span / 60 * per_minute + 1e-6
