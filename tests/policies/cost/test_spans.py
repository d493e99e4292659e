"""A span ends up the same in whatever order it is looked at, and no second of it is counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.seconds import billed
from policies.cost.spans import (
    REMEMBERED,
    Kind,
    Part,
    Span,
    changed_from,
    changes_hands,
    handed_over,
    lost,
    merged,
    shared_name,
    sharers,
)

BORN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-central-1:111111111111:task/staging/0123456789abcdef0123456789abcdef"


def at(minutes: float) -> datetime:
    return BORN + timedelta(minutes=minutes)


def span(until: float, **kw: object) -> Span:
    made = Span(
        id=ARN,
        environment="staging",
        service="web",
        kind=Kind.TASK,
        parts=(Part("fargate.vcpu.x86", 250), Part("fargate.gb.x86", 500)),
        begin=BORN,
        until=at(until),
        minimum=60,
    )
    return replace(made, **kw)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Life:
    """A task that is created at 0, whose image pull starts at ``pulled``, and that stops at ``stopped``."""

    pulled: int
    stopped: int

    def seen(self, minute: int) -> Span | None:
        """Return the task as ECS shows it then; ``None`` once it is forgotten."""
        begin = at(self.pulled) if minute >= self.pulled else BORN
        if minute < self.stopped:
            return span(minute, begin=begin)
        if at(minute) - at(self.stopped) <= REMEMBERED:
            return span(self.stopped, begin=at(self.pulled), ended=True)
        return None


def kept(life: Life, looks: Sequence[int]) -> Span | None:
    """Return what is kept after these looks, written in this order."""
    known: Span | None = None
    for minute in looks:
        found = life.seen(minute)
        if found is not None:
            known = merged(known, found)
        elif known is not None:
            known = lost(known, at(minute))
    return known


lives = st.builds(lambda pulled, more: Life(pulled, pulled + more), st.integers(0, 9), st.integers(0, 300))
minutes = st.lists(st.integers(0, 500), min_size=1, max_size=8)


@given(life=lives, looks=minutes, data=st.data())
def test_any_order_and_repetition_of_looks_ends_with_the_same_span(
    life: Life, looks: list[int], data: st.DataObject
) -> None:
    """The newest look of all is written again at the end, as the meter's next look would be."""
    repeated = data.draw(st.permutations(looks + data.draw(st.lists(st.sampled_from(looks), max_size=4))))
    newest = max(looks)
    assert kept(life, [*repeated, newest]) == kept(life, sorted(looks))


@given(life=lives, looks=minutes)
def test_exactly_the_seconds_that_were_seen_are_counted(life: Life, looks: list[int]) -> None:
    found = kept(life, looks)
    if found is None:
        assert all(life.seen(minute) is None for minute in looks)
        return
    seen = [s for s in map(life.seen, looks) if s is not None]
    assert found.begin == max(s.begin for s in seen)
    assert found.until == max(s.until for s in seen) <= at(life.stopped)
    if any(s.ended for s in seen):
        assert (found.ended, found.lost, found.until) == (True, False, at(life.stopped))


@given(life=lives, looks=minutes)
def test_nothing_before_the_reported_instant_of_change_differs(life: Life, looks: list[int]) -> None:
    """Everything before that instant is covered in the same way before and after the change."""
    before, after = kept(life, looks[:-1]), kept(life, looks)
    if after is None:
        return
    since = changed_from([(before, after)])
    if since is None:
        assert before == after
    elif before is not None:
        assert (before.begin, min(before.until, since)) == (after.begin, min(after.until, since)) or (
            since == min(before.begin, after.begin)
        )
    else:
        assert since == after.begin


def test_an_end_that_was_seen_stays() -> None:
    ended = span(20, ended=True)
    assert merged(ended, span(30)) == ended
    assert merged(ended, span(10)) == ended
    assert lost(ended, at(90)) == ended


def test_a_lost_span_goes_on_if_seen_again_but_not_by_a_late_look() -> None:
    gone = lost(span(20), at(30))
    assert gone == span(20, ended=True, lost=True)
    assert merged(gone, span(40)) == span(40)
    assert merged(gone, span(10)) == gone
    assert merged(gone, span(25, ended=True)) == span(25, ended=True)


def test_a_look_from_before_the_last_sighting_loses_nothing() -> None:
    assert lost(span(20), at(10)) == span(20)
    assert lost(span(20), at(20)) == span(20)


def test_the_use_of_a_span_stays_as_first_seen() -> None:
    other = span(30, environment="qa-eu", service="worker", parts=(), minimum=0)
    assert merged(span(20), other) == span(30)


@pytest.mark.parametrize(
    ("known", "seen", "hands"),
    [
        (None, span(20), False),
        (span(10), span(20), False),
        (span(10), span(20, environment="qa-eu"), True),
        (span(10, ended=True, lost=True), span(20, environment="qa-eu"), True),
        (span(10, ended=True), span(20, environment="qa-eu"), False),
        (span(20), span(20, environment="qa-eu"), False),
        (span(20), span(10, environment="qa-eu"), False),
    ],
)
def test_a_span_seen_later_with_another_owner_changes_hands(
    known: Span | None, seen: Span, hands: bool
) -> None:
    assert changes_hands(known, seen) == hands


@given(first=st.integers(0, 300), more=st.integers(1, 300))
def test_a_span_that_changes_hands_loses_no_second_and_counts_none_twice(first: int, more: int) -> None:
    known, seen = span(first / 60), span((first + more) / 60, environment="qa-eu", ended=True)
    end = seen.until

    parts = handed_over(known, seen)

    assert (parts[0].environment, parts[1].environment) == ("staging", "qa-eu")
    assert (parts[0].ended, parts[0].lost, parts[1].id) == (True, False, ARN)
    assert parts[0].id != ARN and parts[0].until == parts[1].begin == known.until
    assert sum(billed(part, by=end, now=end) for part in parts) == billed(
        replace(seen, environment="staging"), by=end, now=end
    )


@pytest.mark.parametrize(
    ("pairs", "since"),
    [
        ([], None),
        ([(span(20), span(20))], None),
        ([(None, span(20))], 0),
        ([(span(20), span(30))], 20),
        ([(span(20), span(10, ended=True))], 10),
        ([(span(20), span(20, ended=True))], 20),
        ([(span(20), span(20, begin=at(2)))], 0),
        ([(span(40), span(50)), (span(20), span(30))], 20),
    ],
)
def test_the_earliest_change_is_told(pairs: list[tuple[Span | None, Span]], since: int | None) -> None:
    assert changed_from(pairs) == (None if since is None else at(since))


def test_a_shared_resource_has_one_name_in_whatever_order_the_sharers_are_named() -> None:
    assert (
        shared_name(["staging", "qa-eu", "staging"]) == shared_name(["qa-eu", "staging"]) == "qa-eu+staging"
    )
    assert sharers("qa-eu+staging") == ("qa-eu", "staging")
    assert sharers("staging") == ("staging",)
