"""The time from a slash command to its HTTP 200, and of health checks, while strangers flood the port."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import aiohttp

from playground.slack.cast import SIGNING_SECRET
from tests.bench.load import Load, Shape, loading
from tests.bench.rig import Playing
from tests.scenarios.process import SOURCES

WARMING = 40
EVENLY = Shape(rate=10.0)


@dataclass(frozen=True)
class Siege:
    """``silent`` connections and ``rate`` unsigned megabytes a second, while ``commands`` commands come at 10
    a second.
    """

    silent: int = 500
    rate: float = 50.0
    commands: int = 400


@dataclass(frozen=True)
class Besieged:
    """Milliseconds of each command before the crowd came (``calm``) and during it (``amid``), and of
    ``/healthz`` during it.
    """

    siege: Siege
    calm: list[float]
    amid: list[float]
    health: list[float] = field(default_factory=list)
    said: list[int] = field(default_factory=list)
    """What the crowd counted: bodies refused, bodies answered, and silent connections opened again."""


def besiege(rig: Playing, siege: Siege) -> Besieged:
    return asyncio.run(_besiege(rig, siege))


async def _besiege(rig: Playing, siege: Siege) -> Besieged:
    async with loading(SIGNING_SECRET) as load:
        await load.send(rig.bot, min(WARMING, siege.commands), EVENLY)
        calm = await load.send(rig.bot, siege.commands, EVENLY)
        await load.answers.until(load.answers.count)
        said: list[int] = []
        with _crowd(rig.bot, siege, said):
            amid, health = await _beside(rig, load, siege.commands)
        return Besieged(siege, calm, amid, health, said)


async def _beside(rig: Playing, load: Load, commands: int) -> tuple[list[float], list[float]]:
    looking = asyncio.create_task(_health(rig.bot.rsplit("/", 2)[0]))
    amid = await load.send(rig.bot, commands, EVENLY)
    looking.cancel()
    return amid, await looking


async def _health(url: str) -> list[float]:
    """Ask for health four times a second, each time on a new connection, until cancelled."""
    taken: list[float] = []
    try:
        while True:
            begun = time.perf_counter()
            async with aiohttp.request("GET", f"{url}/healthz") as answer:
                assert answer.status == 200
            taken.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(0.25)
    except asyncio.CancelledError:
        return taken


@contextmanager
def _crowd(url: str, siege: Siege, said: list[int]) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.bench.crowd", url, str(siege.silent), str(siege.rate)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=SOURCES, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            process.stdin.close()
            said.extend(int(n) for n in process.stdout.read().split())
