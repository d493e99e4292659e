"""Which patterns may be used to delete keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cache.patterns import corrected, escaped, read, refused
from policies.service.environment import Flush
from tests.golden import Golden

ANY = Flush(cache="sessions")
OURS = Flush(cache="sessions", prefixes=("session:", "cart:"))


@pytest.mark.parametrize(
    ("pattern", "allowed", "rule"),
    [
        ("session:*", ANY, ""),
        ("session:*", OURS, ""),
        ("cart:1?", OURS, ""),
        ("session:42", OURS, ""),
        (r"sess\*on*", ANY, ""),
        (r"session\[0\]*", ANY, ""),
        ("sess[ab]*", Flush(cache="sessions", classes=True), ""),
        ("se*", Flush(cache="sessions", least_prefix=2), ""),
        ("", ANY, "flush.empty"),
        ("   ", ANY, "flush.empty"),
        ("*", ANY, "flush.everything"),
        ("?*", ANY, "flush.everything"),
        ("**?", ANY, "flush.everything"),
        ("ses*", ANY, "flush.short"),
        ("*session*", ANY, "flush.short"),
        (r"\*\*\**", ANY, "flush.short"),
        ("sess[ab]*", ANY, "flush.classes"),
        ("[a-z]*", ANY, "flush.classes"),
        ("sessions*", OURS, "flush.prefix"),
        ("session*", OURS, "flush.prefix"),
        ("SESSION:*", OURS, "flush.prefix"),
        ("session:*:*:*:*", OURS, ""),
        ("session:*:***:*:*", OURS, ""),
        (r"session:\\**:*:*:*", OURS, ""),
        (r"session:\*\*\*\*\*\**", OURS, ""),
        ("session:" + "*a" * 5, OURS, "flush.stars"),
        ("session:" + "*?" * 40 + "b", OURS, "flush.stars"),
        ("session:\n*", OURS, "flush.pattern"),
        ("session:" + "a" * 600, OURS, "flush.pattern"),
    ],
)
def test_a_pattern_is_refused_by_the_first_rule_that_it_breaks(
    pattern: str, allowed: Flush, rule: str
) -> None:
    found = refused(pattern, allowed)
    assert (found.rule if found else "") == rule


@pytest.mark.parametrize(
    ("pattern", "right"),
    [
        ("sesion:*", "session:*"),
        ("SESSION:user:1*", "session:user:1*"),
        ("crat:7?", "cart:7?"),
        ("session*", ""),
        ("orders:*", ""),
        (r"sesi\\on:*", ""),
        ("sesion:[ab]*", ""),
        ("", ""),
    ],
)
def test_a_mistyped_prefix_is_put_right_and_nothing_else_is_changed(pattern: str, right: str) -> None:
    assert corrected(pattern, OURS) == right


def test_a_refused_pattern_is_told_with_what_would_do(golden: Golden) -> None:
    asked = [("*", ANY), ("?*", OURS), ("se*", ANY), ("s*", ANY), ("*session*", ANY), ("se", ANY)]
    told = {pattern: refused(pattern, allowed) for pattern, allowed in asked}
    assert {pattern: found.told if found else "" for pattern, found in told.items()} == golden


@given(st.text(max_size=30))
def test_what_is_escaped_has_no_wildcard_and_its_own_text_as_prefix(text: str) -> None:
    found = read(escaped(text))
    assert (found.prefix, found.wild, found.classes, found.stars) == (text, False, False, 0)


@given(st.text(alphabet="ab*?[]\\:", max_size=12))
def test_what_may_be_used_begins_with_enough_that_every_match_shares(pattern: str) -> None:
    if refused(pattern, ANY) is None:
        assert len(read(pattern).prefix) >= ANY.least_prefix
        assert pattern.replace("\\", "").startswith(read(pattern).prefix.replace("\\", "")[:1])
