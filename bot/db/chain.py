"""Appending to the chain: the only code that inserts audit entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, insert, select, update

from bot.db.store import Store
from bot.db.tables import audit_entries, audit_head
from policies.record.evidence import Entry, canonical, link

OnEntry = Callable[[int, str], None]
"""Told each seq and hash once the entry is committed; the log stream holds a copy of the chain by it.
Must not raise: what it is told of has happened."""


class Links:
    """The chain inside one gate transaction."""

    def __init__(self, connection: Connection, key: bytes) -> None:
        self.connection = connection
        self.added: list[tuple[int, str]] = []
        self.key = key

    def append(self, entry: Entry) -> int:
        """Insert one entry behind the head and move the head; its seq."""
        seq, previous = self.connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
        body = canonical(entry, seq + 1)
        digest = link(previous, body, self.key)
        row = {"seq": seq + 1, "hash": digest, "body": body, **indexed(entry)}
        self.connection.execute(insert(audit_entries).values(row))
        self.connection.execute(update(audit_head).values(seq=seq + 1, hash=digest))
        self.added.append((seq + 1, digest))
        return int(seq) + 1


class Chain:
    """The audit chain of one database. With a ``key`` it is an HMAC."""

    def __init__(self, store: Store, *, key: bytes = b"", on_entry: OnEntry | None = None) -> None:
        self.store = store
        self.key = key
        self._on_entry = on_entry

    @contextmanager
    def transaction(self) -> Iterator[Links]:
        with self.store.gate_transaction() as connection:
            links = Links(connection, self.key)
            yield links
        self.tell(links)

    def tell(self, links: Links) -> None:
        """Pass on what was appended; once it is certain that it was committed."""
        for seq, digest in links.added:
            if self._on_entry is not None:
                self._on_entry(seq, digest)
        links.added.clear()


def indexed(entry: Entry) -> dict[str, object]:
    """The columns that repeat what the body says; ``verify`` derives them again."""
    return {
        "at": entry.at,
        "kind": entry.kind,
        "actor": entry.actor,
        "environment": entry.environment,
        "operation": entry.operation,
        "operation_id": entry.operation_id,
    }
