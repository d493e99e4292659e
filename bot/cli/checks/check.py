"""One finding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """What a finding is about, where somebody goes by it."""

    ANY = auto()
    SHARED_CHANNEL = auto()
    """One that another company reads and the catalog does not allow: no file with it is applied."""
    SERVICES = auto()
    """The live services of one environment."""


@dataclass(frozen=True)
class Check:
    """``well``: true, false (must be mended) or ``None`` (worth knowing)."""

    what: str
    well: bool | None
    said: str
    todo: str = ""
    kind: Kind = Kind.ANY

    def lines(self) -> tuple[str, ...]:
        mark = {True: "ok  ", False: "FAIL", None: "note"}[self.well]
        first = f"{mark}  {self.what}: {self.said}"
        return (first, f"      -> {self.todo}") if self.todo else (first,)
