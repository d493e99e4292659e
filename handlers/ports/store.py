"""The database, as the gate sees it: catalog, operations, audit, offers, messages.

Every method may raise ``handlers.words.errors.StoreLost``. Nothing outside the database is called inside a
transaction; callbacks given to a method are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from handlers.words.message import Offer
from handlers.words.plan import Facts, Plan
from handlers.words.request import Request
from handlers.words.step import StepRecord
from policies.access.decision import Decision, NotAllowed, Refused
from policies.access.grants import Grant
from policies.access.terminals import Terminal
from policies.cost.budgets import BudgetRow
from policies.record.endings import Ended
from policies.record.evidence import Entry
from policies.record.lifecycle import State
from policies.schedule.claims import Claim
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Environment


@dataclass(frozen=True)
class CatalogState:
    """Everything configured, as of one moment."""

    environments: tuple[Environment, ...] = ()
    grants: tuple[Grant, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    slack_settings: frozenset[str] = frozenset()
    """The names of the settings whose origin is ``slack``; the others came from a file."""
    schedules: tuple[ScheduleRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()
    terminals: tuple[Terminal, ...] = ()

    def environment(self, name: str) -> Environment | None:
        return next((e for e in self.environments if e.name == name), None)


@dataclass(frozen=True)
class CatalogChange:
    """Rows to put (insert or replace, by key) and to remove. The keys: of an environment, its name; of a
    grant, its subject, pattern and origin; of a setting, its name; of a schedule, its pattern and origin; of
    a budget, its pattern; of a terminal, its ARN. A setting of another origin than ``settings_origin`` stays.
    """

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
    put_terminals: tuple[Terminal, ...] = ()
    remove_terminals: tuple[str, ...] = ()


class Catalog(Protocol):
    def read(self) -> CatalogState: ...

    def version(self) -> int:
        """Return the seq of the newest audit entry. The seq has grown once a change of the catalog or of an
        override is recorded, so what was read at an equal version still holds. Cheap. Ask for the version
        before reading.
        """
        ...

    def write(self, change: CatalogChange) -> None:
        """Write all of a change or nothing; the generation of each environment put grows by one. A repeat is
        safe: a row that already is as wanted keeps its generation.

        Removing an environment also removes its owner and its last look. An environment that comes back after
        that, or that is now in another place (``policies.service.environment.same_place``), starts without
        the finding on the earlier one of that name, and without the answers to it.
        """
        ...


@dataclass(frozen=True)
class OperationRecord:
    """An operation as its row has it, with its steps. ``target`` is never empty: ``*`` means everything."""

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
    """The generation of the environment at opening; 0 for the installation."""


@dataclass(frozen=True)
class Opening:
    """What OPEN writes if the decision allows it."""

    id: str
    request: Request
    operation: str
    environment: str
    target: str
    conflicts: str
    plan: Plan
    arguments: Mapping[str, str]
    message_channel: str
    """The channel where the operation's message is to be shown; empty for none (console)."""
    entry: Entry
    """The entry *started*, complete except for the decision, which is filled in from ``decide``."""
    now: datetime
    generation: int = 0
    claim: Claim | None = None
    """The clock's claim, written in the same transaction. A claim that was opened, skipped or observed before
    is answered with ``Seen``; a postponed one becomes *opened*.
    """
    cancels: tuple[str, ...] = ()
    """The names of operations that do not block this one: a running one is closed as cancelled by this actor,
    with its entry, in the same transaction.
    """
    apart: bool = False
    """The operation has a message of its own, and joins none."""
    told_by: str = ""
    """The ``ts`` of a message in that channel which tells of the operation; empty if the operation is to have
    a message of its own.
    """


@dataclass(frozen=True)
class Opened:
    record: OperationRecord


@dataclass(frozen=True)
class Seen:
    """This delivery was handled before. ``operation_id``: the operation that it opened; empty if it opened
    none.
    """

    operation_id: str


@dataclass(frozen=True)
class Busy:
    """Another operation holds the lock."""

    record: OperationRecord


@dataclass(frozen=True)
class Spent:
    """The offer was used, has expired or belongs to an older state of the environment. The refusal is
    recorded.
    """

    decision: Refused


@dataclass(frozen=True)
class TurnedDown:
    """The decision inside the transaction was against it; the refusal is recorded."""

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
    """The channel in which the end is told, for an operation that had no message until now."""
    live: bool = False
    """Whether what the operation left goes on, so that its message is drawn once more when that is over."""


class Operations(Protocol):
    """The write side. All methods except ``open`` and ``due`` act only while ``record.fence`` is still the
    row's.
    """

    def open(self, opening: Opening, decide: Callable[[CatalogState], Decision]) -> OpenResult:
        """Do everything in one gate transaction: delivery key, offer, ``decide`` on the catalog as read in
        the transaction, lock, operation, steps, message row (with the message that the operation joins) and
        entry. *Busy* and *TurnedDown* leave a refused entry.
        """
        ...

    def take(self, operation_id: str) -> OperationRecord | None:
        """Renew our hold, or take over an operation whose lease has expired (fence + 1). ``None`` if the
        operation is closed or held by another process.
        """
        ...

    def mark(self, record: OperationRecord, step: StepRecord, next_look: datetime) -> bool:
        """Write one step and the time of the next look, and renew the lease; false if the fence moved."""
        ...

    def close(self, record: OperationRecord, closing: Closing) -> bool:
        """Bring a running operation to its end state, with its entry, in one gate transaction; false if the
        operation is no longer ours.
        """
        ...

    def due(self, now: datetime) -> Sequence[str]:
        """Return the ids of running operations whose next look is due and that we hold, or whose lease has
        expired.
        """
        ...


class Records(Protocol):
    """The read side."""

    def find(self, operation_id: str) -> OperationRecord | None: ...

    def these(self, operation_ids: Collection[str]) -> Sequence[OperationRecord]:
        """Return those of them that exist, oldest first; the number of queries does not depend on how many
        there are.
        """
        ...

    def opened(
        self, names: Collection[str], environments: Collection[str], since: datetime
    ) -> Sequence[OperationRecord]:
        """Return the operations of these names in these environments that were opened at ``since`` or later,
        oldest first.
        """
        ...

    def concerning(
        self, environment: str, on: str, limit: int, *, without: Collection[str] = ()
    ) -> Sequence[OperationRecord]:
        """Return the operations of this environment that have a step on this (a service, by its name; if
        empty, on anything), newest first, at most so many. ``without``: the names of operations that do not
        count.
        """
        ...

    def running(self, environments: Sequence[str]) -> Sequence[OperationRecord]: ...

    def ended(self, environments: Collection[str], since: datetime, until: datetime) -> Sequence[Ended]:
        """Return the operations of these environments that closed at ``since`` or later and before ``until``,
        in that order.
        """
        ...


@dataclass(frozen=True)
class AuditQuery:
    """Filters; empty means any. ``since`` is inclusive, ``until`` exclusive. Newest first."""

    environments: tuple[str, ...] = ()
    actor: str = ""
    operation: str = ""
    operation_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 100
    before_seq: int = 0
    """Only entries with a smaller seq; 0 starts from the newest."""
    people: bool = False
    """Only entries of people in Slack."""


@dataclass(frozen=True)
class RecordedEntry:
    seq: int
    hash: str
    entry: Entry


class Audit(Protocol):
    def append(self, entry: Entry, *, delivery: str = "") -> int:
        """Append one entry in one gate transaction and return its seq. For a ``delivery`` already seen, does
        nothing and returns 0.
        """
        ...

    def turn_away(self, entry: Entry) -> None:
        """Append an entry for a person who is not let in: at most one entry per actor and minute, with the
        count of all refusals since the entry before.
        """
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
        """Record the offers and return them with their ids."""
        ...

    def find(self, offer_id: str) -> StoredOffer | None: ...


class Lease(StrEnum):
    """Who holds a named lease."""

    RENEWED = "renewed"
    """The lease is still ours: nobody else has held it since this process took it."""
    TAKEN = "taken"
    """The lease is ours from now on: what this process remembers from before may be wrong."""
    ANOTHERS = "another's"


class Leases(Protocol):
    def hold(self, name: str, seconds: float) -> Lease:
        """Take or renew a named lease for this process, on the database's clock, unless another process holds
        it.
        """
        ...

    def attend(self, seconds: float) -> int:
        """Record that this process is here for so many seconds from now; return how many processes are,
        including this one.
        """
        ...

    def release(self) -> None:
        """Release every lease and every hold of this process (SIGTERM)."""
        ...
