"""The ports that the gate works with, wired once and passed in, never looked up."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handlers.gate.afterlife import reporting, told
from handlers.gate.aftermath import Ground
from handlers.gate.granters import granters
from handlers.gate.offering import recorded
from handlers.gate.pulse import Pulse
from handlers.gate.replicas import Replicas
from handlers.ports.book import Book
from handlers.ports.clock import Clock
from handlers.ports.desk import Desk
from handlers.ports.messages import MessageRows
from handlers.ports.scope import Scopes
from handlers.ports.slack import Messages, People, Posts
from handlers.ports.store import Audit, Catalog, CatalogState, Offers, OperationRecord, Operations, Records
from handlers.registry import Registry
from handlers.words.message import Message
from handlers.words.operation import Operation
from handlers.words.result import Report
from policies.access.granting import Granter
from policies.access.grants import Grant, held
from policies.access.people import Actor, Home
from policies.orphans.owners import contact
from policies.schedule.schedule import Holidays, Schedule, no_holidays
from policies.service.environment import Environment


@dataclass(frozen=True)
class Parts:
    """``new_id`` returns a fresh opaque id. ``per_minute`` is each person's budget of commands, of which each
    replica grants its share.
    """

    registry: Registry
    clock: Clock
    people: People
    messages: Messages
    scopes: Scopes
    catalog: Catalog
    operations: Operations
    records: Records
    audit: Audit
    offers: Offers
    book: Book
    message_rows: MessageRows
    new_id: Callable[[], str]
    home: Callable[[], Home]
    holidays: Callable[[Schedule], Holidays] = no_holidays
    posts: Posts | None = None
    """Posts what belongs to no operation; ``None`` without Slack."""
    link: Callable[[str, str], str] = lambda _channel, _ts: ""
    """Returns the address of the message with this ``ts`` in a channel; empty if it is not known."""
    running_on: tuple[str, ...] = ()
    """What Lamplighter itself runs on, and never stops: ``cluster/service`` and database ids."""
    pulse: Pulse = field(default_factory=Pulse)
    """When this process's clock last ran."""
    replicas: Replicas = field(default_factory=Replicas)
    command: str = "/env"
    per_minute: int = 30
    meter_every: timedelta = timedelta(minutes=15)
    """How often the meter looks at an environment; zero means never."""
    on_defect: Callable[[str, Exception], None] = lambda _what, _error: None
    """Is told of exceptions other than ``Trouble``: defects, for the log."""

    def grants_of(self, actor: Actor, state: CatalogState, now: datetime) -> tuple[Grant, ...]:
        allowed = state.settings.get("group_admins") == "true"
        return held(actor, state.grants, now=now, group_admins=allowed, terminals=state.terminals)

    def desk(self, actor: Actor, state: CatalogState, *, channel: str = "") -> Desk:
        now = self.clock.now()
        return Desk(
            actor=actor,
            now=now,
            state=state,
            mine=self.grants_of(actor, state, now),
            operations=tuple(o.demanding(state.settings) for o in self.registry.operations.values()),
            catalog=self.catalog,
            audit=self.audit,
            records=self.records,
            scopes=self.scopes,
            book=self.book,
            holidays=self.holidays,
            clock_ran=self.pulse.last,
            command=self.command,
            channel=channel,
            meter_every=self.meter_every,
            posts=self.posts,
            offered=lambda offers: recorded(self.offers, offers, state, now),
            granters=lambda place: self.granters(state, place, now),
            on_defect=self.on_defect,
            links=self._links,
        )

    def _links(self, operation_ids: Collection[str]) -> dict[str, str]:
        rows = {row.operation_id: row.place for row in self.message_rows.these(operation_ids)}
        return {id_: self.link(*place) for id_, place in rows.items() if place[1]}

    def granters(self, state: CatalogState, place: Environment, now: datetime) -> tuple[Granter, ...]:
        """Return who could grant a role there; the owner comes first, if they can."""
        owner = contact(place, self.book.orphans.owners.all().get(place.name))
        known = owner.user if owner else ""
        return granters(self.people, self.home(), state, place, now=now, owner=known)

    def report(self, record: OperationRecord) -> Report:
        """Return the report of an operation as it stands, with what its declaration says can be done about
        it.
        """
        return reporting(self.ground, self.clock.now)(record)

    def told(self, records: Sequence[OperationRecord]) -> Message:
        """What the one message of these operations says now, the oldest first."""
        return told(self.ground, records, self.clock.now())

    @property
    def ground(self) -> Ground:
        """What is needed to read what became of operations."""
        moves = frozenset(o.name for o in self.registry.operations.values() if o.brings)
        return Ground(self.book, self.records, self.catalog, self.registry.named, self.holidays, moves)

    def at_once(self, record: OperationRecord) -> bool:
        """Return whether all that the operation does takes effect as soon as it is written, and its lock is
        held only for a moment.
        """
        kinds = [self.registry.step_kinds.get(step.step.kind) for step in record.steps]
        return bool(kinds) and all(getattr(kind, "at_once", False) for kind in kinds)

    def operation(self, name: str) -> Operation | None:
        return self.registry.named(name)
