"""What an approved task runs: parameters fill whole elements, and nothing else that is typed gets in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from policies.access.decision import Refused
from policies.catalog.filling import LONGEST_OVERRIDES, filled
from policies.service.approved import ApprovedTask, Parameter, given

INDEX = Parameter("index", choices=("orders", "customers"))
SINCE = Parameter("since", pattern="[0-9-]+", default="2026")
LEVEL = Parameter("level", pattern="-v+", dash=True, default="-v")
TASK = ApprovedTask(
    "reindex",
    "web",
    "job",
    family="reindex",
    command=("sh", "-c", "{index}", "--since", "{since}", "{level}"),
    parameters=(INDEX, SINCE, LEVEL),
)


def test_values_fill_their_elements_and_defaults_the_others() -> None:
    found = filled(TASK, {"index": "orders", "level": "-vv"})
    assert found == ("sh", "-c", "orders", "--since", "2026", "-vv")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({}, "tasks.missing"),
        ({"index": "Orders"}, "tasks.parameter"),
        ({"index": "orders", "since": "2026\n"}, "tasks.parameter"),
        ({"index": "orders", "since": ""}, "tasks.parameter"),
        ({"index": "orders", "since": "-1"}, "tasks.parameter"),
        ({"index": "orders", "level": "v"}, "tasks.parameter"),
        ({"index": "orders", "image": "x"}, "tasks.no-parameter"),
    ],
)
def test_anything_else_is_refused(values: dict[str, str], rule: str) -> None:
    found = filled(TASK, values)
    assert isinstance(found, Refused)
    assert found.rule == rule


@over(st.dictionaries(st.sampled_from(["index", "since", "level", "x"]), st.text(max_size=300)))
def test_whatever_is_given_the_fixed_elements_stay_and_so_does_their_number(values: dict[str, str]) -> None:
    found = filled(TASK, values)
    if not isinstance(found, Refused):
        assert len(found) == len(TASK.command)
        assert [found[n] for n in (0, 1, 3)] == ["sh", "-c", "--since"]
        assert found[2] in INDEX.choices
        assert not found[4].startswith("-")


def test_a_command_that_becomes_too_long_is_refused() -> None:
    long = replace(TASK, command=("x" * (LONGEST_OVERRIDES - 60), "{index}"), parameters=(INDEX,))
    found = filled(long, {"index": "customers"})
    assert isinstance(found, Refused)
    assert found.rule == "tasks.too-long"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("index=orders", {"index": "orders"}),
        ('Index=orders since="2026 01" level=-v', {"index": "orders", "since": "2026 01", "level": "-v"}),
        ("since=a=b", {"since": "a=b"}),
        ("since=", {"since": ""}),
    ],
)
def test_words_are_read_as_name_and_value(text: str, values: dict[str, str]) -> None:
    assert given(text).values == values


@pytest.mark.parametrize("text", ["orders", "=orders", "index orders", "1x=2", "index=a index=b"])
def test_other_words_are_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="`"):
        given(text)
