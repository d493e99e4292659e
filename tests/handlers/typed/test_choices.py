"""Tests of words that may be chosen, and of values that people type in several ways."""

from __future__ import annotations

import pytest

from handlers.typed.values import Names, Parsed
from tests.golden import Golden
from tests.handlers.typed.test_reading import IN_GENERAL, IN_QA, IN_STAGING, misread, typed


@pytest.mark.parametrize(
    "line", ["logs orders-api for 30m", "logs orders-api 30m", "logs orders-api since 30m"]
)
def test_a_span_of_a_log_may_be_typed_in_several_ways(line: str) -> None:
    found = typed(line, IN_STAGING)
    assert isinstance(found, Parsed)
    assert (found.environment, found.target) == ("staging", "orders-api")
    assert found.arguments["lines"].removeprefix("since ") == "30m"


ASKED_OR_SWITCHED = (
    Parsed("flag", "staging", arguments={"name": "dark-mode", "state": "on"}),
    Parsed("flags", "staging", arguments={"name": "dark-mode"}),
)


@pytest.mark.parametrize("names", [IN_GENERAL, IN_STAGING, IN_QA])
@pytest.mark.parametrize(
    "line",
    ["flag dark-mode on staging", "flag on staging dark-mode", "flag dark-mode on the staging"],
)
def test_a_small_word_that_is_also_a_choice_is_asked_about(line: str, names: Names, golden: Golden) -> None:
    asked = misread(line, names)
    assert asked.meant == ASKED_OR_SWITCHED
    assert asked.sentence == golden(name="on")


@pytest.mark.parametrize(
    "line",
    [
        "flag dark-mode off on staging",
        "flag dark-mode off staging",
        "flag off dark-mode staging",
        "flag off dark-mode on staging",
        "flag staging off dark-mode",
        "flag on staging dark-mode off",
    ],
)
def test_a_choice_is_recognised_wherever_it_stands(line: str) -> None:
    for names in (IN_GENERAL, IN_QA):
        assert typed(line, names) == Parsed(
            "flag", "staging", arguments={"name": "dark-mode", "state": "off"}
        )


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("flag staging dark-mode onn", {"name": "dark-mode", "state": "on"}),
        ("flag staging dark-mode stat=off", {"name": "dark-mode", "state": "off"}),
        ("flag staging dark-mode stat=of", {"name": "dark-mode", "state": "off"}),
    ],
)
def test_a_mistyped_choice_or_argument_is_corrected_with_a_button(line: str, meant: dict[str, str]) -> None:
    for names in (IN_GENERAL, IN_STAGING):
        found = misread(line, names)
        assert found.meant == (Parsed("flag", "staging", arguments=meant),)
        assert found.example == "/env flag staging dark-mode " + meant["state"]
    assert misread("flag staging dark-mode maybe").meant == ()
    assert misread("flag staging dark-mode maybe").sentence == "`maybe` is neither `on` nor `off`."
    assert misread("restart staging orders-api color=red").meant == ()


@pytest.mark.parametrize(
    ("word", "state"),
    [("true", "on"), ("enable", "on"), ("YES", "on"), ("disabled", "off"), ("false", "off"), ("0", "off")],
)
def test_another_word_for_a_choice_has_a_button_and_never_its_opposite(word: str, state: str) -> None:
    (meant,) = misread(f"flag staging dark-mode {word}").meant
    assert meant.arguments == {"name": "dark-mode", "state": state}


def test_a_value_that_resembles_none_of_a_few_choices_has_a_button_for_each_and_for_no_opposite() -> None:
    each = misread("list sort=prize").meant
    assert each == tuple(Parsed("list", arguments={"sort": by}) for by in ("name", "cost"))
    assert misread("restart staging orders-api image=other").meant == ()
    assert misread("flag staging dark-mode perhaps").meant == ()
    assert misread("start staging image=old").meant == ()
