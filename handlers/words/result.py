"""What an operation comes to, and what the gate replies to whoever asked: one kind of value for each case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from handlers.words.message import Block, Offer, Status
from handlers.words.plan import Plan
from policies.access.decision import NotAllowed
from policies.access.people import Role
from policies.record.lifecycle import State


@dataclass(frozen=True)
class Answer:
    """What was asked for, read. ``names``: of the environments or services it lists, for a menu. ``status``:
    of what was read, where it is one thing that has a state."""

    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    names: tuple[str, ...] = ()
    status: Status = Status.ANSWERED


@dataclass(frozen=True)
class Standing:
    """A message that stands in a channel, by its ``ts``."""

    channel: str
    ts: str


@dataclass(frozen=True)
class Refusal:
    """It was decided against, which is always an audit entry. ``in_the_way``: the running operation that
    holds the lock, where that is why; ``told_by``: the message that tells of that, where it has none of its
    own. The ``offers`` are ways on. ``wants``: the role with which it would not have been refused, where that
    is why."""

    decision: NotAllowed
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    in_the_way: str = ""
    wants: Role | None = None
    told_by: Standing | None = None

    @property
    def headline(self) -> str:
        return self.decision.told


@dataclass(frozen=True)
class Choice:
    """Nothing is done until one of the ``offers`` is taken."""

    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Unchanged:
    """It is so already, or was answered before; nothing was done."""

    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Missing:
    """Nothing of that name. Whoever mistypes is refused nothing, so no entry is left. ``near``: the one name
    that may have been meant, among those that may be told."""

    headline: str
    near: str = ""
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class Form:
    """Nothing is done until a moment is chosen and sent: then ``operation`` is asked for in ``environment``,
    until that moment, and decided then. ``initial``: the moment it begins with; ``longest``: from the moment
    it is sent; ``zone``: of the environment, in which the moment is written down."""

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
    """An argument is not what its operation takes. Nothing was asked for, so no entry is left."""

    headline: str


@dataclass(frozen=True)
class Failure:
    """Something outside did not answer, or refused. ``unasked``: AWS was not even asked, because our own
    buckets had no room; they have in seconds."""

    headline: str
    unasked: bool = False


@dataclass(frozen=True)
class Report:
    """An operation as it stands: opened just now, or met again. It has a message of its own, or stands in one
    beside others of its kind, where its ``line`` says it without the place and without whoever asked."""

    operation_id: str
    state: State
    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    line: str = ""


Reply = Answer | Refusal | Choice | Unchanged | Missing | Form | NotUnderstood | Failure | Report
"""What the gate says. Each is drawn by ``handlers.tell.reply.message``."""
