"""A plan is what a change will do, as values that can be shown, hashed and approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from policies.access.people import Role

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Facts = Mapping[str, Json]


@dataclass(frozen=True)
class Step:
    """One outside effect. ``after`` holds the positions, in the same plan, of the steps that must be done
    first.
    """

    kind: str
    on: str = ""
    arguments: Facts = field(default_factory=dict)
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Question:
    """How a plan is put to whoever has to confirm it, where more is said than its notes. Facts that pass with
    time (*3 h ago*, *5 tasks run*) are shown but are no part of what is confirmed. ``lines`` replace the
    plan's notes.
    """

    headline: str
    lines: tuple[str, ...]
    label: str
    """The label of the button."""
    lasts: timedelta = timedelta(hours=1)
    """For how long it can be confirmed."""


@dataclass(frozen=True)
class Plan:
    """What a change will do. ``doing`` is its present participle for the live message: *restarting*."""

    doing: str
    steps: tuple[Step, ...]
    before: Facts = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    until: datetime | None = None
    """When the plan's effect ends by itself; ``None`` if nothing ends by itself."""
    begins: datetime | None = None
    """When the plan's effect begins, if it begins later by itself; so no notice of a stop tells of it."""
    of: str = ""
    """The id of the operation that began what this one ends; the message of that operation tells of this one
    too. Empty if there is none.
    """
    needs: Role | None = None
    """The role that exactly this plan needs, if higher than its operation's. The gate decides by it."""
    question: Question | None = None
    """The question to confirm. If ``None``, the plan's notes are shown, where anything has to be confirmed.
    """

    @property
    def hash(self) -> str:
        """SHA-256 over what will be done and what was promised; a confirmation binds to it."""
        body = [
            self.doing,
            [[s.kind, s.on, dict(s.arguments), list(s.after)] for s in self.steps],
            list(self.notes),
        ]
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
