"""What became of each week's digest in each channel: the claim on it, and how it ended.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class DigestState(StrEnum):
    POSTING = "posting"
    """Written before Slack is asked: what a kill leaves behind is this, and nobody repeats it by itself."""
    POSTED = "posted"
    WAITING = "waiting"
    """A newcomer's sources are waited for since then; it is not there yet."""
    POSTPONED = "postponed"
    """Slack said no, so it is not there; it is tried again."""
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    """Slack's answer was lost: it may stand in the channel, or not."""


@dataclass(frozen=True)
class DigestRow:
    """``week``: the ISO week it tells of, ``2026-W48``. ``at``: when it came to this. ``ts``: of the message.
    ``reason``: why it is not there, as a sentence."""

    channel: str
    week: str
    state: DigestState
    at: datetime
    ts: str = ""
    reason: str = ""


class Digests(Protocol):
    def find(self, channel: str, week: str) -> DigestRow | None: ...

    def of_weeks(self, weeks: Collection[str]) -> Sequence[DigestRow]:
        """By week and channel."""
        ...

    def claim(self, row: DigestRow, *, over: Collection[DigestState]) -> bool:
        """Write it if there is none yet, or one in such a state: of several who try at once, one does."""
        ...

    def settle(self, row: DigestRow) -> None:
        """Write it in place of the claim. What is *posted* stays so, whatever comes late."""
        ...

    def tell_once(self, channel: str, week: str) -> bool:
        """Note that somebody is told it is not there. False where that was noted before, or where there is no
        row; of several at once, one is answered true."""
        ...
