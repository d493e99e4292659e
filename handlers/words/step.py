"""A step is one outside effect: how its kind acts and is looked at, what is known of it, what a look says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from handlers.words.plan import Facts, Step


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
    lost. All may raise ``handlers.words.errors.Trouble``. A kind whose steps are counted as something better
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
