"""The commands that people typed. Slack shows them to nobody; the page shows each person their own."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass

from playground.slack.changes import Changes
from playground.slack.words import Json

KEPT = 1_000


@dataclass(frozen=True)
class TypedLine:
    """A typed command. Its ``ts`` is earlier than that of the answer."""

    ts: str
    user: str
    channel: str
    text: str


class TypedLines:
    """The lines, oldest first; the oldest are forgotten."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._held: deque[TypedLine] = deque(maxlen=KEPT)

    def add(self, line: TypedLine) -> None:
        self._held.append(line)
        self._changes.tell("typed", channel=line.channel, ts=line.ts)

    def of(self, user: str, channel: str) -> list[Json]:
        return [asdict(line) for line in self._held if (line.user, line.channel) == (user, channel)]
