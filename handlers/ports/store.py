"""The database, as the gate sees it: catalog, operations, audit, offers, messages.

Every method may raise ``handlers.words.errors.StoreLost``. Nothing outside the database is called inside a
transaction; callbacks given to a method are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from handlers.words.message import Offer
from handlers.words.plan import Facts, Plan
from handlers.words.request import Request
from handlers.words.step import StepRecord
from policies.access.decision import Decision, NotAllowed, Refused
from policies.access.grants import Grant
from policies.cost.budgets import BudgetRow
from policies.record.endings import Ended
from policies.record.evidence import Entry
from policies.record.lifecycle import State
from policies.schedule.claims import Claim
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Environment


@dataclass(frozen=True)
class CatalogState:
    """Everything configured, as it stands at one moment."""

    environments: tuple[Environment, ...] = ()
    grants: tuple[Grant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    slack_settings: frozenset[str] = frozenset()
    """Names of the settings whose origin is ``slack``; the others came from a file."""
    schedules: tuple[ScheduleRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()

    def environment(self, name: str) -> Environment | None:
        return next((e for e in self.environments if e.name == name), None)


@dataclass(frozen=True)
class CatalogChange:
    """Rows to put (insert or replace, by key) and to remove. Environment: by name; grant: by subject,
    pattern and origin; setting: by name, and one of another origin than ``settings_origin`` stays; schedule:
    by pattern and origin; budget: by pattern."""

    put_environments: tuple[Environment, ...] = ()
    remove_environments: tuple[str, ...] = ()
    put_grants: tuple[Grant, ...] = ()
    remove_grants: tuple[Grant, ...] = ()
    put_settings: Mapping[str, str] = field(default_factory=dict)
    remove_settings: tuple[str, ...] = ()
    settings_origin: str = "file"
    put_schedules: tuple[ScheduleRow, ...] = ()
    remove_schedules: tuple[ScheduleRow, ...] = ()
    put_budgets: tuple[BudgetRow, ...] = ()
    remove_budgets: tuple[str, ...] = ()


class Catalog(Protocol):
    def read(self) -> CatalogState: ...

    def version(self) -> int:
        """The seq of the newest audit entry: it has grown once a change of the catalog or of an override is
        recorded, so what was read at an equal version still stands. Cheap. Ask it before reading."""
        ...

    def write(self, change: CatalogChange) -> None:
        """All of it or nothing; the generation of each environment put grows by one. Safe to repeat: a row
        that already is as wanted keeps its generation. Of one that is removed nobody remembers whom to ask,
        nor how it was looked at; one that comes back after that, or is in another place now
        (``policies.service.environment.same_place``), has no finding of the one before by its name, nor what
        people answered to that."""
        ...


@dataclass(frozen=True)
class OperationRecord:
    """An operation as its row has it, with its steps. ``target`` is never empty: ``*`` is the whole."""

    id: str
    name: str
    environment: str
    target: str
    conflicts: str
    arguments: Mapping[str, str]
    actor_id: str
    actor_name: str
    source: str
    channel: str
    state: State
    doing: str
    opened_at: datetime
    plan_hash: str
    fence: int
    next_look: datetime
    steps: tuple[StepRecord, ...]
    before: Facts = field(default_factory=dict)
    after: Facts = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    summary: str = ""
    closed_at: datetime | None = None
    generation: int = 0
    """Of the environment when it was opened; 0 for the installation."""


@dataclass(frozen=True)
class Opening:
    """What OPEN writes, if it is decided so. ``lease_seconds`` is on the database's clock."""

    id: str
    request: Request
    operation: str
    environment: str
    target: str
    conflicts: str
    plan: Plan
    arguments: Mapping[str, str]
    message_channel: str
    """Where its message is to be shown; empty: nowhere (console)."""
    entry: Entry
    """The entry *started*, complete but for the decision, which is filled in from ``decide``."""
    now: datetime
    generation: int = 0
    claim: Claim | None = None
    """Of the clock: written in the same transaction. One that was opened, skipped or observed before is
    answered ``Seen``; a postponed one becomes *opened*."""
    cancels: tuple[str, ...] = ()
    """Names of operations that are not in its way: a running one is closed as cancelled, with its entry, in
    the same transaction, by this actor."""
    told_by: str = ""
    """The ``ts`` of a message in that channel which tells of it; empty: it is to have one of its own."""


@dataclass(frozen=True)
class Opened:
    record: OperationRecord


@dataclass(frozen=True)
class Seen:
    """This delivery was handled before; the operation it opened, if it opened one."""

    operation_id: str


@dataclass(frozen=True)
class Busy:
    """Another operation holds the lock."""

    record: OperationRecord


@dataclass(frozen=True)
class Spent:
    """The offer was used, has expired or belongs to an older state of the environment. It is recorded."""

    decision: Refused


@dataclass(frozen=True)
class TurnedDown:
    """Decided against inside the transaction; the refusal is recorded."""

    decision: NotAllowed


OpenResult = Opened | Seen | Busy | Spent | TurnedDown


@dataclass(frozen=True)
class Closing:
    state: State
    summary: str
    entry: Entry
    after: Facts
    now: datetime
    announce: str = ""
    """A channel in which its end is told, of an operation that had no message until now."""
    live: bool = False
    """Whether what it left goes on, so that its message is drawn once more when that is over."""


class Operations(Protocol):
    """The write side. All but ``open`` and ``due`` act only while ``record.fence`` is still the row's."""

    def open(self, opening: Opening, decide: Callable[[CatalogState], Decision]) -> OpenResult:
        """One gate transaction: delivery key, offer, ``decide`` on the catalog as it stands in there, lock,
        operation, steps, message row, whose message it joins, and entry. *Busy* and *TurnedDown* leave a
        refused entry."""
        ...

    def take(self, operation_id: str) -> OperationRecord | None:
        """Renew our hold, or take over one whose lease is past (fence + 1). ``None`` if closed or held by
        another."""
        ...

    def mark(self, record: OperationRecord, step: StepRecord, next_look: datetime) -> bool:
        """Write one step and the time of the next look, and renew the lease; false if the fence moved."""
        ...

    def close(self, record: OperationRecord, closing: Closing) -> bool:
        """Running to its end state, with its entry, in one gate transaction; false if not ours any more."""
        ...

    def due(self, now: datetime) -> Sequence[str]:
        """Ids of running operations whose next look is due and that we hold, or whose lease is past."""
        ...


class Records(Protocol):
    """The read side."""

    def find(self, operation_id: str) -> OperationRecord | None: ...

    def these(self, operation_ids: Collection[str]) -> Sequence[OperationRecord]:
        """Those of them that are there, oldest first; in as many queries however many they are."""
        ...

    def opened(
        self, names: Collection[str], environments: Collection[str], since: datetime
    ) -> Sequence[OperationRecord]:
        """Operations of these names in these environments that were opened at ``since`` or later, oldest
        first."""
        ...

    def running(self, environments: Sequence[str]) -> Sequence[OperationRecord]: ...

    def ended(self, environments: Collection[str], since: datetime, until: datetime) -> Sequence[Ended]:
        """Those that closed in these environments from ``since`` on and before ``until``, in that order."""
        ...


@dataclass(frozen=True)
class AuditQuery:
    """Filters; empty means any. ``since`` inclusive, ``until`` exclusive. Newest first."""

    environments: tuple[str, ...] = ()
    actor: str = ""
    operation: str = ""
    operation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    before_seq: int = 0
    """Only entries with a smaller seq (0: from the newest)."""
    people: bool = False
    """Only those of people in Slack."""


@dataclass(frozen=True)
class RecordedEntry:
    seq: int
    hash: str
    entry: Entry


class Audit(Protocol):
    def append(self, entry: Entry, *, delivery: str = "") -> int:
        """One entry in one gate transaction; its seq. With a ``delivery`` already seen: 0, nothing done."""
        ...

    def turn_away(self, entry: Entry) -> None:
        """Like ``append`` for people who are not let in: at most one entry per actor and minute, carrying
        the count of all refused since the one before."""
        ...

    def entries(self, query: AuditQuery) -> Sequence[RecordedEntry]: ...


@dataclass(frozen=True)
class StoredOffer:
    offer: Offer
    environment: str
    generation: int
    expires_at: datetime
    spent_by: str = ""


class Offers(Protocol):
    def record(self, offers: Sequence[Offer], *, generation: int, now: datetime) -> tuple[Offer, ...]:
        """The same offers with their ids."""
        ...

    def find(self, offer_id: str) -> StoredOffer | None: ...


@dataclass(frozen=True)
class MessageRow:
    """The message of one operation: where, and how far behind it is. ``ts`` empty: not posted yet."""

    operation_id: str
    channel: str
    ts: str
    version_wanted: int
    version_shown: int
    final: bool
    """Whether the operation has closed; end states are shown first."""
    detail_ts: str = ""
    """The thread reply with evidence, once posted."""
    given_up: str = ""
    """Why Slack will never take it; empty while it may."""
    live: bool = False
    """Whether it speaks of something that goes on after its operation has closed, such as an override."""
    told_by: str = ""
    """The ``ts`` of the message that tells of it in its place, as long as it goes well."""
    stands: str = ""
    """Of one that is live: a digest of how that stood when it was looked at last."""
    joined: str = ""
    """The operation whose message it joined, which tells of both; empty: it has one of its own."""
    drawn: int = 0
    """How often its message was posted or edited, by whichever process."""


@dataclass(frozen=True)
class Followed:
    """How what a live message speaks of stands. ``stands``: a digest of it; ``again``: whether the message is
    to be drawn again; ``over``: whether the message is live no more."""

    operation_id: str
    stands: str
    again: bool
    over: bool


POSTED_ALONE = timedelta(seconds=10)
"""How long, on the decision clock, whoever opened an operation posts its message alone: another replica's
tick that posted it meanwhile would post it a second time."""


class MessageRows(Protocol):
    def find(self, operation_id: str) -> MessageRow | None: ...

    def together(self, operation_id: str) -> Sequence[MessageRow]:
        """The rows of all operations that the message of this one tells of, itself among them: first the one
        whose message it is, then those that joined it. Empty if it has no message."""
        ...

    def behind(self, now: datetime, limit: int) -> Sequence[MessageRow]:
        """Rows whose shown version lags and whose next try is due; closed operations first. Of those given
        up only closed ones: their end is still to be told to whoever asked."""
        ...

    def live(self) -> Sequence[MessageRow]:
        """Those that speak of something that goes on still."""
        ...

    def follow(self, found: Sequence[Followed]) -> None:
        """In one transaction, for each that is live still. A repeat changes nothing once it is over."""
        ...

    def drew(self, row: MessageRow) -> None:
        """Its message was posted or edited, from what was read with ``row``. If another process did so since,
        an older state may stand over a newer one: then the message is a version further behind."""
        ...

    def shown(self, row: MessageRow) -> None:
        """Record channel, ts, version shown and detail_ts."""
        ...

    def postpone(self, operation_id: str, until: datetime) -> None: ...

    def give_up(self, operation_id: str, reason: str) -> None:
        """Slack will never take it there (channel gone, not a member)."""
        ...


class Lease(StrEnum):
    """Whose a named lease is."""

    RENEWED = "renewed"
    """Ours, as it was: nobody else has held it since this process took it."""
    TAKEN = "taken"
    """Ours from now on: what this process remembers of an earlier time may be wrong."""
    ANOTHERS = "another's"


class Leases(Protocol):
    def hold(self, name: str, seconds: float) -> Lease:
        """Take or renew a named lease for this process, on the database's clock, unless another holds it."""
        ...

    def attend(self, seconds: float) -> int:
        """This process is here for so many seconds from now; how many are, itself among them."""
        ...

    def release(self) -> None:
        """Give back every lease and every hold of this process (SIGTERM)."""
        ...
