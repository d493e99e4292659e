"""A fake of ``handlers.ports.slack.Posts``, which remembers every message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from handlers.words.errors import Trouble, Unanswered
from handlers.words.message import Log, Message
from handlers.words.result import Standing


class FakePosts:
    """``silent``: Slack does not answer. ``stands``: what each message says now, by its ts."""

    def __init__(self) -> None:
        self.silent = False
        self.before_call: Callable[[str], object] = str
        """Called with the name of each call before the call does anything."""
        self.external: set[str] = set()
        self.closed: dict[str, Trouble] = {}
        """The error with which Slack answers a post in that channel."""
        self.replies: list[tuple[str, str, tuple[Log, ...]]] = []
        self.posted: list[tuple[str, str, Message]] = []
        self.stands: dict[str, Message] = {}
        self._numbers = count(1)

    def post(self, channel: str, said: Message) -> str:
        self.before_call("posts.post")
        self._answer()
        if channel in self.closed:
            raise self.closed[channel]
        ts = f"ts-{next(self._numbers):05}"
        self.posted.append((channel, ts, said))
        self.stands[ts] = said
        return ts

    def direct(self, user: str, said: Message) -> Standing:
        return Standing(f"D{user[1:]}", self.post(user, said))

    def edit(self, channel: str, ts: str, said: Message) -> None:
        self.before_call("posts.edit")
        self._answer()
        self.stands[ts] = said

    def reply(self, channel: str, ts: str, logs: Sequence[Log]) -> None:
        self.before_call("posts.reply")
        self._answer()
        self.replies.append((channel, ts, tuple(logs)))

    def shared(self, channel: str) -> bool:
        self.before_call("posts.shared")
        self._answer()
        return channel in self.external

    def _answer(self) -> None:
        if self.silent:
            raise Unanswered("Slack did not answer.", retry_helps=True)
