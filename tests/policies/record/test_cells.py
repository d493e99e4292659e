"""No cell of a CSV file is a formula."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.record.cells import safe_cell


@pytest.mark.parametrize(
    "begins", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\ufe66", "\ufe63", "\u2212"]
)
@pytest.mark.parametrize(
    "before", ["", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "\u200b", "\ufeff", "\x00", " \t\u2028"]
)
def test_a_cell_that_begins_a_formula_even_after_invisible_signs_becomes_text(
    before: str, begins: str
) -> None:
    assert safe_cell(f"{before}{begins}1+1") == f"'{before}{begins}1+1"


@pytest.mark.parametrize("cell", ["\tx", "\rx", "\nx"])
def test_a_cell_that_begins_with_a_control_character_becomes_text(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "staging", "pr-142", "a=b", " x", "'=1", "12.50", "*"])
def test_any_other_cell_stays_as_it_is(cell: str) -> None:
    assert safe_cell(cell) == cell


@given(st.text(max_size=8))
def test_a_cell_that_is_safe_stays_as_it_is(text: str) -> None:
    assert safe_cell(safe_cell(text)) == safe_cell(text)
