"""What became of each week's digest in each channel: the claim on the digest, and how the claim ended.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from handlers.ports.live import LivePost


class DigestState(StrEnum):
    POSTING = "posting"
    """Written before Slack is asked. A kill leaves the digest in this state, and nothing repeats the post
    automatically.
    """
    POSTED = "posted"
    WAITING = "waiting"
    """The digest waits for the sources of a new environment since then; it is not posted yet."""
    POSTPONED = "postponed"
    """Slack refused the digest, so it is not posted; it is tried again."""
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    """Slack's answer was lost: the digest may or may not be in the channel."""


@dataclass(frozen=True)
class DigestRow:
    """``week``: the ISO week that the digest tells of, ``2026-W48``. ``at``: when it came to this state.
    ``ts``: of the message. ``reason``: why the digest is not posted, as a sentence.
    """

    channel: str
    week: str
    state: DigestState
    at: datetime
    ts: str = ""
    reason: str = ""


class Digests(Protocol):
    def find(self, channel: str, week: str) -> DigestRow | None: ...

    def of_weeks(self, weeks: Collection[str]) -> Sequence[DigestRow]:
        """Return the rows of these weeks, in order of week and channel."""
        ...

    def claim(self, row: DigestRow, *, over: Collection[DigestState]) -> bool:
        """Write a row if there is none yet, or one in a state of ``over``. If several try at once, one
        succeeds.
        """
        ...

    def settle(self, row: DigestRow, *, live: LivePost | None = None) -> None:
        """Write a row in place of the claim. A digest that is *posted* stays so, whatever arrives late.
        ``live``: what keeps its message true, written with the row or not at all.
        """
        ...

    def tell_once(self, channel: str, week: str) -> bool:
        """Note that somebody is told that the digest is not posted. Returns false if that was noted before,
        or if there is no row; of several callers at once, one gets true.
        """
        ...
