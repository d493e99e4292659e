"""A refusal is a value: a verdict, a rule, the true reason, and what the person is told."""

from __future__ import annotations

from policies.decision import Decision, allow, refuse


def test_only_allowed_is_allowed() -> None:
    assert allow("r", "because").allowed
    assert not refuse("r", "because").allowed
    assert not Decision("needs confirmation", "r", "x").allowed
    assert not Decision("needs approval", "r", "x").allowed


def test_the_person_is_told_the_reason_unless_something_else_is_to_be_said() -> None:
    assert refuse("r", "true reason").told == "true reason"
    hidden = refuse("r", "true reason", "something vaguer")
    assert (hidden.told, hidden.reason) == ("something vaguer", "true reason")
