"""A decision is a value with a reason and the rule it rests on; a refusal is not an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Allowed:
    """``rule`` names the rule; ``reason`` is for the audit log."""

    verdict: ClassVar = "allowed"
    rule: str
    reason: str


@dataclass(frozen=True)
class Refused:
    """``reason`` is the true reason, for the audit log. ``said`` is what the person is told when that must
    differ (an environment they may not know of); empty means the reason itself."""

    verdict: ClassVar = "refused"
    rule: str
    reason: str
    said: str = ""

    @property
    def told(self) -> str:
        """The sentence for the person."""
        return self.said or self.reason


@dataclass(frozen=True)
class NeedsApproval:
    """The request may be carried out once somebody else has approved it. Nothing grants approvals yet:
    until something does, whatever needs one is not done, and the person is told and an entry says so."""

    verdict: ClassVar = "needs approval"
    rule: str
    reason: str

    @property
    def told(self) -> str:
        return self.reason


NotAllowed = Refused | NeedsApproval
Decision = Allowed | NotAllowed


def allow(rule: str, reason: str) -> Allowed:
    return Allowed(rule, reason)


def refuse(rule: str, reason: str, said: str = "") -> Refused:
    return Refused(rule, reason, said)
