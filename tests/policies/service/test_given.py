"""Tests of how the values of an approved task's parameters are typed."""

from __future__ import annotations

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from policies.service.approved import Given, given, spelled

ONE, TWO = Given({"table": "orders"}), Given({"table": "orders", "index": "all of it"})
READ = {
    "": Given({}),
    "table=orders": ONE,
    "TABLE=orders": ONE,
    "table = orders": ONE,
    "table= orders": ONE,
    "table =orders": ONE,
    "table: orders": ONE,
    "table : orders": ONE,
    "--table=orders": ONE,
    "--table orders": ONE,
    "with table=orders": ONE,
    '--table "orders"': ONE,
    'table=orders index="all of it"': TWO,
    'table=orders, index="all of it"': TWO,
    "table: orders, index: 'all of it'": TWO,
    "--table orders --index 'all of it'": TWO,
    "with table=orders and index='all of it'": TWO,
    "table=a=b": Given({"table": "a=b"}),
    "table==b": Given({"table": "=b"}),
    "table=": Given({"table": ""}),
    'table=""': Given({"table": ""}),
    "table= index=x": Given({"table": "", "index": "x"}),
    "table=a,b": Given({"table": "a,b"}),
    "table=a,": Given({"table": "a,"}),
    'table="a," index=x': Given({"table": "a,", "index": "x"}),
    "table=-x": Given({"table": "-x"}),
    "table=$(id)": Given({"table": "$(id)"}),
    "url=http://a.b": Given({"url": "http://a.b"}),
    "--dry-run --table orders": Given({"dry-run": "", "table": "orders"}),
}


@pytest.mark.parametrize("text", READ)
def test_values_are_read_as_shells_and_people_write_them(text: str) -> None:
    assert given(text) == READ[text]


@pytest.mark.parametrize(
    "text", ["orders", "table orders", "table=a table=b", "--table a --table b", "http://a.b", "= x"]
)
def test_any_other_word_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no parameter|given twice"):
        given(text)


_VALUES = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=12)


@drawn(st.dictionaries(st.sampled_from(["table", "index", "to-do", "with"]), _VALUES, max_size=3))
def test_what_is_spelled_is_read_again(values: dict[str, str]) -> None:
    if any("'" in value and '"' in value for value in values.values()):
        return
    assert given(spelled(values)) == Given(values)
