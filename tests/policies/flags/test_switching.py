"""Which flag is meant, and what it is by the text that its parameter holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.access.decision import Refused
from policies.flags.switching import (
    LONGEST_SHOWN,
    PLAIN,
    Held,
    Switch,
    meant,
    of_production,
    shortened,
    stands,
    text_of,
)
from policies.service.environment import ClusterPick, Environment, Flag, Tier

FLAG = Flag("new-checkout", "/staging/x", "enabled", "disabled")
HERE = Environment("staging", Tier.NONPRODUCTION, "1", "r", ClusterPick("c"), flags=(FLAG,))
LIT = Environment("production", Tier.PRODUCTION, "1", "r", ClusterPick("p"), flags=(Flag("x", "/staging/x"),))


@pytest.mark.parametrize(
    ("value", "type_", "state"),
    [
        ("enabled", PLAIN, Switch.ON),
        ("disabled", PLAIN, Switch.OFF),
        ("Enabled", PLAIN, None),
        ("true", PLAIN, None),
        ("", PLAIN, None),
        ("enabled", "SecureString", None),
        ("enabled", "StringList", None),
    ],
)
def test_a_flag_is_what_its_text_says_exactly(value: str, type_: str, state: Switch | None) -> None:
    assert stands(FLAG, Held(value, 1, type_)) is state


@given(st.sampled_from(Switch))
def test_a_flag_stands_as_the_text_that_is_written(state: Switch) -> None:
    assert stands(FLAG, Held(text_of(FLAG, state), 1)) is state
    assert state.other.other is state is not state.other


def test_a_flag_is_found_by_its_name_in_any_case() -> None:
    assert meant("New-Checkout", HERE) == FLAG
    assert isinstance(meant("x" * 5_000, HERE), Refused)


def test_only_production_keeps_a_shared_parameter_to_itself() -> None:
    assert of_production(FLAG, HERE, (LIT,)) is not None
    assert of_production(FLAG, HERE, (HERE,)) is None
    assert of_production(LIT.flags[0], LIT, (LIT,)) is None


@given(st.text())
def test_a_value_is_shown_on_one_short_line(value: str) -> None:
    said = shortened(value)
    assert len(said) <= LONGEST_SHOWN + 1 and len(said.splitlines()) <= 1
