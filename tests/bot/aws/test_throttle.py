"""Token buckets on a clock that the test moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.aws.kept import Kept
from bot.aws.throttle import RATES, Allowance, Buckets, Standing, Throttle


@dataclass
class Ticks:
    at: float = 100.0

    def __call__(self) -> float:
        return self.at


def taken(buckets: Buckets, category: str, *, standing: Standing) -> int:
    count = 0
    while buckets.ask(category, standing=standing) == 0.0:
        count += 1
    return count


def test_processes_share_the_allowance() -> None:
    there = [1]
    clock = [0.0]
    mine = Throttle(lambda: clock[0], Allowance(share=0.5, reserve=0.0), lambda: there[0])
    buckets = mine.buckets("123456789012", "eu-central-1")

    def taken(seconds: float) -> int:
        clock[0] += 3_600
        first = sum(buckets.ask("service modify", standing=Standing.PERSON) == 0.0 for _ in range(100))
        clock[0] += seconds
        return first + sum(buckets.ask("service modify", standing=Standing.PERSON) == 0.0 for _ in range(100))

    assert taken(10) == 25 + 25
    there[0] = 2
    assert taken(10) == 12 + 12
    there[0] = 1
    assert taken(10) == 25 + 25


def test_half_of_the_published_burst_is_ours_and_a_fifth_of_that_is_for_people() -> None:
    buckets = Buckets(Ticks())

    assert taken(buckets, "service modify", standing=Standing.CLOCK) == 20
    assert taken(buckets, "service modify", standing=Standing.PERSON) == 5
    assert buckets.ask("service modify", standing=Standing.PERSON) == pytest.approx(1 / 2.5)


def test_the_meter_leaves_half_for_others_and_a_transition_leaves_a_fifth_for_people() -> None:
    buckets = Buckets(Ticks())

    assert taken(buckets, "service read", standing=Standing.BACKGROUND) == 25
    assert taken(buckets, "service read", standing=Standing.CLOCK) == 15
    assert taken(buckets, "service read", standing=Standing.PERSON) == 10


def test_the_meter_gets_no_call_while_people_and_transitions_use_what_refills() -> None:
    ticks = Ticks()
    buckets = Buckets(ticks)
    taken(buckets, "service read", standing=Standing.CLOCK)
    for _ in range(60):
        ticks.at += 1.0
        assert buckets.ask("service read", standing=Standing.BACKGROUND) > 0.0
        taken(buckets, "service read", standing=Standing.CLOCK)

    ticks.at += buckets.ask("service read", standing=Standing.BACKGROUND)
    assert buckets.ask("service read", standing=Standing.BACKGROUND) == 0.0


def test_what_is_reserved_for_people_is_kept_from_the_meter_too() -> None:
    buckets = Buckets(Ticks(), Allowance(share=1.0, reserve=0.9, foreground=0.0))

    assert taken(buckets, "service modify", standing=Standing.BACKGROUND) == 5


def test_a_call_fits_after_the_seconds_in_the_answer_and_not_before() -> None:
    ticks = Ticks()
    buckets = Buckets(ticks)
    taken(buckets, "service modify", standing=Standing.PERSON)
    wait = buckets.ask("service modify", standing=Standing.CLOCK)

    ticks.at += wait - 0.01
    assert buckets.ask("service modify", standing=Standing.CLOCK) > 0.0
    ticks.at += 0.01
    assert buckets.ask("service modify", standing=Standing.CLOCK) == 0.0


def test_an_assumed_rate_is_shared_in_the_same_way_as_a_published_one() -> None:
    buckets = Buckets(Ticks())

    for category in ("scaling", "database"):
        assert taken(buckets, category, standing=Standing.CLOCK) == 16
        assert taken(buckets, category, standing=Standing.PERSON) == 4
        assert buckets.ask(category, standing=Standing.PERSON) == pytest.approx(1 / 5)


def test_a_bucket_never_holds_more_than_its_share_and_a_clock_going_back_costs_nothing() -> None:
    ticks = Ticks()
    buckets = Buckets(ticks)
    taken(buckets, "service read", standing=Standing.PERSON)
    ticks.at += 1e6
    assert taken(buckets, "service read", standing=Standing.PERSON) == 50
    ticks.at -= 50
    assert buckets.ask("service read", standing=Standing.PERSON) > 0.0


def test_calls_that_belong_together_are_taken_all_or_none() -> None:
    ticks = Ticks()
    buckets = Buckets(ticks)
    taken(buckets, "service read", standing=Standing.PERSON)
    ticks.at += 0.25  # refills 2.5 tokens, at 10 a second

    assert buckets.ask("service read", standing=Standing.PERSON, calls=3) == pytest.approx(0.05)
    assert buckets.ask("service read", standing=Standing.PERSON, calls=2) == 0.0
    buckets.give_back("service read", 1)
    assert taken(buckets, "service read", standing=Standing.PERSON) == 1


def test_more_calls_than_a_bucket_holds_begin_when_it_is_full() -> None:
    buckets = Buckets(Ticks())
    assert buckets.ask("service modify", standing=Standing.PERSON, calls=1_000) == 0.0
    assert buckets.ask("service modify", standing=Standing.PERSON) == pytest.approx(1 / 2.5)


def test_categories_accounts_and_regions_do_not_share() -> None:
    throttle = Throttle(Ticks())
    taken(throttle.buckets("1", "eu-central-1"), "service modify", standing=Standing.PERSON)

    assert throttle.buckets("1", "eu-central-1").ask("service modify", standing=Standing.PERSON) > 0.0
    assert throttle.buckets("1", "eu-central-1").ask("service read", standing=Standing.PERSON) == 0.0
    assert throttle.buckets("1", "eu-west-1").ask("service modify", standing=Standing.PERSON) == 0.0
    assert throttle.buckets("2", "eu-central-1").ask("service modify", standing=Standing.PERSON) == 0.0


def test_many_threads_take_no_more_than_there_is() -> None:
    buckets = Buckets(Ticks())
    with ThreadPoolExecutor(16) as pool:
        answers = list(
            pool.map(lambda _: buckets.ask("service modify", standing=Standing.PERSON), range(200))
        )
    assert answers.count(0.0) == 25


@given(share=st.floats(0.001, 1.0), reserve=st.floats(0.0, 0.99), standing=st.sampled_from(Standing))
def test_a_full_bucket_lets_somebody_through_with_any_allowance(
    share: float, reserve: float, standing: Standing
) -> None:
    for category in RATES:
        assert Buckets(Ticks(), Allowance(share, reserve)).ask(category, standing=standing) == 0.0


@pytest.mark.parametrize(
    "parts",
    [(0.0, 0.2, 0.5), (1.1, 0.2, 0.5), (0.5, 1.0, 0.5), (0.5, -0.1, 0.5), (0.5, 0.2, 1.0), (0.5, 0.2, -0.1)],
)
def test_an_allowance_out_of_range_is_refused(parts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="share must"):
        Allowance(*parts)


def test_a_bounded_memory_drops_values_by_age_and_by_number() -> None:
    ticks = Ticks()
    kept: Kept[str] = Kept(2, ticks, seconds=5.0)
    kept.keep("a", "1")
    kept.keep("b", "2")
    assert kept.find("a") == "1"
    kept.keep("c", "3")
    assert (kept.find("b"), kept.find("a"), len(kept)) == (None, "1", 2)
    ticks.at += 5.0
    assert kept.find("a") is None


def test_an_unknown_category_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        Buckets(Ticks()).ask("nonsense", standing=Standing.PERSON)
