"""What orders deny to roles. No policy is evaluated: a role may do everything that no order denies it."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from playground.aws.calls import Call
from playground.aws.errors import AwsError

PREFIXES = {"monitoring": "cloudwatch"}
"""The IAM prefix of a service whose signing name differs."""


class Denials:
    """The denied action patterns, such as ``rds:Stop*``, by role name."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[str]] = {}

    def deny(self, role: str, actions: Iterable[str]) -> list[str]:
        """Deny more actions to a role; return everything that is denied to it now."""
        denied = self._patterns.setdefault(role, [])
        denied.extend(actions)
        return denied

    def allow(self, role: str) -> list[str]:
        """Allow a role everything again; return what was denied."""
        return self._patterns.pop(role, [])

    def denies(self, role: str, action: str) -> bool:
        return any(fnmatchcase(action, pattern) for pattern in self._patterns.get(role, ()))

    def check(self, call: Call) -> None:
        """Refuse a call made in a session of a role to which its action is denied."""
        if not self._patterns:
            return
        action = f"{PREFIXES.get(call.service, call.service)}:{call.action}"
        if not self.denies(call.role.split("/")[0], action):
            return
        why = f"{call.role} is not authorized to perform: {action} because no identity-based policy allows it"
        if call.protocol in ("json", "rest-json"):
            raise AwsError("AccessDeniedException", why)
        raise AwsError("AccessDenied", why, status=403)
