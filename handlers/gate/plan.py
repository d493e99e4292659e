"""A plan is what a change will do, as values that can be shown, hashed and approved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from policies.people import Role

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Facts = Mapping[str, Json]


class Repeat(StrEnum):
    """What a second call after a kill would mean."""

    SAFE = "safe"
    """The same end: call again."""
    TOKEN = "token"
    """The service deduplicates by a client token: call again with it."""
    NEVER = "never"
    """It would act twice: look for the effect, never call again."""


class StepState(StrEnum):
    PLANNED = "planned"
    BEGAN = "began"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUPERSEDED = "superseded"
    TIMED_OUT = "timed out"
    UNDONE = "undone"
    UNKNOWN = "unknown"
    LEFT_OUT = "left out"
    """Never begun, because a step it comes after did not end well."""

    @property
    def ended(self) -> bool:
        return self not in (StepState.PLANNED, StepState.BEGAN)


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


@dataclass(frozen=True)
class StepRecord:
    """A step as its row has it. ``fence`` is the holder's when it began; ``evidence`` is what came back."""

    position: int
    step: Step
    state: StepState = StepState.PLANNED
    before: Facts = field(default_factory=dict)
    evidence: Facts = field(default_factory=dict)
    answered: bool = False
    """Whether the outside call's answer was recorded; ``BEGAN`` without it is what a kill leaves behind."""
    sentence: str = ""
    fence: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None

    def told(self, sentence: str, evidence: Facts) -> StepRecord:
        return replace(self, sentence=sentence, evidence={**self.evidence, **evidence})


@dataclass(frozen=True)
class Done:
    sentence: str
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Waiting:
    """Not ended; look again at ``until`` (on the decision clock)."""

    until: datetime
    sentence: str = ""
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    sentence: str
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class RolledBack:
    sentence: str
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Superseded:
    sentence: str
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class TimedOut:
    sentence: str
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Undone:
    """It is certain that the effect never happened."""

    sentence: str
    evidence: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Unknown:
    """It cannot be told whether the effect happened."""

    sentence: str
    evidence: Facts = field(default_factory=dict)


Verdict = Done | Waiting | Failed | RolledBack | Superseded | TimedOut | Undone | Unknown


@dataclass(frozen=True)
class Adopted:
    """The answer was lost, but its effect was found: ``evidence`` is what the answer would have said."""

    sentence: str
    evidence: Facts = field(default_factory=dict)


Recovery = Adopted | Waiting | Undone | Unknown

Place = TypeVar("Place", contravariant=True)
"""Where a kind of step works: ``Scope`` (one environment) or ``Desk`` (the installation)."""


class StepKind(Protocol[Place]):
    """How one kind of step acts, is looked at and, for ``NEVER``, recovered.

    ``before`` reads the facts that ``recover`` will need. ``act`` makes one outside call without loop or
    sleep and returns evidence; ``look`` reads only. ``recover`` is asked when the answer to ``act`` was
    lost. All may raise ``handlers.gate.errors.Trouble``. A kind whose steps are counted as something better
    in a summary says so in ``counted`` (*services*).
    """

    name: str
    repeat: Repeat
    deadline: timedelta
    first_look: timedelta
    """From the answer to the first look at the effect; zero: it is there with the answer."""

    def before(self, place: Place, step: Step) -> Facts: ...

    def act(self, place: Place, record: StepRecord) -> Facts: ...

    def look(self, place: Place, record: StepRecord) -> Verdict: ...

    def recover(self, place: Place, record: StepRecord) -> Recovery: ...
