"""Walking the chain: is every entry what was written, in the order it was written?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.db.chain import indexed
from bot.db.tables import audit_checkpoints, audit_entries, audit_head
from policies.record.evidence import GENESIS, link, parse

PAGE = 1000
"""Entries read at a time."""

MOST_FAULTS = 50
"""Faults told at most; a chain with this many is broken enough."""


@dataclass(frozen=True)
class Verification:
    """What a walk found. ``first`` and ``count`` say what was walked, ``head`` where it ended.

    Without an outside head (``anchored`` is false) a rewrite of the whole chain cannot be excluded.
    """

    first: int
    count: int
    head: tuple[int, str]
    faults: tuple[str, ...] = ()
    anchored: bool = False

    @property
    def clean(self) -> bool:
        return not self.faults


@dataclass
class _Walk:
    key: bytes
    outside: tuple[int, str] | None
    seq: int
    hash: str
    count: int = 0
    met: bool = False
    faults: list[str] = field(default_factory=list)

    def fault(self, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)

    def step(self, row: Row[Any]) -> None:
        """One entry. A broken one is told once: the walk goes on from what its row says."""
        if row.seq != self.seq + 1:
            self.fault(f"entries {self.seq + 1} to {row.seq - 1} are missing")
        if not isinstance(row.body, bytes):  # SQLite keeps whatever type was put in its place
            self.fault(f"entry {row.seq} is not the bytes that were written")
        else:
            if row.hash != link(self.hash, row.body, self.key):
                self.fault(f"entry {row.seq} does not follow from the one before it")
            self._columns(row)
        self.seq, self.hash, self.count = row.seq, row.hash, self.count + 1
        self.meet()

    def meet(self) -> None:
        """Is this the place of the head seen elsewhere?"""
        if self.outside is not None and self.seq == self.outside[0]:
            self.met = self.hash == self.outside[1]
            if not self.met:
                self.fault(f"entry {self.seq} is not the one seen elsewhere")

    def _columns(self, row: Row[Any]) -> None:
        try:
            seq, entry = parse(row.body)
        except ValueError:
            self.fault(f"entry {row.seq} cannot be read")
            return
        says = {"seq": seq, **indexed(entry)}
        wrong = [name for name, value in says.items() if getattr(row, name) != value]
        if wrong:
            self.fault(f"entry {row.seq} differs from its look-up columns: {', '.join(wrong)}")


def verify_chain(
    connection: Connection, *, key: bytes = b"", head: tuple[int, str] | None = None
) -> Verification:
    """Walk links, look-up columns, checkpoint and head row, all in the snapshot of this connection."""
    point = _checkpoint(connection)
    walk = _Walk(key, head, *((point.through, point.hash) if point else (0, GENESIS)))
    start = walk.seq
    walk.meet()
    if point:
        _check_seal(connection, walk, point)
    while rows := _page(connection, walk.seq):
        for row in rows:
            walk.step(row)
    _check_ends(connection, walk, start)
    return Verification(start + 1, walk.count, (walk.seq, walk.hash), tuple(walk.faults), walk.met)


def _page(connection: Connection, after: int) -> list[Row[Any]]:
    query = select(audit_entries).where(audit_entries.c.seq > after).order_by(audit_entries.c.seq).limit(PAGE)
    return list(connection.execute(query).all())


def _checkpoint(connection: Connection) -> Any:
    newest = select(audit_checkpoints).order_by(audit_checkpoints.c.through.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def _check_seal(connection: Connection, walk: _Walk, point: Any) -> None:
    """A checkpoint counts only if an entry of the chain says the same."""
    sealing = select(audit_entries.c.body).where(audit_entries.c.seq == point.sealed_by)
    body = connection.execute(sealing).scalar_one_or_none()
    try:
        says = dict(parse(body)[1].evidence) if body is not None else {}
    except ValueError:
        says = {}
    if (says.get("pruned_through"), says.get("pruned_hash")) != (point.through, point.hash):
        walk.fault(f"no entry seals the checkpoint at {point.through}")


def _check_ends(connection: Connection, walk: _Walk, start: int) -> None:
    rows = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).all()
    if [tuple(row) for row in rows] != [(walk.seq, walk.hash)]:
        walk.fault(f"the head row does not say entry {walk.seq}, the last there is")
    below = select(func.count()).select_from(audit_entries).where(audit_entries.c.seq <= start)
    if connection.execute(below).scalar_one():
        walk.fault(f"there are entries at or below the checkpoint at {start}")
    if walk.outside is not None and not walk.met and not start < walk.outside[0] <= walk.seq:
        walk.fault(f"entry {walk.outside[0]}, seen elsewhere, is not here any more")
