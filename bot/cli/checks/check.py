"""One finding."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """``well``: true, false (must be mended) or ``None`` (worth knowing)."""

    what: str
    well: bool | None
    said: str
    todo: str = ""

    def lines(self) -> tuple[str, ...]:
        mark = {True: "ok  ", False: "FAIL", None: "note"}[self.well]
        first = f"{mark}  {self.what}: {self.said}"
        return (first, f"      -> {self.todo}") if self.todo else (first,)
