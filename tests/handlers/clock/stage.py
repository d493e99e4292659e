"""One process whose clock runs: the due tick next to the gate, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.clock.drift import DriftWatch
from handlers.clock.due import DueClock
from handlers.clock.live import LiveBoard
from handlers.clock.notices import NoticeBoard
from handlers.ports.store import CatalogChange
from handlers.words.errors import Trouble
from handlers.words.message import Message
from policies.schedule.rows import ScheduleRow
from tests.fakes.posts import FakePosts
from tests.handlers.stage import Stage
from tests.handlers.world import World

WEEK = "Mon-Fri 08:00-20:00 UTC"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def at(hour: int, minute: int = 0, *, day: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


def scheduled(world: World, text: str = WEEK, *, pattern: str = "staging", **fields: Any) -> World:
    """Add a schedule row that takes effect now."""
    row = ScheduleRow(pattern, text, **{"since": world.clock.at, **fields})
    world.store.catalog.write(CatalogChange(put_schedules=(row,)))
    return world


class ClockStage(Stage):
    """Ticks as ``serve`` does, each minute of the decision clock. A second stage is another process."""

    def __init__(self, world: World, *, posts: FakePosts, **rest: Any) -> None:
        super().__init__(world, **rest)
        self.posts = posts
        self.clock, self.live = self.begin(), LiveBoard(self.parts, posts)

    def begin(self) -> DueClock:
        """Start with a clock that remembers nothing."""
        ask = self.gate.handle
        watch = DriftWatch(self.parts, ask, self.posts)
        return DueClock(self.parts, ask, NoticeBoard(self.parts, self.posts), watch)

    def minute(self) -> None:
        self.world.move()
        self.world.forward(60)
        self.beat()

    def beat(self) -> None:
        """One beat; if the store fails, the next beat makes up for it."""
        try:
            self.clock.tick()
            self.live.tick()
        except Trouble:
            return
        for _ in range(3):
            self.tick()

    def until(self, instant: datetime) -> None:
        while self.world.clock.at < instant:
            self.minute()

    def jump(self, instant: datetime) -> None:
        """Move the clock, with nobody looking meanwhile."""
        self.world.forward((instant - self.world.clock.at).total_seconds())
        self.beat()

    # what came of it

    def clocked(self) -> list[tuple[str, str]]:
        """Return the operations that the clock opened: name and state, oldest first."""
        return [(o.name, o.state.value) for o in self.operations() if o.source == "clock"]

    def claimed(self) -> dict[str, str]:
        """Return the state of each claim, by action and instant."""
        claims = self.world.store.memory.claims.values()
        return {f"{c.key.action} {c.instant:%a %H:%M}": c.state for c in claims}

    def notice(self) -> Message:
        (only,) = self.posts.stands.values()
        return only

    def desired(self, environment: str = "staging") -> dict[str, int]:
        return {n: f.desired for n, f in self.world.aws(environment).services.known().items()}
