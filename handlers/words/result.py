"""What an operation returns, and what the gate replies to whoever asked: one kind of value for each case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from handlers.words.message import Block, Offer, Status, TextFile
from handlers.words.plan import Plan
from policies.access.decision import NotAllowed
from policies.access.people import Role
from policies.record.lifecycle import State


@dataclass(frozen=True)
class Answer:
    """The result of a read. ``names`` holds the names of the environments or services that the answer lists,
    for a menu. ``status`` is the state of what was read, where that is one thing with a state. ``then`` is
    done once the read is recorded, and only then. ``shown`` says that the message whose button was pressed
    tells the same by itself.
    """

    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    names: tuple[str, ...] = ()
    status: Status = Status.ANSWERED
    then: Callable[[], object] | None = field(default=None, compare=False, repr=False)
    shown: bool = False
    file: TextFile | None = None
    """What the edge sends to this person alone. The edge adds where it is, or why it was not sent."""
    quotes: bool = False
    """Whether the answer has lines of a log, so that the read is recorded whatever its operation declares."""
    nothing: bool = False
    """Whether nothing was read, because it cannot be, so that no read is recorded whatever its operation
    declares.
    """


@dataclass(frozen=True)
class Standing:
    """A message that stands in a channel, by its ``ts``."""

    channel: str
    ts: str


@dataclass(frozen=True)
class Refusal:
    """The request was decided against, which always leaves an audit entry. ``in_the_way`` is the running
    operation that holds the lock, if that is the reason. ``told_by`` is the message that tells of that
    operation, if it has no message of its own. The ``offers`` are ways to go on. ``wants`` is the role with
    which the request would not have been refused, if that is the reason.
    """

    decision: NotAllowed
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    in_the_way: str = ""
    wants: Role | None = None
    told_by: Standing | None = None
    corrected: Mapping[str, str] = field(default_factory=dict)
    """The arguments that may have been meant, where it is a typing error: the gate adds the button."""

    @property
    def headline(self) -> str:
        return self.decision.told


@dataclass(frozen=True)
class Choice:
    """Nothing is done until the person takes one of the ``offers``."""

    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Unchanged:
    """The target already is as asked, or the question was answered before; nothing was done."""

    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Missing:
    """Nothing has that name, or none was said. A typing error is not a refusal, so no entry is left. ``near``
    is the one name that may have been meant, among those that the person may be told. ``among`` are all of
    those, if they are few.
    """

    headline: str
    near: str = ""
    among: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    unnamed: bool = False
    """No name was said where one is needed."""


@dataclass(frozen=True)
class Form:
    """Nothing is done until the person chooses and sends a moment. Then ``operation`` is asked for in
    ``environment``, until that moment, and decided then. ``initial`` is the moment that the form begins with.
    ``longest`` counts from the moment the form is sent. ``zone`` is the environment's time zone, in which the
    moment is written.
    """

    headline: str
    hint: str
    operation: str
    environment: str
    initial: datetime
    longest: timedelta
    zone: tzinfo


Result = Answer | Refusal | Choice | Unchanged | Missing | Form | Plan
"""What a handler returns."""


@dataclass(frozen=True)
class NotUnderstood:
    """An argument does not fit its operation. Nothing was asked for, so no entry is left."""

    headline: str


@dataclass(frozen=True)
class Failure:
    """Something outside did not answer, or refused. ``unasked`` says that AWS was not even asked, because the
    bot's own rate-limit buckets had no room; they will have room within seconds.
    """

    headline: str
    unasked: bool = False


@dataclass(frozen=True)
class Report:
    """The present state of an operation, opened just now or found again. The operation has a message of its
    own, or shares one with others of its kind; there, ``line`` tells its state without the place and the
    person.
    """

    operation_id: str
    state: State
    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    line: str = ""


Reply = Answer | Refusal | Choice | Unchanged | Missing | Form | NotUnderstood | Failure | Report
"""What the gate replies. ``handlers.tell.reply.message`` draws each kind."""
