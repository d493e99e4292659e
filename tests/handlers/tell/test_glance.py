"""Each status has one sign, and no sign stands alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.tell.glance import MEANS, SIGNS, Sign, of_state, signed
from handlers.words.message import Status
from policies.record.lifecycle import State

PAGE = Path(__file__).parents[3] / "docs" / "messages.md"


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_sign(status: Status) -> None:
    assert status in SIGNS


def test_there_are_a_dozen_signs_and_each_is_used_and_explained() -> None:
    assert len(Sign) == 12
    assert set(SIGNS.values()) == set(MEANS) == set(Sign)
    assert all(len(sign.value) == 1 for sign in Sign)


@pytest.mark.parametrize("state", State)
def test_every_state_of_an_operation_is_a_status(state: State) -> None:
    assert of_state(state).value == state.value


def test_success_failure_and_progress_have_different_signs() -> None:
    ends = (State.SUCCEEDED, State.PARTIAL, State.FAILED, State.UNCHANGED, State.INTERRUPTED, State.RUNNING)
    assert len({SIGNS[of_state(state)] for state in ends}) == len(ends)
    environments = (Status.ON, Status.OFF, Status.STARTING, Status.PARTLY_UP, Status.UNKNOWN)
    assert len({SIGNS[status] for status in environments}) == len(environments)


def test_a_sign_in_a_table_is_followed_by_its_word() -> None:
    assert signed(Status.ON) == "🟢 on"
    assert signed(Status.OFF, "off since 20:00") == "🌙 off since 20:00"


def test_the_page_about_messages_has_the_whole_table() -> None:
    words = {sign: ", ".join(status.value for status, of in SIGNS.items() if of is sign) for sign in Sign}
    rows = [f"| {sign.value} | {MEANS[sign]} | {words[sign]} |" for sign in Sign]
    assert [line for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:] == rows
