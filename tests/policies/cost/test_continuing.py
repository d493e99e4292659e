"""What is attached is extended from look to look, and never counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.continuing import continued, kept_as_they_are
from policies.cost.spans import Kind, Part, Span, lost, merged

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ARN = "arn:aws:rds:eu-central-1:111111111111:db:orders"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def seen(minute: float, **kw: object) -> Span:
    """Return a span as one look shows it."""
    now = at(minute)
    made = Span(ARN, "staging", "orders", Kind.DATABASE, (Part("rds.db.t4g.micro", 1_000),), now, now)
    return replace(made, **kw)  # type: ignore[arg-type]


def look(minute: float, known: list[Span], **kw: object) -> Span:
    [found] = continued([seen(minute, **kw)], known)
    return found


def test_a_span_begins_when_it_is_first_seen() -> None:
    first = look(0, [])
    assert (first.begin, first.until, first.ended) == (at(0), at(0), False)
    assert first.id != ARN and first.id.startswith(ARN)
    assert look(0, []) == first != look(1, [])


def test_a_span_that_is_seen_again_goes_on() -> None:
    first = look(0, [])
    assert look(15, [first]) == replace(first, until=at(15))
    assert look(60, [first]) == replace(first, until=at(60))


@pytest.mark.parametrize(
    "known",
    [
        look(0, [], id="arn:other"),
        look(0, [], id=f"{ARN} storage"),
        look(0, [], environment="qa-eu"),
        look(0, [], parts=(Part("rds.db.t4g.small", 1_000),)),
        lost(look(0, []), at(10)),
        look(-46, []),
        replace(seen(0), id="arn:aws:ecs:eu-central-1:111111111111:task/1", kind=Kind.TASK),
    ],
    ids=["another", "its storage", "of another", "of another size", "stopped", "after a gap", "a task"],
)
def test_anything_else_begins_a_new_span(known: Span) -> None:
    found = look(15, [known])
    assert (found.begin, found.until) == (at(15), at(15))
    assert found.id != known.id


def test_the_span_that_was_seen_last_goes_on_if_two_could() -> None:
    stale, real = look(5, []), replace(look(6, []), until=at(20))
    assert look(30, [stale, real]).id == look(30, [real, stale]).id == real.id


def test_a_late_look_takes_nothing_back() -> None:
    known = replace(look(0, []), until=at(30))
    assert look(15, [known]) == known


def test_spans_that_could_not_be_read_stay_as_they_are() -> None:
    goes_on, gone = look(0, []), lost(look(0, [], id="gone"), at(10))
    task = replace(seen(0), id="task", kind=Kind.TASK)
    assert kept_as_they_are([goes_on, gone, task], at(15)) == (goes_on,)


steps = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(("read", "write")), st.integers(0, 40)), max_size=20
)


@given(steps=steps, stopped=st.sets(st.integers(0, 800), max_size=3))
def test_no_minute_is_counted_twice_however_two_holders_read_and_write(
    steps: list[tuple[str, str, int]], stopped: set[int]
) -> None:
    """Each holder reads what is kept and looks, and writes its result at any later time; meanwhile the
    resource stops and starts.
    """
    kept: dict[str, Span] = {}
    held: dict[str, tuple[int, tuple[Span, ...]]] = {}
    minute = 0
    for holder, act, waited in steps:
        minute += waited
        if act == "read":
            off = any(begin <= minute < begin + 30 for begin in stopped)
            known = [s for s in kept.values() if s.until >= at(minute - 60)]
            held[holder] = (minute, () if off else continued([seen(minute)], known))
        elif holder in held:
            looked, spans = held.pop(holder)
            for span in spans:
                kept[span.id] = merged(kept.get(span.id), span)
            for id_, span in kept.items():
                if id_ not in {s.id for s in spans}:
                    kept[id_] = lost(span, at(looked))
    ranges = sorted((s.begin, s.until) for s in kept.values() if s.begin < s.until)
    assert all(one[1] <= two[0] for one, two in pairwise(ranges))
