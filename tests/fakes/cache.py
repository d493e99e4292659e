"""A cache in memory: ``handlers.ports.cache.Keys``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from handlers.ports.cache import Bounds, Counted, Deleted, Mark
from tests.fakes.aws_script import Script

PRIMARIES = 1


@dataclass
class FakeKeys:
    """``Keys``. A slice looks at ``page`` keys and no more, in the order of their names. ``breaks``: the next
    slices delete nothing and end for this reason, each with its answer lost or not."""

    script: Script
    names: set[str] = field(default_factory=set)
    page: int = 1_000_000
    breaks: list[tuple[str, bool]] = field(default_factory=list)
    deleted: int = 0
    holds: list[str] = field(default_factory=list)
    """Keys that an application adds once the first slice was made."""
    only: tuple[str, ...] = ()
    """The prefixes to which the cache limits its user; empty: to none."""

    def put(self, names: Iterable[str]) -> None:
        self.names.update(names)

    def count(self, pattern: str, within: Bounds) -> Counted:
        with self.script.call("count", pattern):
            found = [name for name in sorted(self.names) if _matches(pattern, name)]
            matched = min(len(found), within.keys + 1)
            return Counted(matched, len(self.names), len(found) <= within.keys, tuple(found[:10]))

    def may_unlink(self, name: str) -> bool:
        with self.script.call("may_unlink", name):
            return not self.only or name.startswith(self.only)

    def unlink_some(self, pattern: str, mark: Mark, within: Bounds) -> Deleted:
        with self.script.call("unlink_some", pattern):
            if self.breaks:
                why, lost = self.breaks.pop(0)
                return Deleted(0, Mark(), lost=lost, why=why, passes=True, seconds=1.0)
            return self._slice(pattern, mark, within)

    def _slice(self, pattern: str, mark: Mark, within: Bounds) -> Deleted:
        begin = mark.cursors[0] if mark.primaries == PRIMARIES and mark.cursors else 0
        ahead = sorted(self.names)
        page = ahead[begin : begin + self.page]
        self.names.update(self.holds)
        self.holds = []
        matching = [name for name in page if _matches(pattern, name)]
        gone = matching[: within.keys]
        looked = page if gone == matching else page[: page.index(matching[within.keys])]
        self.names.difference_update(gone)
        self.deleted += len(gone)
        whole = gone == matching and begin + self.page >= len(ahead)
        return Deleted(len(gone), Mark(PRIMARIES, (begin + len(looked) - len(gone),)), whole, seconds=1.0)


def _matches(pattern: str, name: str) -> bool:
    return _read(pattern).fullmatch(name) is not None


@cache
def _read(pattern: str) -> re.Pattern[str]:
    """Read a pattern as Redis does, but for classes with a ``^``."""
    return re.compile(_SIGN.sub(_meant, pattern), re.DOTALL)


_SIGN = re.compile(r"\\(.)|\[[^\]]*\]|.", re.DOTALL)


def _meant(sign: re.Match[str]) -> str:
    """Return what one sign of a pattern is in a regular expression."""
    if sign[1] is not None:
        return re.escape(sign[1])
    if len(sign[0]) > 1:
        return sign[0]
    return {"*": ".*", "?": "."}.get(sign[0]) or re.escape(sign[0])
