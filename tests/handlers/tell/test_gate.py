"""Tests of what the gate itself says, in whole sentences."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.tell import gate, reply
from handlers.tell.operation import doing, where
from handlers.words.message import Status
from handlers.words.result import Refusal, Report
from policies.access.decision import NeedsApproval, refuse
from policies.record.lifecycle import State
from tests.fakes.aws import START
from tests.golden import Golden
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
    assert where(environment, target) == said


def test_a_busy_refusal_says_who_is_in_the_way_doing_what_and_how_long(golden: Golden) -> None:
    busy = gate.busy(record(), now=START + timedelta(minutes=5, seconds=40))
    assert busy.headline == golden
    assert (busy.decision.rule, busy.in_the_way) == (gate.BUSY, "op-1")


def test_a_clock_that_went_back_makes_no_negative_time() -> None:
    assert "0 s ago" in doing(record(), now=START - timedelta(hours=1))


def test_a_refusal_shows_the_wording_for_the_person_not_the_true_reason() -> None:
    assert reply.message(Refusal(refuse("rule", "true", "said"))).headline == "said"
    assert reply.message(Refusal(refuse("rule", "true"))).headline == "true"


def test_a_refusal_for_want_of_an_approval_says_so() -> None:
    decided = NeedsApproval("access.approval", "Olu has to approve this.")
    needed = reply.message(Refusal(decided))
    assert (needed.status, needed.headline) == (Status.NEEDS_APPROVAL, decided.told)


def test_every_state_of_an_operation_has_its_word() -> None:
    for state in State:
        assert reply.status(Report("op-1", state, "")).value == state.value
