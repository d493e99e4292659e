"""Many environments under a few schedules, and clocks that decide for them. Nothing is asked of the gate."""

from __future__ import annotations

from collections.abc import Callable

from handlers.clock.drift import DriftWatch
from handlers.clock.due import DueClock
from handlers.clock.notices import NoticeBoard
from handlers.ports.store import CatalogChange
from policies.schedule.claims import Claim
from policies.schedule.rows import ScheduleRow, governing
from policies.schedule.transitions import Course
from tests.fakes.posts import FakePosts
from tests.handlers.clock.stage import ClockStage, at
from tests.handlers.world import World, environment

SINCE = at(0, day=-20)
ZONES = ("Europe/Berlin", "Asia/Kolkata", "Europe/Lisbon", "UTC")
ROWS = (
    ScheduleRow("env-*", "Mon-Fri 08:00-20:00 Europe/Berlin", since=SINCE),
    *(
        ScheduleRow(f"env-{n:02}*", f"Mon-Fri {6 + n % 4:02}:{n:02}-20:{n:02} {zone}", since=SINCE)
        for n, zone in enumerate(ZONES * 5)
    ),
)


def crowd(many: int) -> World:
    """A world whose environments share twenty-one schedules in four zones. It is Monday noon in UTC."""
    found = tuple(environment(f"env-{n:05}", channel=f"C0TEAM{n % 40}") for n in range(many))
    made = World().catalogue(*found)
    made.clock.at = at(12)
    made.store.catalog.write(CatalogChange(put_schedules=ROWS))
    return made


def settle(world: World) -> None:
    """Give every transition of the last nine days its claim, as in an installation that has run for weeks."""
    environments = world.store.catalog.read().environments
    rows = {e.name: governing(e, ROWS) for e in environments}
    courses = [Course(name, row) for name, row in rows.items() if row is not None]
    edges = [edge for course in courses for edge in course.edges(at(0, day=-9), at(12))]
    world.store.memory.claims |= {e.key: Claim(e.key, e.instant, "skipped", e.instant) for e in edges}


class CountingClock:
    """A new clock. Its requests are counted; nothing is asked of the gate."""

    def __init__(self, world: World) -> None:
        stage = ClockStage(world, posts=FakePosts())
        board = NoticeBoard(stage.parts, stage.posts)
        watch = DriftWatch(stage.parts, stage.gate.handle, stage.posts)
        self.asks = 0
        self._clock = DueClock(stage.parts, stage.gate.handle, board, watch, run=self._count)

    def tick(self) -> int:
        """Return how many environments were looked at."""
        return self._clock.tick()

    def _count(self, _work: Callable[[], None]) -> None:
        self.asks += 1
