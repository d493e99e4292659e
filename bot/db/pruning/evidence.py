"""Removing audit entries: all of them up to one, through a checkpoint that an entry seals.

Only whole beginnings of the chain go, so an entry that must stay keeps all that follow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from bot.db.chain import Links
from bot.db.checkpoints import sealing
from bot.db.privileges import lacking
from bot.db.store import unbound
from bot.db.tables import audit_checkpoints, audit_entries, operations
from bot.db.verification import Verification, verify_since
from policies.record.evidence import Entry
from policies.record.lifecycle import State

RUNNING = tuple(state.value for state in State if not state.ended)


class NotPruned(ValueError):
    """The log must not be pruned like this; the sentence says why. Nothing was changed."""


@dataclass(frozen=True)
class Removable:
    """The entries that may go: from ``first`` through ``through``, and the oldest and newest of their
    times. ``stays`` is the entry after them; ``running`` says whether it stays only because of its
    operation."""

    first: int
    through: int
    oldest: datetime
    newest: datetime
    stays: int | None
    running: bool

    @property
    def count(self) -> int:
        return self.through - self.first + 1


@dataclass(frozen=True)
class Nothing:
    """No entry may go. ``running`` is the first entry, if only its operation keeps it."""

    running: int | None = None


def removable(connection: Connection, before: datetime, found: Verification) -> Removable | Nothing:
    """The entries whose time is before ``before``, without those of an operation that has not ended.
    ``found``: what a walk found; ``NotPruned`` if it is not clean."""
    _refuse_broken(found.faults)
    seq, at = audit_entries.c.seq, audit_entries.c.at
    young, runs = _first(connection, at >= before), _first_running(connection)
    stays = min((n for n in (young, runs) if n is not None), default=None)
    running = stays is not None and stays != young
    here = select(func.min(seq), func.max(seq), func.min(at), func.max(at))
    row = connection.execute(here if stays is None else here.where(seq < stays)).one()
    if row[0] is None:
        return Nothing(running=stays if running else None)
    return Removable(*row, stays=stays, running=running)


def refuse_role(connection: Connection) -> None:
    """Raises ``NotPruned`` if the role that we are connected as lacks something."""
    if missing := lacking(connection):
        raise NotPruned(
            f"this database role may not prune (it lacks {', '.join(missing)}); set LAMPLIGHTER_DATABASE_URL "
            "to the address of the role that may, as docs/operate.md says"
        )


def remove(links: Links, through: int, entry: Entry, found: Verification) -> int:
    """Remove every entry up to ``through``; how many. ``entry`` seals the checkpoint. ``found``: what a walk
    found just before; here only what was appended since is walked, so that nobody waits long for the chain.
    ``NotPruned`` if the chain does not verify, there is no such entry, or an operation still needs one."""
    connection = links.connection
    unbound(connection)
    at = select(audit_entries.c.hash).where(audit_entries.c.seq == through)
    if (digest := connection.execute(at).scalar_one_or_none()) is None:
        raise NotPruned(f"there is no entry {through} to prune through")
    _refuse_broken(found.faults or verify_since(connection, found, key=links.key))
    if (runs := _first_running(connection)) is not None and runs <= through:
        raise NotPruned(f"entry {runs} is of an operation that has not ended")
    seq = links.append(replace(entry, evidence={**entry.evidence, **sealing(through, digest)}))
    point = {"through": through, "hash": digest, "sealed_by": seq, "at": entry.at}
    connection.execute(insert(audit_checkpoints).values(point))
    connection.execute(delete(audit_checkpoints).where(audit_checkpoints.c.through < through))
    return connection.execute(delete(audit_entries).where(audit_entries.c.seq <= through)).rowcount


def _refuse_broken(faults: Sequence[str]) -> None:
    if faults:
        raise NotPruned(f"a chain that does not verify is not pruned: {faults[0]}")


def _first_running(connection: Connection) -> int | None:
    """The first entry of an operation that has not ended."""
    running = select(operations.c.id).where(operations.c.state.in_(RUNNING))
    return _first(connection, audit_entries.c.operation_id.in_(running))


def _first(connection: Connection, where: ColumnElement[bool]) -> int | None:
    found = connection.execute(select(func.min(audit_entries.c.seq)).where(where)).scalar_one()
    return None if found is None else int(found)
