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
class Question:
    """How a plan is put to whoever has to confirm it, where that says more than its notes: what passes with
    time (*3 h ago*, *5 tasks run*) is told and is no part of what is confirmed. ``lines`` stand in the place
    of the plan's notes."""

    headline: str
    lines: tuple[str, ...]
    label: str
    """Of the button."""


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
    question: Question | None = None
    """``None``: its notes are shown to be confirmed, where anything has to be."""

    @property
    def hash(self) -> str:
        """SHA-256 over what will be done and what was promised; a confirmation binds to it."""
        body = [
            self.doing,
            [[s.kind, s.on, dict(s.arguments), list(s.after)] for s in self.steps],
            list(self.notes),
        ]
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
