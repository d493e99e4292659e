"""Evidence: appending, reading, turning away, and pruning through a sealed checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from bot.db.chain import Chain
from bot.db.checkpoints import Checkpoint, read_checkpoints
from bot.db.pruning.evidence import Nothing, Removable, refuse_role, removable, remove
from bot.db.store import unbound
from bot.db.tables import audit_entries, deliveries, turned_away
from bot.db.verification import Verification, verify_chain
from handlers.gate.judgement import another_minute
from handlers.ports.store import AuditQuery, RecordedEntry
from policies.access.people import OF_SLACK
from policies.record.evidence import Entry, canonical, parse

UNREADABLE = Entry(
    at=datetime.fromtimestamp(0, UTC),
    kind="unreadable",
    actor="",
    actor_name="?",
    source="",
    operation="?",
    summary="cannot be read; `lamplighter audit verify` says what is wrong",
)
"""Stands for an entry that is not what was written, so that one broken entry does not hide the others."""


class SqlAudit:
    """``handlers.ports.store.Audit``."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._store = chain.store

    def append(self, entry: Entry, *, delivery: str = "") -> int:
        with self._chain.transaction() as links:
            if delivery and not _first(links.connection, delivery, entry):
                return 0
            return links.append(entry)

    def turn_away(self, entry: Entry) -> None:
        """The minute runs from the actor's last entry, on the decision clock. Most of a flood ends in the
        first, small transaction and never queues for the chain."""
        if self._owe(entry):
            return
        with self._chain.transaction() as links:
            connection, this = links.connection, turned_away.c.actor == entry.actor
            row = connection.execute(select(turned_away).where(this)).one_or_none()
            if row is None:
                connection.execute(insert(turned_away).values(actor=entry.actor, told_at=entry.at, owed=0))
            elif not another_minute(row.told_at, entry.at):
                connection.execute(update(turned_away).where(this).values(_owing(entry)))
                return
            else:
                connection.execute(update(turned_away).where(this).values(_settled(entry.at)))
            links.append(replace(entry, count=entry.count + (row.owed if row else 0)))

    def settle(self, now: datetime) -> int:
        """Write one entry for each actor who is owed one and whose minute is over. Returns how many were
        written."""
        over = turned_away.c.told_at <= now - timedelta(minutes=1)
        with self._store.read() as connection:
            owed = connection.execute(select(turned_away.c.actor).where(over, turned_away.c.owed > 0))
            actors = list(owed.scalars())
        return sum(self._settle(actor, now) for actor in actors)

    def entries(self, query: AuditQuery) -> Sequence[RecordedEntry]:
        with self._store.read() as connection:
            rows = connection.execute(_selected(query)).all()
        return [RecordedEntry(row.seq, row.hash, _read(row.body)) for row in rows]

    def verify(self, head: tuple[int, str] | None = None) -> Verification:
        """Walk the whole chain, against a head (seq, hash) seen elsewhere where one is given."""
        with self._store.read() as connection:
            return verify_chain(connection, key=self._chain.key, head=head)

    def pruned(self) -> Checkpoint | None:
        """The last entry up to which entries were removed; ``None`` if none ever were."""
        with self._store.read() as connection:
            return read_checkpoints(connection).standing

    def removable(self, before: datetime) -> Removable | Nothing:
        """What ``prune`` may remove if everything older than ``before`` is to go. Raises ``NotPruned`` if
        the chain does not verify, or if this role may not prune."""
        with self._store.read() as connection:
            refuse_role(connection)
            unbound(connection)
            return removable(connection, before, verify_chain(connection, key=self._chain.key))

    def prune(self, through: int, entry: Entry) -> int:
        """Remove every entry up to ``through`` and return how many there were. ``entry`` says who did it
        and why; it is appended and seals the checkpoint. Raises ``NotPruned`` if that must not be; then
        nothing was changed."""
        with self._store.read() as connection:
            refuse_role(connection)
            found = verify_chain(connection, key=self._chain.key)
        with self._chain.transaction() as links:
            return remove(links, through, entry, found)

    def _owe(self, entry: Entry) -> bool:
        """Count it, if this actor's last entry is of this minute."""
        minute = timedelta(minutes=1)
        within = (
            update(turned_away)
            .where(turned_away.c.actor == entry.actor)
            .where(turned_away.c.told_at > entry.at - minute, turned_away.c.told_at < entry.at + minute)
        )
        with self._store.step_transaction() as connection:
            return connection.execute(within.values(_owing(entry))).rowcount == 1

    def _settle(self, actor: str, now: datetime) -> int:
        with self._chain.transaction() as links:
            this = turned_away.c.actor == actor
            row = links.connection.execute(
                select(turned_away).where(this).where(turned_away.c.owed > 0)
            ).first()
            if row is None:
                return 0
            entry = parse(row.latest)[1]
            links.append(replace(entry, count=row.owed))
            links.connection.execute(update(turned_away).where(this).values(_settled(now)))
            return 1


def _read(body: bytes) -> Entry:
    try:
        return parse(body)[1]
    except ValueError:
        return UNREADABLE


def _first(connection: Connection, delivery: str, entry: Entry) -> bool:
    """Record the delivery. ``False`` if it was recorded already."""
    seen = select(deliveries.c.key).where(deliveries.c.key == delivery)
    if connection.execute(seen).first() is not None:
        return False
    row = {"key": delivery, "operation_id": "", "attempt": "", "at": entry.at}
    connection.execute(insert(deliveries).values(row))
    return True


def _owing(entry: Entry) -> dict[str, Any]:
    return {"owed": turned_away.c.owed + entry.count, "latest": canonical(entry, 0)}


def _settled(at: datetime) -> dict[str, Any]:
    return {"told_at": at, "owed": 0, "latest": None}


def _selected(query: AuditQuery) -> Select[Any]:
    entries = audit_entries.c
    found = select(entries.seq, entries.hash, entries.body).order_by(entries.seq.desc()).limit(query.limit)
    if query.environments:
        found = found.where(entries.environment.in_(query.environments))
    if query.actor:
        found = found.where(entries.actor == query.actor)
    if query.people:
        found = found.where(entries.actor.startswith(OF_SLACK, autoescape=True))
    if query.operation:
        found = found.where(entries.operation == query.operation)
    if query.operation_id:
        found = found.where(entries.operation_id == query.operation_id)
    if query.since is not None:
        found = found.where(entries.at >= query.since)
    if query.until is not None:
        found = found.where(entries.at < query.until)
    return found.where(entries.seq < query.before_seq) if query.before_seq else found
