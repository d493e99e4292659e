"""What roles may not do, by order. No policy is evaluated: a role may do all that no order denies it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from playground.aws.calls import Call
from playground.aws.errors import AwsError

PREFIXES = {"monitoring": "cloudwatch"}
"""How IAM names a service that signs otherwise."""


class Denials:
    """By the role's name: patterns of actions, such as ``rds:Stop*``."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[str]] = {}

    def deny(self, role: str, actions: Iterable[str]) -> list[str]:
        """All that is denied to it now."""
        denied = self._patterns.setdefault(role, [])
        denied.extend(actions)
        return denied

    def allow(self, role: str) -> list[str]:
        """Everything again; what was denied."""
        return self._patterns.pop(role, [])

    def denies(self, role: str, action: str) -> bool:
        return any(fnmatchcase(action, pattern) for pattern in self._patterns.get(role, ()))

    def check(self, call: Call) -> None:
        """Refuse a call of a session of a role to which it is denied."""
        if not self._patterns:
            return
        action = f"{PREFIXES.get(call.service, call.service)}:{call.action}"
        if not self.denies(call.role.split("/")[0], action):
            return
        why = f"{call.role} is not authorized to perform: {action} because no identity-based policy allows it"
        if call.protocol == "json":
            raise AwsError("AccessDeniedException", why)
        raise AwsError("AccessDenied", why, status=403)
