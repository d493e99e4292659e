"""The one cache whose keys may be deleted from an environment, as the catalog names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

BEGINNING: tuple[int, ...] = ()
"""The place of a scan that has not begun."""


@dataclass(frozen=True)
class Bounds:
    """How far one look or one slice may go: so many keys, for so many seconds."""

    keys: int
    seconds: float


@dataclass(frozen=True)
class Counted:
    """``matched``: keys of the pattern; ``whole``: every key was looked at, else at least so many match.
    ``held``: all keys in the logical database. ``samples``: names as the cache has them, not yet redacted.
    """

    matched: int
    held: int
    whole: bool
    samples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """Where a scan stands: the cursor of each primary, in their order; ``primaries`` is a check number over
    which they are and which slots they have. A mark of others than there are now counts as none."""

    primaries: int = 0
    cursors: tuple[int, ...] = BEGINNING


@dataclass(frozen=True)
class Deleted:
    """``keys``: as Redis counted them. ``whole``: the scan came to its end. ``lost``: the answer to something
    sent was lost, so more may be gone than counted. ``why``: what ended the slice early; empty if nothing
    did. ``passes``: whether that may be over by itself in a moment. ``seconds``: how long the slice took."""

    keys: int
    mark: Mark
    whole: bool = False
    lost: bool = False
    why: str = ""
    passes: bool = False
    seconds: float = 0.0


class Keys(Protocol):
    """Reads with SCAN and deletes with UNLINK, on every primary, and sends nothing else that reads or changes
    keys (facts/ecs 5). Each method may raise ``handlers.words.errors.Trouble``: ``Unreached`` within 5 s if
    there is no connection, with the way that the network needs; ``Denied`` if the cache does not let the user
    do it; ``Absent`` if there is no such cache; ``Rejected`` if its keys cannot be deleted at all.
    """

    def count(self, pattern: str, within: Bounds) -> Counted:
        """Count the keys of a pattern, at most one more than ``within.keys``."""
        ...

    def may_unlink(self, name: str) -> bool:
        """Return whether the cache lets its user delete a key of this name, by trying. The caller makes sure
        that no key has that name.
        """
        ...

    def unlink_some(self, pattern: str, mark: Mark, within: Bounds) -> Deleted:
        """Delete keys of a pattern from this mark on, and say how far that came. Raises ``Trouble`` only if
        nothing was sent that changes anything.
        """
        ...
