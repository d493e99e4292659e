"""A step is one outside effect. This module declares how a kind of step acts and is looked at, what is known
of a step, and what a look returns.
"""

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
    """The second call has the same end: call again."""
    TOKEN = "token"
    """The service deduplicates by a client token: call again with the same token."""
    NEVER = "never"
    """The second call would act twice: look for the effect, never call again."""


class StepState(StrEnum):
    PLANNED = "planned"
    BEGAN = "began"
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUPERSEDED = "superseded"
    TIMED_OUT = "timed out"
    PARTIAL = "partial"
    UNDONE = "undone"
    UNKNOWN = "unknown"
    LEFT_OUT = "left out"
    """The step never began, because a step that it depends on did not succeed."""

    @property
    def ended(self) -> bool:
        return self not in (StepState.PLANNED, StepState.BEGAN)

    @property
    def missed(self) -> bool:
        """Whether the step has ended otherwise than it was to end."""
        return self.ended and self is not StepState.DONE


@dataclass(frozen=True)
class StepRecord:
    """A step as its row holds it. ``fence`` is the lock holder's fence when the step began; ``evidence`` is
    what came back.
    """

    position: int
    step: Step
    state: StepState = StepState.PLANNED
    before: Facts = field(default_factory=dict)
    evidence: Facts = field(default_factory=dict)
    answered: bool = False
    """Whether the outside call's answer was recorded. A kill leaves ``BEGAN`` without an answer."""
    sentence: str = ""
    fence: int = 0
    began_at: datetime | None = None
    ended_at: datetime | None = None


I = TypeVar("I")  # noqa: E741 (an intent)
E = TypeVar("E")
"""``I`` is an intent: what a step is to do, as planned. ``E`` is an evidence: what is known of what the step
did. Both are frozen dataclasses; every field of an evidence has a default, which means that the fact is not
known.
"""


@dataclass(frozen=True)
class Nothing:
    """The intent of a step that needs only its name, or the evidence of a step that leaves none."""


@dataclass(frozen=True)
class Begun(Generic[I, E]):
    """A step that began, as its kind sees it. ``before`` is what was read before its call; ``evidence`` is
    what is known since.
    """

    on: str
    intent: I
    before: E
    evidence: E
    began_at: datetime
    position: int = 0
    """Its place in the plan; with the operation's id it names the step."""
    repeated: bool = False
    """For ``act``: an earlier call with this evidence got no answer, and may have had its effect."""


@dataclass(frozen=True)
class Acted(Generic[E]):
    """The answer to the outside call. ``evidence`` is ``None`` if the answer only acknowledges the call."""

    evidence: E | None = None
    request_ids: tuple[str, ...] = ()


class End(StrEnum):
    """What a look returns."""

    WAITS = "waits"
    AGAIN = "again"
    """Only for ``SAFE``: a slice of the work is done, and the next one is to be acted on now. The evidence is
    recorded before that call, as an intent is."""
    DONE = "done"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUPERSEDED = "superseded"
    TIMED_OUT = "timed out"
    PARTIAL = "partial"
    """A part was done for good, and the rest is left."""
    UNDONE = "undone"
    """The effect certainly never happened."""
    UNKNOWN = "unknown"
    """Nobody can tell whether the effect happened."""
    ADOPTED = "adopted"
    """The answer was lost, but its effect was found: ``evidence`` is what the answer would have said."""


@dataclass(frozen=True)
class Left:
    """What a step contributes to its whole operation. ``after`` is the state that the step found, by the name
    of what has that state. ``captured`` is what was read about why the step ended so. ``tell`` says that its
    sentence is worth telling next to the number of steps done. ``timed`` says that its sentence includes how
    long the step took. ``cause`` is the reason of a step that did not succeed, in a clause without a word for
    how it ended; ``None`` if its sentence gives the reason. ``broke`` says that what the step started failed
    by itself.
    """

    after: Facts = field(default_factory=dict)
    captured: tuple[Log, ...] = ()
    tell: bool = False
    timed: bool = False
    cause: str | None = None
    broke: bool = False
    undo: Facts = field(default_factory=dict)
    """Of a step of a ``reversible`` operation: the arguments with which the same operation brings back what
    was there before. Each value is text, as it would be typed. Empty if there is nothing to bring back."""
    onward: Facts = field(default_factory=dict)
    """The ``operation``, and its ``target``, without which what was done is not in effect: the restart of a
    service that reads a flag when its tasks start. Empty if nothing more is needed."""
    ends: Facts = field(default_factory=dict)
    """Of a step under way: the arguments of the operation that ends it (``Operation.stopped_by``), as text.
    Empty while nothing can be ended."""
    again: bool = False
    """Nothing was done, for a reason that passes: the message offers to ask for the same once more."""


@dataclass(frozen=True)
class Verdict(Generic[E]):
    """The result of a look. ``evidence`` is ``None`` if unchanged. ``until`` says when to look again at a
    step that waits (on the decision clock).
    """

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

    ``before`` reads what ``recover`` will need. ``act`` makes one outside call, without a loop or a sleep.
    ``look`` only reads. ``recover`` is asked when the answer to ``act`` was lost, and returns ``ADOPTED``,
    ``WAITS``, ``UNDONE`` or ``UNKNOWN``. All may raise ``handlers.words.errors.Trouble``.

    A kind may set five more attributes. ``counted`` is a better noun for its steps in a summary (*services*).
    ``aloud`` says that its words are shown even if everything succeeded. ``regardless`` says that its step
    begins once those before it have ended, however they ended. ``by_id`` says that it looks at exactly what
    it changed, and not at whatever has that name in the environment by then. ``at_once`` says that it touches
    nothing but the database, and has taken effect when it was written there.
    """

    name: str
    intent: type[I]
    evidence: type[E]
    repeat: Repeat
    deadline: timedelta
    first_look: timedelta
    """From the answer to the first look at the effect; zero if the effect is there with the answer."""

    def before(self, place: Place, on: str, intent: I) -> E: ...

    def act(self, place: Place, step: Begun[I, E]) -> Acted[E]: ...

    def look(self, place: Place, step: Begun[I, E]) -> Verdict[E]: ...

    def recover(self, place: Place, step: Begun[I, E]) -> Verdict[E]: ...
