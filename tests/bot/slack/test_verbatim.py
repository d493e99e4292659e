"""A pattern of keys reaches its operation as it was typed; everything else is made plain."""

from __future__ import annotations

import pytest

from bot.slack import picker
from bot.slack.typed import Parsed, parse
from handlers.typed.values import Names
from tests.handlers.stage import REGISTRY

NAMES = Names(environments=frozenset({"staging"}))


@pytest.mark.parametrize(
    ("typed", "pattern"),
    [
        ("flush staging session:*", "session:*"),
        ("flush staging a&amp;b&lt;c&gt;:*", "a&b<c>:*"),
        ("flush staging &amp;lt;tag:*", "&lt;tag:*"),
        ("flush staging user—1:*", "user—1:*"),
        ("flush staging “user”:*", "“user”:*"),
        ("flush staging it’s:*", "it’s:*"),
        ("flush staging cafe\u0301:*", "cafe\u0301:*"),
        ("flush staging `session:*`", "session:*"),
        ('flush staging "session:*"', "session:*"),
        (r"flush staging session:\*", r"session:\*"),
        ("staging flush session:*", "session:*"),
        ("flush “staging” pattern=user–1:*", "user–1:*"),
        ("flush staging <http://cache.example.com|cache.example.com>:*", "cache.example.com:*"),
    ],
)
def test_only_slacks_own_escapes_are_undone(typed: str, pattern: str) -> None:
    found = parse(typed, REGISTRY, "/env", NAMES)
    assert isinstance(found, Parsed), found
    assert (found.operation, found.environment, found.arguments) == ("flush", "staging", {"pattern": pattern})


def test_other_arguments_are_still_made_plain() -> None:
    found = parse("keep staging 2h “load test”", REGISTRY, "/env", NAMES)
    assert isinstance(found, Parsed)
    assert "“" not in str(found.arguments)


def test_a_pattern_in_the_picker_is_not_changed_either() -> None:
    block = {
        "ask:flush:argument:pattern": {
            "ask:argument:pattern": {"type": "plain_text_input", "value": "user—1:*"}
        }
    }
    _, now = picker.read({"private_metadata": "", "state": {"values": block}})
    assert now.values["argument:pattern"] == "user—1:*"
