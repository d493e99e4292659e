"""Tests of the rows of a digest for a spreadsheet."""

from __future__ import annotations

import pytest

from handlers.tell.digest import safe


@pytest.mark.parametrize(
    ("cell", "made"),
    [
        ("=1+1", "'=1+1"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("-3.10", "-3.10"),
        ("--1", "'--1"),
        ("-1-1", "'-1-1"),
        ("staging", "staging"),
        ("", ""),
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_is_text(cell: str, made: str) -> None:
    assert safe(cell) == made
