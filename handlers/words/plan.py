"""A plan is what a change will do, as values that can be shown, hashed and approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from policies.access.people import Role

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Facts = Mapping[str, Json]


@dataclass(frozen=True)
class Step:
    """One outside effect. ``after``: positions, in the same plan, of the steps that must be done first."""

    kind: str
    on: str = ""
    arguments: Facts = field(default_factory=dict)
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a change will do. ``doing`` is its present participle for the live message: *restarting*."""

    doing: str
    steps: tuple[Step, ...]
    before: Facts = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    until: datetime | None = None
    """When what it leaves ends by itself; ``None`` if it leaves nothing of the kind."""
    of: str = ""
    """The operation that began what this one ends: its message tells of this one too. Empty: none did."""
    needs: Role | None = None
    """The role that exactly this plan needs, where it is more than its operation's: decided by the gate."""

    @property
    def hash(self) -> str:
        """SHA-256 over what will be done and what was promised; a confirmation binds to it."""
        body = [
            self.doing,
            [[s.kind, s.on, dict(s.arguments), list(s.after)] for s in self.steps],
            list(self.notes),
        ]
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
