"""What the gate itself says, in whole sentences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.gate import answers
from policies.decision import refuse
from policies.lifecycle import State
from tests.fakes.aws import START
from tests.handlers.gate.rows import record


@pytest.mark.parametrize(
    ("environment", "target", "said"),
    [
        ("staging", "web", "`web` in `staging`"),
        ("staging", "*", "`staging`"),
        ("staging", "", "`staging`"),
        ("", "*", "this installation"),
    ],
)
def test_places_are_named_as_people_say_them(environment: str, target: str, said: str) -> None:
    assert answers.where(environment, target) == said


def test_who_is_in_the_way_what_they_do_and_for_how_long() -> None:
    busy = answers.busy(record(), now=START + timedelta(minutes=5, seconds=40))
    assert busy.summary == (
        "Already running on `orders-api` in `staging`: restart by Dev, for 5 m 40 s (operation op-1)."
    )
    assert (busy.status, busy.operation_id) == ("refused", "op-1")


def test_a_clock_that_went_back_makes_no_negative_time() -> None:
    assert "for 0 s" in answers.doing(record(), now=START - timedelta(hours=1))


def test_a_replay_is_answered_with_what_it_opened_or_says_that_it_was_answered() -> None:
    assert answers.seen(record(), now=START).operation_id == "op-1"
    nothing = answers.seen(None, now=START)
    assert (nothing.status, nothing.operation_id) == ("unchanged", "")


def test_a_refusal_says_what_is_for_the_person_and_not_the_true_reason() -> None:
    assert answers.turned_down(refuse("rule", "true", "said")).summary == "said"
    assert answers.turned_down(refuse("rule", "true")).summary == "true"


def test_what_was_opened_is_told_as_its_message_tells_it() -> None:
    ended = record(state=State.SUCCEEDED, summary="done", closed_at=START)
    assert answers.opened(ended, now=START).status == "succeeded"
