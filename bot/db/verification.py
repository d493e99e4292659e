"""Walking the chain: is every entry what was written, in the order it was written?

Whatever is in the rows, the walk names it and goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from bot.db.chain import indexed
from bot.db.checkpoints import Checkpoint, claimed, read_checkpoints
from bot.db.raw import RawRow, Value, raw_rows, shown
from bot.db.tables import audit_entries, audit_head
from policies.record.evidence import GENESIS, link, parse

MOST_FAULTS = 50
"""Faults that are told at most; a chain with this many is broken enough."""


@dataclass(frozen=True)
class Verification:
    """What a walk found. ``first`` and ``count`` say what was walked, ``head`` where it ended, ``pruned`` up
    to where entries were removed before.

    Without an outside head (``anchored`` is false) a rewrite of the whole chain cannot be excluded.
    ``outlived``: the outside head was of an entry that has been pruned since, which says nothing either way;
    it is the one fault that is no tampering.
    """

    first: int
    count: int
    head: tuple[int, str]
    faults: tuple[str, ...] = ()
    anchored: bool = False
    pruned: Checkpoint | None = None
    outlived: bool = False

    @property
    def clean(self) -> bool:
        return not self.faults


@dataclass
class _Walk:
    """``seq`` and ``hash``: of the entry it is at. ``before`` and ``after``: the hashes that this entry, and
    the next, may follow from; two where the hash in a row is not the one that its content makes."""

    key: bytes
    outside: tuple[int, str] | None
    start: int
    hash: str
    seq: int = 0
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    count: int = 0
    met: bool = False
    faults: list[str] = field(default_factory=list)
    prunings: dict[int, object] = field(default_factory=dict)
    """By the number of each entry that says so: through which one it has pruned."""

    def __post_init__(self) -> None:
        self.seq, self.after = self.start, (self.hash,)
        self._meet()

    def fault(self, sentence: str) -> None:
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)

    def step(self, row: RawRow) -> None:
        """One entry. A broken one is reported once: the walk goes on from what its row says."""
        seq = row["seq"]
        if not isinstance(seq, int):
            self.fault(f"an entry has no number but {shown(seq)}")
        elif seq <= self.start:
            self.fault(f"entry {seq} is at or below the checkpoint at {self.start}")
        elif seq == self.seq:
            self.fault(f"entry {seq} is there more than once")
            self._entry(seq, row)
        else:
            if seq != self.seq + 1:
                self.fault(f"entries {self.seq + 1} to {seq - 1} are missing")
            self.before, self.after, self.seq = self.after, (), seq
            self._entry(seq, row)
            self.count += 1
            self._meet()

    def _entry(self, seq: int, row: RawRow) -> None:
        body, digest = row["body"], row["hash"]
        if not isinstance(body, bytes):  # SQLite keeps whatever type was put in its place
            self.fault(f"entry {seq} is not the bytes that were written")
            self._follow(digest, made="")
            return
        made = [link(previous, body, self.key) for previous in self.before]
        if digest not in made:
            self.fault(f"entry {seq} does not follow from the one before it")
        self._follow(digest, made=made[0])
        self._columns(seq, body, row)

    def _follow(self, digest: Value, *, made: str) -> None:
        said = digest if isinstance(digest, str) else made
        self.hash = said
        self.after = tuple(dict.fromkeys((*self.after, said, made or said)))[:4]

    def _columns(self, seq: int, body: bytes, row: RawRow) -> None:
        try:
            number, entry = parse(body)
        except ValueError:
            self.fault(f"entry {seq} cannot be read")
            return
        says = {"seq": number, **indexed(entry)}
        if wrong := [name for name, value in says.items() if row[name] != value]:
            self.fault(f"entry {seq} differs from its look-up columns: {', '.join(wrong)}")
        if (through := claimed(entry)) is not None:
            self.prunings[seq] = through

    def _meet(self) -> None:
        """Is this the place of the head seen elsewhere?"""
        if self.outside is not None and self.seq == self.outside[0]:
            self.met = self.hash == self.outside[1]
            if not self.met:
                self.fault(f"entry {self.seq} is not the one seen elsewhere")


def verify_chain(
    connection: Connection, *, key: bytes = b"", head: tuple[int, str] | None = None
) -> Verification:
    """Walk links, look-up columns, checkpoint and head row, all in the snapshot of this connection."""
    points = read_checkpoints(connection)
    point = points.standing
    walk = _Walk(key, head, *((point.through, point.hash) if point else (0, GENESIS)))
    for sentence in points.faults:
        walk.fault(sentence)
    for row in raw_rows(connection, audit_entries):
        walk.step(row)
    for sentence in points.against(walk.seq, walk.prunings):
        walk.fault(sentence)
    _check_head_row(connection, walk)
    outlived = _check_outside(walk, point)
    return Verification(
        first=walk.start + 1,
        count=walk.count,
        head=(walk.seq, walk.hash),
        faults=tuple(walk.faults),
        anchored=walk.met,
        pruned=point,
        outlived=outlived,
    )


def verify_since(connection: Connection, found: Verification, *, key: bytes = b"") -> Sequence[str]:
    """What is wrong with the entries that were appended since another walk found all the rest clean; empty
    if nothing is."""
    walk = _Walk(key, None, *found.head)
    for row in raw_rows(connection, audit_entries, after=walk.start):
        walk.step(row)
    _check_head_row(connection, walk)
    return walk.faults


def _check_head_row(connection: Connection, walk: _Walk) -> None:
    rows = list(raw_rows(connection, audit_head))
    if [(row["id"], row["seq"], row["hash"]) for row in rows] != [(1, walk.seq, walk.hash)]:
        walk.fault(f"the head row does not say entry {walk.seq}, the last there is")
    for row in rows:
        if not isinstance(row["catalog"], str):
            walk.fault(f"the head row has no word for the catalog but {shown(row['catalog'])}")


def _check_outside(walk: _Walk, point: Checkpoint | None) -> bool:
    """Whether the entry of the head seen elsewhere has been pruned."""
    if walk.outside is None or walk.met or walk.start <= walk.outside[0] <= walk.seq:
        return False
    said = f"entry {walk.outside[0]}, seen elsewhere, is not here any more"
    if point is None or walk.outside[0] > point.through:
        walk.fault(said)
        return False
    walk.fault(f"{said}: {point.sentence}")
    return True
