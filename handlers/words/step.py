"""A step is one outside effect: how its kind acts and is looked at, what is known of it, what a look says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from handlers.words.message import Log
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


I = TypeVar("I")  # noqa: E741 (an intent)
E = TypeVar("E")
"""An intent: what a step is to do, as it was planned. An evidence: what is known of what it did. Frozen
dataclasses both; an evidence has a default for each field, which is what is not known."""


@dataclass(frozen=True)
class Nothing:
    """The intent of a step that needs none but its name, or the evidence of one that leaves none."""


@dataclass(frozen=True)
class Begun(Generic[I, E]):
    """A step that began, as its kind sees it. ``before``: what was read before its call; ``evidence``: what
    is known since."""

    on: str
    intent: I
    before: E
    evidence: E
    began_at: datetime


@dataclass(frozen=True)
class Acted(Generic[E]):
    """The answer to the outside call. ``evidence``: ``None`` where it says nothing but that it was taken."""

    evidence: E | None = None
    request_ids: tuple[str, ...] = ()


class End(StrEnum):
    """What a look comes to."""

    WAITS = "waits"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUPERSEDED = "superseded"
    TIMED_OUT = "timed out"
    UNDONE = "undone"
    """It is certain that the effect never happened."""
    UNKNOWN = "unknown"
    """It cannot be told whether the effect happened."""
    ADOPTED = "adopted"
    """The answer was lost, but its effect was found: ``evidence`` is what the answer would have said."""


@dataclass(frozen=True)
class Left:
    """What a step leaves for the whole of its operation. ``after``: the state it found, by what that is of;
    ``captured``: what was read of why it ended so; ``tell``: its sentence is worth telling beside how many
    steps are done; ``timed``: its sentence says how long it took. ``cause``: of one that did not end well,
    why, in a clause that has no word for how it ended; ``None``: its sentence says it. ``broke``: what it
    started failed by itself."""

    after: Facts = field(default_factory=dict)
    captured: tuple[Log, ...] = ()
    tell: bool = False
    timed: bool = False
    cause: str | None = None
    broke: bool = False
    undo: Facts = field(default_factory=dict)
    """Of a step of a ``reversible`` operation: the arguments with which the same operation brings back what
    was there before. Each value is text, as it would be typed. Empty if there is nothing to bring back."""


@dataclass(frozen=True)
class Verdict(Generic[E]):
    """``evidence``: ``None`` where it is as before. ``until``: of one that waits, when to look again (on the
    decision clock)."""

    end: End
    sentence: str
    evidence: E | None = None
    left: Left = Left()
    until: datetime | None = None


def waits(until: datetime, sentence: str = "", evidence: E | None = None) -> Verdict[E]:
    return Verdict(End.WAITS, sentence, evidence, until=until)


Place = TypeVar("Place", contravariant=True)
"""Where a kind of step works: ``Scope`` (one environment) or ``Desk`` (the installation)."""


class StepKind(Protocol[Place, I, E]):
    """How one kind of step acts, is looked at and, for ``NEVER``, recovered.

    ``before`` reads what ``recover`` will need. ``act`` makes one outside call, no loop, no sleep; ``look``
    reads only. ``recover`` is asked when the answer to ``act`` was lost, and comes to ``ADOPTED``, ``WAITS``,
    ``UNDONE`` or ``UNKNOWN``. All may raise ``handlers.words.errors.Trouble``. A kind whose steps are counted
    as something better in a summary says so in ``counted`` (*services*); one whose words are to be read
    although all went well says so in ``aloud``; one that begins when those before it have ended, however they
    did, in ``regardless``; one that looks at what it changed itself, and not at whatever has its name in the
    environment by then, in ``by_id``.
    """

    name: str
    intent: type[I]
    evidence: type[E]
    repeat: Repeat
    deadline: timedelta
    first_look: timedelta
    """From the answer to the first look at the effect; zero: it is there with the answer."""

    def before(self, place: Place, on: str, intent: I) -> E: ...

    def act(self, place: Place, step: Begun[I, E]) -> Acted[E]: ...

    def look(self, place: Place, step: Begun[I, E]) -> Verdict[E]: ...

    def recover(self, place: Place, step: Begun[I, E]) -> Verdict[E]: ...
