"""A fake of ``handlers.ports.slack.Posts``: remembers what stands where."""

from __future__ import annotations

from itertools import count

from handlers.words.errors import Unanswered
from handlers.words.message import Message


class FakePosts:
    """``silent``: Slack does not answer. ``stands`` is what each message says now, by its ts."""

    def __init__(self) -> None:
        self.silent = False
        self.posted: list[tuple[str, str, Message]] = []
        self.stands: dict[str, Message] = {}
        self._numbers = count(1)

    def post(self, channel: str, said: Message) -> str:
        self._answer()
        ts = f"ts-{next(self._numbers)}"
        self.posted.append((channel, ts, said))
        self.stands[ts] = said
        return ts

    def edit(self, channel: str, ts: str, said: Message) -> None:
        self._answer()
        self.stands[ts] = said

    def _answer(self) -> None:
        if self.silent:
            raise Unanswered("Slack did not answer.", retry_helps=True)
