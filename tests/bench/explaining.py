"""The bot's own work for `/env why`, without the time in which AWS answers: from the request to the message
for Slack.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from bot.slack.blocks import draw
from handlers.tell.reply import message
from handlers.words.result import Answer
from policies.service.facts import Container, Deployment
from tests.bench.yardstick import Taken, beside
from tests.fakes.aws import START
from tests.handlers.past import deployed
from tests.handlers.stage import Stage
from tests.handlers.world import GRANTS, STAGING, VIC, World, service, task

REPEATS = 10
"""Answers of one measurement, because one alone is too short to be measured."""
TASKS, LINES = 20, 50
"""Stopped tasks, and lines that each of them said: as many as are read of it."""
VARIABLES = tuple(f"SETTING_{number}" for number in range(60))


@dataclass(frozen=True)
class Explained:
    """``taken``: CPU seconds of one answer, next to counting. ``slowest``: seconds on the wall of the longest
    of all answers. ``calls``: how often a port was asked for one answer."""

    taken: Taken
    slowest: float
    calls: int


def explain(repeats: int = REPEATS, *, tries: int) -> Explained:
    """Ask why a service fails that has 20 stopped tasks, long logs and a revision with 60 variables."""
    world = _failing()
    stage, walls = Stage(world), list[float]()

    def ask() -> None:
        for _ in range(repeats):
            begun = time.monotonic()
            reply = stage.ask("why", "staging", "orders-api", who=VIC)
            draw(message(reply))
            walls.append(time.monotonic() - begun)
            assert isinstance(reply, Answer), reply

    found = beside(ask, tries=tries)
    calls = len(world.aws().script.calls) // len(walls)
    return Explained(Taken(found.work / repeats, found.counting), max(walls), calls)


def _failing() -> World:
    """Every task of the newest deployment exits, for want of the variable that its revision lacks."""
    world = World().catalogue(STAGING, grants=GRANTS)
    aws, new = world.aws(), "ecs-svc/new"
    ended = (Container("app", exit_code=1),)
    tasks = tuple(
        task(
            number, new, last_status="STOPPED", stop_code="EssentialContainerExited",
            stopped_reason="Essential container in task exited", stopped_at=START, containers=ended,
        )
        for number in range(TASKS)
    )  # fmt: skip
    primary = Deployment(
        new, "PRIMARY", "staging-orders-api:2", TASKS, 0, 0, 3, START, "FAILED", "tasks failed to start."
    )
    aws.services.put(service(deployments=(primary,), tasks=tasks, running=0))
    for each in tasks:
        said = [
            f"connecting with password=hunter2hunter2 to db-{n} at {START + timedelta(n)}"
            for n in range(LINES)
        ]
        aws.logs.write("/staging/orders-api", f"ecs/app/{each.id}", *said, "FATAL: DATABASE_URL is missing")
    deployed(aws.services, 1, variables=("DATABASE_URL", *VARIABLES))
    for number in range(2, 9):
        deployed(aws.services, number, "STOPPED", variables=VARIABLES)
    return world
