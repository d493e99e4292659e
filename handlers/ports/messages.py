"""The rows of operations' messages: where each stands, how far behind it is, and what it is to say next.

Every method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class MessageRow:
    """The message of one operation: where it is, and how far behind. An empty ``ts`` means not posted yet."""

    operation_id: str
    channel: str
    ts: str
    version_wanted: int
    version_shown: int
    final: bool
    """Whether the operation has closed; end states are shown first."""
    detail_ts: str = ""
    """The thread reply with evidence, once posted."""
    given_up: str = ""
    """Why Slack will never accept the message; empty while it may."""
    live: bool = False
    """Whether the message is about something that goes on after the operation has closed, such as an
    override.
    """
    told_by: str = ""
    """The ``ts`` of the message that tells of the operation instead, as long as the operation goes well."""
    stands: str = ""
    """For a live message: a digest of how its subject stood at the last look."""
    joined: str = ""
    """The operation whose message tells of this one too. Empty if this operation has a message of its own."""
    drawn: int = 0
    """How often the message was posted or edited, by whichever process."""

    @property
    def place(self) -> tuple[str, str]:
        """The channel and the ``ts`` of the message that tells of it; both empty if none stands."""
        stands = self.ts or self.told_by
        return (self.channel, stands) if self.channel and stands else ("", "")


@dataclass(frozen=True)
class Followed:
    """How the subject of a live message stands. ``stands``: a digest of that; ``again``: whether the message
    is to be redrawn; ``over``: whether the message is no longer live.
    """

    operation_id: str
    stands: str
    again: bool
    over: bool


POSTED_ALONE = timedelta(seconds=10)
"""How long, on the decision clock, only the process that opened an operation may post its message: if another
replica's tick posted it meanwhile, it would be posted twice.
"""


class MessageRows(Protocol):
    def find(self, operation_id: str) -> MessageRow | None: ...

    def together(self, operation_id: str) -> Sequence[MessageRow]:
        """Return the rows of all operations that the message of this one tells of, this one included. The
        owner of the message comes first, then those that joined it. Empty if the operation has no message.
        """
        ...

    def these(self, operation_ids: Collection[str]) -> Sequence[MessageRow]:
        """Return the rows of those operations that have a message, in any order; one query."""
        ...

    def at(self, channel: str, ts: str) -> Sequence[MessageRow]:
        """Return the rows of all operations of which the message at this place tells, or the reply in its
        thread: the owner of the message first, then those that joined it. Empty if no operation's message
        stands there.
        """
        ...

    def behind(self, now: datetime, limit: int) -> Sequence[MessageRow]:
        """Return the rows whose shown version lags and whose next try is due; closed operations first. Of the
        messages given up, only those of closed operations are returned: whoever asked still has to be told
        the end.
        """
        ...

    def live(self) -> Sequence[MessageRow]:
        """Return the messages about something that still goes on."""
        ...

    def follow(self, found: Sequence[Followed]) -> None:
        """Update each of these that is still live, in one transaction. A repeat changes nothing once a
        message is over.
        """
        ...

    def drew(self, row: MessageRow) -> None:
        """Record that the message was posted or edited from what ``row`` was read with. If another process
        has edited it since, an older state may stand over a newer one; the message is then one version
        further behind.
        """
        ...

    def shown(self, row: MessageRow) -> None:
        """Record channel, ts, version shown and detail_ts."""
        ...

    def postpone(self, operation_id: str, until: datetime) -> None: ...

    def give_up(self, operation_id: str, reason: str) -> None:
        """Note that Slack will never accept the message there (channel gone, not a member)."""
        ...
