"""What is remembered of a finding, and what people answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.orphans.answers import Reply
from policies.orphans.findings import (
    GRACE,
    Finding,
    Stage,
    answered,
    asked,
    found,
    has,
    not_found,
    urged,
)
from tests.policies.orphans.make import NOW, ago, answer, finding

NEW = finding()


def again(known: Finding | None, days: float = 0) -> Finding:
    """Return the finding, found again that many days from now."""
    at = NOW + timedelta(days=days)
    return found(known, Finding("pr-142", at, at, evidence=NEW.evidence))


def test_a_finding_that_is_found_again_keeps_its_beginning_and_its_answer() -> None:
    known = replace(NEW, asked=ago(5), grace_end=ago(-9), answer=answer())
    assert again(known, 1) == replace(known, seen=NOW + timedelta(days=1))
    assert again(None) == Finding("pr-142", NOW, NOW, evidence=NEW.evidence)


def test_an_environment_that_was_gone_in_between_makes_another_finding() -> None:
    known = replace(NEW, gone=ago(1), asked=ago(5), grace_end=ago(-9), answer=answer(until=ago(1)))
    made = again(known)
    assert (made.found, made.asked, made.answer, made.gone) == (NOW, None, None, None)
    assert made.round != known.round


def test_an_answer_that_holds_settles_the_next_finding_too() -> None:
    known = replace(NEW, gone=ago(1), answer=answer())
    assert again(known).stage(NOW) is Stage.SETTLED


def test_people_are_asked_again_once_an_answer_has_lapsed() -> None:
    known = replace(
        NEW, asked=ago(40), grace_end=ago(26), urged=ago(26), answer=answer(at=ago(31), until=ago(1))
    )
    made = again(known)
    assert (made.asked, made.grace_end, made.urged) == (None, None, None)
    assert made.stage(NOW) is Stage.NEW
    assert again(asked(made, made.round, NOW), 1).asked == NOW


@pytest.mark.parametrize(
    ("known", "stage"),
    [
        (NEW, Stage.NEW),
        (replace(NEW, asked=ago(1), grace_end=ago(-1)), Stage.ASKED),
        (replace(NEW, asked=ago(14), grace_end=NOW), Stage.OVERDUE),
        (replace(NEW, asked=ago(14), grace_end=NOW, answer=answer()), Stage.SETTLED),
        (replace(NEW, asked=ago(40), grace_end=ago(26), answer=answer(at=ago(30), until=NOW)), Stage.NEW),
        (replace(NEW, asked=ago(14), grace_end=NOW, answer=answer(at=ago(30), until=ago(20))), Stage.OVERDUE),
        (replace(NEW, denied=(answer(Reply.NOT_MINE),)), Stage.NEW),
        (replace(NEW, answer=answer(Reply.NOT_MINE)), Stage.NEW),
        (replace(NEW, gone=NOW, answer=answer()), Stage.GONE),
    ],
)
def test_each_finding_has_its_stage(known: Finding, stage: Stage) -> None:
    assert known.stage(NOW) is stage


def test_somebody_who_answered_in_time_never_counts_as_silent() -> None:
    """This holds even before the environment is looked at again, which happens once a day."""
    known = replace(
        NEW, asked=ago(40), grace_end=ago(26), urged=ago(26), answer=answer(at=ago(25), until=NOW)
    )
    assert urged(known, known.round, NOW) == known
    anew = asked(known, known.round, NOW)
    assert anew is not None
    assert (anew.asked, anew.grace_end, anew.urged) == (NOW, NOW + GRACE, None)


def test_asking_starts_the_grace_only_once() -> None:
    made = asked(NEW, NEW.round, NOW)
    assert made == replace(NEW, asked=NOW, grace_end=NOW + GRACE)
    assert made is not None
    assert asked(made, made.round, NOW + timedelta(days=7)) == made
    assert asked(NEW, "another", NOW) == NEW
    assert asked(replace(NEW, answer=answer()), NEW.round, NOW) == replace(NEW, answer=answer())
    assert asked(None, NEW.round, NOW) is None


def test_a_person_is_urged_once_and_only_after_the_grace() -> None:
    due = replace(NEW, asked=ago(14), grace_end=NOW)
    assert urged(due, due.round, NOW) == replace(due, urged=NOW)
    for other in (
        NEW,
        replace(due, grace_end=ago(-1)),
        replace(due, urged=ago(1)),
        replace(due, answer=answer()),
    ):
        assert urged(other, other.round, NOW) == other


def test_the_first_of_two_answers_at_once_stands() -> None:
    first, second = answer(), answer(Reply.OWNED, id="op-2", by="slack:T0HOME:U0OLU")
    made = answered(NEW, first, over="")
    assert has(made, first)
    assert answered(made, second, over="") == made
    assert has(answered(made, second, over="op-1"), second)
    assert answered(made, first, over="") == made


def test_a_finding_that_is_gone_takes_no_answer() -> None:
    gone = replace(NEW, gone=ago(1))
    assert answered(gone, answer(), over="") == gone
    assert answered(None, answer(), over="") is None
    assert not has(None, answer())


def test_a_person_says_not_mine_once_and_settles_nothing() -> None:
    dev, olu = answer(Reply.NOT_MINE), answer(Reply.NOT_MINE, id="op-2", by="slack:T0HOME:U0OLU")
    made = answered(answered(answered(NEW, dev, over=""), olu, over=""), replace(dev, id="op-3"), over="")
    assert made is not None
    assert made.denied == (dev, olu)
    assert made.stage(NOW) is Stage.NEW
    assert has(made, dev)


def test_a_look_that_is_recorded_late_takes_nothing_back() -> None:
    assert not_found(NEW, ago(1)) == NEW
    assert not_found(NEW, NOW) == replace(NEW, gone=NOW)
    assert not_found(replace(NEW, gone=ago(2)), NOW) == replace(NEW, gone=ago(2))
    assert not_found(None, NOW) is None


@given(st.lists(st.sampled_from(["found", "gone", "ask", "urge", "keep", "deny"]), max_size=12))
def test_nobody_is_urged_before_people_were_asked_and_had_the_grace(acts: list[str]) -> None:
    known: Finding | None = None
    for day, act in enumerate(acts):
        at = NOW + timedelta(days=5 * day)
        match act:
            case "found":
                known = again(known, 5 * day)
            case "gone":
                known = not_found(known, at)
            case "ask" if known:
                known = asked(known, known.round, at)
            case "urge" if known:
                known = urged(known, known.round, at)
            case "keep":
                known = answered(known, answer(id=act, at=at, until=at + timedelta(days=9)), over="")
            case "deny":
                known = answered(known, answer(Reply.NOT_MINE, at=at), over="")
        if known and known.urged:
            assert known.asked is not None
            assert known.urged - known.asked >= GRACE
