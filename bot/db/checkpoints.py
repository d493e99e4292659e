"""Checkpoints: up to where entries were pruned, and the entry that says so.

A row of ``audit_checkpoints`` proves nothing by itself. Its evidence is the entry that the same transaction
appended: it names the last entry removed and its hash, and stands in the chain (which is an HMAC where there
is a key). Each pruning replaces the checkpoint before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from bot.db.raw import RawRow, raw_rows, shown
from bot.db.tables import audit_checkpoints, audit_entries
from policies.record.evidence import Entry, parse

THROUGH, HASH = "pruned_through", "pruned_hash"
"""In the evidence of the entry that seals: the last entry removed, and its hash."""


@dataclass(frozen=True)
class Checkpoint:
    through: int
    hash: str
    sealed_by: int
    at: datetime

    @property
    def sentence(self) -> str:
        pruned = f"entries up to {self.through} were pruned on {self.at:%Y-%m-%d}"
        return f"{pruned}, as entry {self.sealed_by} says"


@dataclass
class Checkpoints:
    """``standing`` is the checkpoint that the chain goes on from; ``faults`` say what is wrong with the
    rows."""

    standing: Checkpoint | None = None
    read: list[Checkpoint] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def against(self, last: int, prunings: Mapping[int, object]) -> Iterator[str]:
        """What is wrong once the chain is known: its last entry, and through which one each entry says that
        it has pruned."""
        for point in self.read:
            if point.through > last or point.sealed_by > last:
                yield f"the checkpoint at {point.through} is ahead of the chain, which ends at {last}"
        for seq, through in prunings.items():
            if not self._explain(seq, through):
                yield f"entry {seq} says that it pruned up to {_told(through)}, and no checkpoint does"

    def _explain(self, seq: int, through: object) -> bool:
        """A checkpoint has that entry, or has taken the place of the one that had it."""
        point = self.standing
        if point is None or type(through) is not int:
            return False
        return seq == point.sealed_by or (seq < point.sealed_by and through < point.through)


def sealing(through: int, digest: str) -> Mapping[str, Any]:
    """What the entry that seals a checkpoint has in its evidence."""
    return {THROUGH: through, HASH: digest}


def claimed(entry: Entry) -> object:
    """The last entry that it says it has pruned; ``None`` if it says no such thing."""
    return entry.evidence.get(THROUGH)


def read_checkpoints(connection: Connection) -> Checkpoints:
    """Whatever is in the rows. If the newest is not sealed, but nothing is left of what it says was
    pruned, the chain is walked from it all the same, and that is reported once."""
    found, sealed = Checkpoints(), set()
    for row in raw_rows(connection, audit_checkpoints):
        if (point := _read(row, found.faults)) is None:
            continue
        if point in found.read:
            found.faults.append(f"the checkpoint at {point.through} is there more than once")
            continue
        found.read.append(point)
        if fault := _unsealed(connection, point):
            found.faults.append(fault)
        else:
            sealed.add(point)
    newest = sorted(found.read, key=lambda point: point.through, reverse=True)
    can_stand = (p for p in newest if p in sealed or not _left(connection, p.through))
    found.standing = next(can_stand, None)
    for point in newest:
        if found.standing and point in sealed and point != found.standing:
            beside = f"is there beside the one at {found.standing.through}"
            found.faults.append(f"the checkpoint at {point.through} {beside}")
    return found


def _read(row: RawRow, faults: list[str]) -> Checkpoint | None:
    through, digest, sealed_by, at = (row[name] for name in ("through", "hash", "sealed_by", "at"))
    if (
        isinstance(through, int)
        and isinstance(digest, str)
        and isinstance(sealed_by, int)
        and isinstance(at, datetime)
    ):
        return Checkpoint(through, digest, sealed_by, at)
    forms: Mapping[str, type] = {"through": int, "hash": str, "sealed_by": int, "at": datetime}
    wrong = [name for name, form in forms.items() if not isinstance(row[name], form)]
    faults.append(f"the checkpoint at {shown(through)} is not as it was written: {', '.join(wrong)}")
    return None


def _unsealed(connection: Connection, point: Checkpoint) -> str:
    """Why a checkpoint does not count; empty if an entry of the chain says the same."""
    entry = _entry(connection, point.sealed_by)
    if entry is None or claimed(entry) is None or point.sealed_by <= point.through:
        return f"no entry seals the checkpoint at {point.through}"
    if claimed(entry) != point.through:
        sealed = f"which sealed one at {_told(claimed(entry))}"
        return f"the checkpoint at {point.through} is not that of entry {point.sealed_by}, {sealed}"
    says = {"hash": entry.evidence.get(HASH), "at": entry.at}
    wrong = [name for name, value in says.items() if getattr(point, name) != value]
    if wrong:
        seal = f"the checkpoint at {point.through} differs from entry {point.sealed_by}, which seals it"
        return f"{seal}: {', '.join(wrong)}"
    return ""


def _entry(connection: Connection, seq: int) -> Entry | None:
    """The one entry with this number, if there is one that can be read."""
    found = [row["body"] for row in raw_rows(connection, audit_entries, only=seq)]
    if len(found) != 1 or not isinstance(found[0], bytes):
        return None
    try:
        return parse(found[0])[1]
    except ValueError:
        return None


def _left(connection: Connection, through: int) -> bool:
    below = select(func.count()).select_from(audit_entries).where(audit_entries.c.seq <= through)
    return bool(connection.execute(below).scalar_one())


def _told(value: object) -> str:
    return shown(value) if isinstance(value, int | str) else "something else"
