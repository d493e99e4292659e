"""The two processes that are compared: the real bot in a playground, and a bare Bolt app."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playground.slack.cast import BOT_TOKEN, SIGNING_SECRET
from tests.bench.bare import PATH
from tests.scenarios.control import Control
from tests.scenarios.process import SOURCES, PlaygroundProcess

PACE = 10
PER_MINUTE = 1_000
"""Commands that a person may send in a minute of the playground's clock, which is six seconds here: enough
for one person to send them all.
"""
OPTIONS = ["--transport", "http", "--pace", str(PACE), "--tick", "1"]


@dataclass(frozen=True)
class Playing:
    """A playground and the bot in it. ``bot``: where the bot takes Slack's requests."""

    control: Control
    bot: str
    world: int
    """The pid of the playground."""

    @property
    def pid(self) -> int:
        """The pid of the bot."""
        return int(self.control.get("")["bot"]["pid"])


@dataclass(frozen=True)
class Rig(Playing):
    """A playground, its bot and the bare app. ``bare``: where the bare app takes Slack's requests."""

    bare: str


@contextmanager
def playing(folder: Path, options: Sequence[str], *, plainly: bool) -> Iterator[Playing]:
    """Run a playground with these command-line options, and end it whatever happens. ``plainly``: as a user
    starts it, so that its memory and its start are a user's (``PlaygroundProcess``).
    """
    playground = PlaygroundProcess(folder, options, plainly=plainly)
    control = Control(playground.url)
    try:
        yield Playing(control, f"{control.get('')['bot']['url']}{PATH}", playground.pid)
    finally:
        bot = control.get("")["bot"]["pid"]
        control.close()
        playground.end(bot)


@contextmanager
def rigged(*, plainly: bool) -> Iterator[Rig]:
    """Run both, and end them whatever happens. ``plainly``: as ``playing`` has it."""
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="lamplighter-bench-")))
        options = [*OPTIONS, "--env", f"LAMPLIGHTER_PER_MINUTE={PER_MINUTE}"]
        played = ends.enter_context(playing(folder, options, plainly=plainly))
        yield Rig(played.control, played.bot, played.world, f"{ends.enter_context(_bare())}{PATH}")


@contextmanager
def _bare() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.bare", SIGNING_SECRET, BOT_TOKEN]
    with subprocess.Popen(command, cwd=SOURCES, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()
