"""What the reading fills in of itself: the channel's environment, and the names of an example."""

from __future__ import annotations

import pytest

from handlers.typed.values import Names, Parsed
from tests.handlers.typed.test_reading import IN_QA, IN_STAGING, misread, typed


@pytest.mark.parametrize(
    ("line", "filled_in"),
    [
        ("restart orders-api", True),
        ("keep 2h", True),
        ("restart orders-api staging", False),
        ("restart orders-api in <#C0STAGING>", False),
        ("keep staging 2h", False),
        ("staging keep 2h", False),
        ("logs web container staging", True),
        ("logs staging web container staging", False),
        ("help", False),
        ("list", False),
    ],
)
def test_what_was_read_says_whether_its_environment_is_only_the_channels(line: str, filled_in: bool) -> None:
    """A name that is used as another word names no environment: what stands for it is the channel's."""
    found = typed(line, IN_STAGING)
    assert isinstance(found, Parsed)
    assert found.from_channel is filled_in


def test_the_example_of_what_lacks_a_word_has_the_names_that_were_typed() -> None:
    assert misread("scale qa-eu api", IN_STAGING).example == "/env scale qa-eu api 3"
    assert misread("scale api", IN_QA).example == "/env scale qa-eu api 3"
    assert misread("scale", Names(frozenset({"qa-eu"}))).example == "/env scale qa-eu web 3"
