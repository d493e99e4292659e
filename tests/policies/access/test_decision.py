"""A decision is a value: what was decided, the rule, the true reason, and what the person is told."""

from __future__ import annotations

import pytest

from policies.access.decision import Decision, NeedsApproval, allow, refuse


@pytest.mark.parametrize(
    ("decision", "verdict"),
    [
        (allow("r", "because"), "allowed"),
        (refuse("r", "because"), "refused"),
        (NeedsApproval("r", "because"), "needs approval"),
    ],
)
def test_a_decision_is_named_in_the_audit_log(decision: Decision, verdict: str) -> None:
    assert decision.verdict == verdict


def test_the_person_is_told_the_reason_unless_the_refusal_has_other_words() -> None:
    assert refuse("r", "true reason").told == "true reason"
    hidden = refuse("r", "true reason", "something vaguer")
    assert (hidden.told, hidden.reason) == ("something vaguer", "true reason")
