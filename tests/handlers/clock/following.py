"""One process that follows logs, beat by beat; a second one on the same world is another process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.clock.follows import FollowBoard
from handlers.clock.tenure import Job, Tenure
from handlers.gate.parts import Parts
from handlers.words.errors import Trouble
from handlers.words.message import Log, Message
from handlers.words.result import Reply
from tests.fakes.posts import FakePosts
from tests.handlers.stage import Stage
from tests.handlers.wire import Tapped, TappedScopes, Wire
from tests.handlers.world import DEV, World

GROUP = "/staging/orders-api"
BEAT = 3
LEASE = 60.0


def stream(number: int, container: str = "app") -> str:
    return f"ecs/{container}/{number:032x}"


class FreeEdits:
    """``handlers.ports.slack.Edits``, which lets every edit through unless ``closed``. ``asked``: whether
    each edit that was asked for was a last one.
    """

    def __init__(self) -> None:
        self.closed = False
        self.asked: list[bool] = []

    def wait(self, message: str, /, *, final: bool) -> float:
        self.asked.append(final)
        return 0.0 if final or not self.closed else 1.0

    def posted(self, message: str, /) -> None:
        return None


class FollowStage(Stage):
    def __init__(self, world: World, *, posts: FakePosts, wire: Wire | None = None, **rest: Any) -> None:
        super().__init__(world, posts=posts, **rest)
        self.posts, self.edits = posts, FreeEdits()
        board = _tapped(self.parts, wire) if wire else self.parts
        shown: Any = Tapped("posts", posts, wire) if wire else posts
        begin = lambda: FollowBoard(board, shown, self.edits).tick  # noqa: E731
        self.tenure = Tenure(Job("follow", 3.0, begin, lease="follow"), self.store.leases, LEASE)

    def follows(self, lines: str = "", service: str = "orders-api", **rest: Any) -> Reply:
        return self.ask("follow", "staging", service, arguments={"lines": lines} if lines else {}, **rest)

    def beat(self, seconds: float = BEAT) -> None:
        """Let time pass, then beat once; if the store fails, the next beat makes up for it."""
        self.world.forward(seconds)
        try:
            self.tenure.beat()
        except Trouble:
            return

    def beats(self, count: int) -> None:
        for _ in range(count):
            self.beat()

    def writes(self, *lines: str, number: int = 1, late: float = 0, group: str = GROUP) -> None:
        """Let a task write lines of this moment, or ones that come in so many seconds late."""
        at = self.world.clock.at - timedelta(seconds=late)
        self.world.aws().logs.say(group, stream(number), at, *lines, apart=0.001)

    def polls(self) -> int:
        return self.world.aws().script.count("page")

    def message(self, channel: str = DEV.user) -> Message:
        """Return what the one direct message says now."""
        (ts,) = [ts for where, ts, _ in self.posts.posted if where == channel]
        return self.posts.stands[ts]


def told(said: Message) -> list[str]:
    """Return the lines of a message, without their times."""
    return [line.split(" ", 1)[1] for block in said.blocks if isinstance(block, Log) for line in block.lines]


def _tapped(parts: Parts, wire: Wire) -> Parts:
    follows: Any = Tapped("follows", parts.book.follows, wire)
    offers: Any = Tapped("offers", parts.offers, wire)
    scopes: Any = TappedScopes(parts.scopes, wire)
    return replace(parts, book=replace(parts.book, follows=follows), offers=offers, scopes=scopes)
