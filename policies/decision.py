"""A decision is a value with a reason and the rule it rests on; a refusal is not an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["allowed", "refused", "needs confirmation", "needs approval"]


@dataclass(frozen=True)
class Decision:
    """What was decided.

    ``reason`` is the true reason, for the audit log. ``said`` is what the person is told when that must
    differ (an environment they may not know of); empty means the reason itself. ``rule`` names the rule.
    """

    verdict: Verdict
    rule: str
    reason: str
    said: str = ""

    @property
    def allowed(self) -> bool:
        return self.verdict == "allowed"

    @property
    def told(self) -> str:
        """The sentence for the person."""
        return self.said or self.reason


def allow(rule: str, reason: str) -> Decision:
    return Decision("allowed", rule, reason)


def refuse(rule: str, reason: str, said: str = "") -> Decision:
    return Decision("refused", rule, reason, said)
