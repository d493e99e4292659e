"""What people read, as values that an edge draws. All text is plain: `code` in back-ticks is the only
mark-up, and the edge escapes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """The word that leads a message. Every state of an operation (``policies.record.lifecycle``) has one."""

    ANSWERED = "answered"
    """The status of a read: no word leads the message, because its headline says everything."""
    ON = "on"
    OFF = "off"
    STARTING = "starting"
    PARTLY_UP = "partly up"
    UNKNOWN = "unknown"
    """The status, like ``STOPPING``, of an environment or a service that a read reports on."""
    NEEDS_CONFIRMATION = "needs confirmation"
    NEEDS_APPROVAL = "needs approval"
    NOT_FOUND = "not found"
    NOT_UNDERSTOOD = "not understood"
    BUSY = "busy"
    """Something else is being done there. *Refused*, in contrast, is for what a person may not do."""
    NOT_NOW = "not now"
    """In the present state nothing was done. The state changes by itself, or by what the message names."""
    OUT_OF_DATE = "out of date"
    """The status of a button that is used or too old, or that was made from data that has changed since."""
    NOT_POSSIBLE = "not possible"
    """This cannot be done to the target, whoever asks."""

    AWAITING_CONFIRMATION = "awaiting confirmation"
    AWAITING_APPROVAL = "awaiting approval"
    RUNNING = "running"
    REFUSED = "refused"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUCCEEDED = "succeeded"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    FAILED = "failed"
    ROLLED_BACK = "rolled back"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed out"
    INTERRUPTED = "interrupted"

    STOPPING_SOON = "stopping soon"
    STOPPING = "stopping"
    STOPPED = "stopped"
    STOPPED_IN_PART = "stopped in part"
    STARTED_AGAIN = "started again"
    KEPT_ON = "kept on"
    NOT_STOPPED = "not stopped"
    NOT_STARTED = "not started"
    OBSERVING = "observing"
    DRIFTED = "drifted"
    BUDGET = "budget"
    UNANSWERED = "unanswered"


LONGEST_LABEL = 75
"""The most characters of a button's label that Slack takes (facts/slack 2.1)."""


@dataclass(frozen=True)
class Offer:
    """An operation with bound arguments behind a button. The gate decides it again for whoever presses.

    ``once`` says that the first press uses the offer up. ``confirm`` is the question of the button's confirm
    dialog. ``plan_hash`` binds the offer to the plan that was shown; empty binds to none.
    """

    label: str
    operation: str
    environment: str = ""
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    once: bool = True
    style: str = ""
    confirm: str = ""
    plan_hash: str = ""
    expires_in: timedelta = timedelta(hours=1)
    id: str = ""
    """The store sets this opaque id when it records the offer."""
    opens: bool = False
    """The press opens a form at once: the bound operation is answered with a ``Form``."""


@dataclass(frozen=True)
class Text:
    """Lines beneath the headline, each a separate remark."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Asking(Text):
    """Lines that ask something ``about`` an environment. They stand only until that is answered, as the
    environment's buttons do.
    """

    about: str


@dataclass(frozen=True)
class Field:
    label: str
    value: str


@dataclass(frozen=True)
class Fields:
    pairs: tuple[Field, ...]


@dataclass(frozen=True)
class Table:
    """A table. ``links``: the web address behind the last cell of each row, empty for a row without one; no
    links at all, or as many as rows. Raises ``ValueError`` otherwise.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    links: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.links and len(self.links) != len(self.rows):
            raise ValueError("every row of a table with links has one, or an empty one")


@dataclass(frozen=True)
class Log:
    """Something captured from outside and redacted: event texts, log lines, a stopped reason.

    ``tail`` says that the last lines tell most: if not all can be shown, the last ones are kept, otherwise
    the first.
    """

    title: str
    lines: tuple[str, ...]
    tail: bool = False


@dataclass(frozen=True)
class TextFile:
    """A file of plain text for whoever asked, and for nobody else. ``name`` is its file name, and ``title``
    says what it is.
    """

    name: str
    title: str
    text: str


class ChartKind(StrEnum):
    LINE = "line"
    BAR = "bar"
    AREA = "area"
    PIE = "pie"


@dataclass(frozen=True)
class Series:
    """One value for each category of its chart. A series with an unknown value is left out."""

    name: str
    values: tuple[Decimal | int, ...]


@dataclass(frozen=True)
class Chart:
    """A picture of numbers, which an edge never shows without the numbers. ``unit`` is the unit of each
    value. A pie has one series, whose categories are its parts. Raises ``ValueError`` if a series does not
    have one value for each category.
    """

    title: str
    kind: ChartKind
    unit: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]

    def __post_init__(self) -> None:
        if any(len(each.values) != len(self.categories) for each in self.series):
            raise ValueError("every series of a chart has a value for every category")


Block = Text | Fields | Table | Log | Chart


@dataclass(frozen=True)
class Message:
    """What a person reads. ``headline`` is one sentence. ``people`` holds the Slack ids of those whom the
    message is for; the edge names them under it, so that they are notified. ``channels`` holds the ids of the
    channels that the message is about, linked next to the people. ``tells`` says that the headline names the
    status itself, so no word leads it. ``operation`` is the id of the operation whose audit entries the
    message leads to; nobody sees it. ``operations`` has the id and the target of each operation where the
    message tells of several.
    """

    status: Status
    headline: str
    blocks: tuple[Block, ...] = ()
    offers: tuple[Offer, ...] = ()
    people: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tells: bool = False
    operation: str = ""
    operations: tuple[tuple[str, str], ...] = ()


def blocks(*given: Block) -> tuple[Block, ...]:
    """Return the blocks that are not empty."""
    return tuple(block for block in given if _content(block))


def _content(block: Block) -> tuple[object, ...]:
    match block:
        case Text(lines) | Log(_, lines):
            return lines
        case Fields(pairs):
            return pairs
        case Table(rows=rows):
            return rows
        case Chart():
            return tuple(value for each in block.series for value in each.values)


def without_logs(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Drop what was captured: another company can read the channel, or the logs are shown separately."""
    return tuple(block for block in blocks if not isinstance(block, Log))
