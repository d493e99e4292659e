"""The result of one check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a finding is about, where a caller decides by that."""

    ANY = auto()
    SHARED_CHANNEL = auto()
    """A channel that another company reads and the catalog does not allow. No file with such a channel is
    applied.
    """
    SERVICES = auto()
    """The live services of one environment."""


@dataclass(frozen=True)
class Check:
    """One finding. ``well`` is true, false (must be fixed) or ``None`` (worth knowing)."""

    what: str
    well: bool | None
    said: str
    todo: str = ""
    kind: Kind = Kind.ANY

    def lines(self) -> tuple[str, ...]:
        mark = {True: "ok  ", False: "FAIL", None: "note"}[self.well]
        first = f"{mark}  {self.what}: {self.said}"
        return (first, f"      -> {self.todo}") if self.todo else (first,)
