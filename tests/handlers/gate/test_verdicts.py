"""What a verdict makes of a step, and what the steps add up to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.gate import verdicts
from handlers.words.errors import Absent, Denied, Throttled, Trouble, Unanswered
from handlers.words.plan import Step
from handlers.words.step import StepRecord, StepState
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.kinds import done, waiting

PLANNED = StepRecord(0, Step("deploy", "web"))
BEGAN = replace(PLANNED, state=StepState.BEGAN, began_at=START, evidence={"kept": 1})
A_MINUTE = timedelta(minutes=1)


def step(state: StepState, sentence: str = "", **evidence: object) -> StepRecord:
    return replace(PLANNED, state=state, sentence=sentence, evidence=evidence)  # type: ignore[arg-type]


def test_a_look_adds_to_the_evidence_and_replaces_the_sentence() -> None:
    told, until = verdicts.judged(BEGAN, waiting(START + A_MINUTE, "going on", {"polls": 1}), now=START)
    assert (told.state, told.sentence, until) == (StepState.BEGAN, "going on", START + A_MINUTE)
    assert told.evidence == {"kept": 1, "polls": 1}
    ended, _ = verdicts.judged(told, done("done", {"polls": 2}), now=START + A_MINUTE)
    assert (ended.state, ended.ended_at) == (StepState.DONE, START + A_MINUTE)
    assert ended.evidence == {"kept": 1, "polls": 2}


def test_request_ids_of_every_attempt_are_kept() -> None:
    first = verdicts.unanswered(BEGAN, Unanswered("Silence.", request_id="r-1"))
    second = verdicts.failed(first, Denied("No.", request_id="r-2"), now=START)
    assert second.evidence["request_ids"] == ["r-1", "r-2"]


@pytest.mark.parametrize(
    ("found", "trouble", "passed", "state"),
    [
        (PLANNED, Throttled("x"), 0, StepState.PLANNED),
        (PLANNED, Throttled("x"), 61, StepState.FAILED),
        (PLANNED, Denied("x"), 0, StepState.FAILED),
        (PLANNED, Absent("x"), 0, StepState.FAILED),
        (BEGAN, Throttled("x"), 60, StepState.BEGAN),
        (BEGAN, Denied("x"), 60, StepState.BEGAN),
        (BEGAN, Denied("x"), 61, StepState.UNKNOWN),
        (BEGAN, Unanswered("x"), 61, StepState.UNKNOWN),
        (BEGAN, Absent("x"), 0, StepState.UNKNOWN),
    ],
)
def test_unreadable_facts_wait_or_end_the_step(
    found: StepRecord, trouble: Trouble, passed: int, state: StepState
) -> None:
    now = START + timedelta(seconds=passed)
    silent = replace(found, evidence={"unread_since": START.isoformat()})
    told, until = verdicts.unread(silent, trouble, now=now, deadline=A_MINUTE)
    assert told.state is state
    assert until == (now if state.ended else now + verdicts.AGAIN)


def test_one_look_that_fails_late_ends_nothing() -> None:
    """A deployment may bake for hours; only an unbroken silence counts against the deadline."""
    late = START + timedelta(hours=2)
    told, _ = verdicts.unread(BEGAN, Throttled("x", code="ThrottlingException"), now=late, deadline=A_MINUTE)
    assert told.state is StepState.BEGAN
    seen, _ = verdicts.judged(told, waiting(late + A_MINUTE, "baking"), now=late)
    again, _ = verdicts.unread(seen, Throttled("x"), now=late + A_MINUTE * 2, deadline=A_MINUTE)
    assert again.state is StepState.BEGAN


def test_the_only_step_speaks_for_itself() -> None:
    only = step(StepState.DONE, "healthy after 12 s")
    assert verdicts.summary([only]) == only.sentence


def test_several_steps_are_counted_and_what_stopped_them_is_said_once(golden: Golden) -> None:
    steps = [
        step(StepState.DONE, "a done"),
        step(StepState.FAILED, "no capacity"),
        step(StepState.FAILED, "no capacity"),
        step(StepState.LEFT_OUT, "left out"),
    ]
    assert verdicts.summary(steps) == golden
    assert verdicts.summary(steps, {"deploy": "services"}) == golden


def test_a_step_with_something_to_tell_is_told_even_if_all_is_done(golden: Golden) -> None:
    kept = step(StepState.DONE, "It stays on until 23:00 (UTC).", tell=True)
    assert verdicts.summary([kept, step(StepState.DONE, "up")]) == golden


def test_the_state_after_is_that_of_the_later_step() -> None:
    steps = [
        step(StepState.DONE, after={"web": 1, "db": 1}),
        step(StepState.DONE, after={"web": 2}),
        step(StepState.DONE, after="nonsense"),
    ]
    assert verdicts.after(steps) == {"web": 2, "db": 1}
