"""Commands as they are typed, against a playground that starts no bot of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from playground.bot_environment import BotSetup, environment
from playground.bot_process import free_port
from tests.bot.cli.conftest import ROOT, Console, Said
from tests.forking import starting
from tests.scenarios.control import Control
from tests.waiting import PATIENCE

Process = subprocess.Popen[bytes] | starting.Forked


@dataclass
class Machine:
    """The machine where the bot is installed: a database, its variables, and Slack and AWS as the playground
    has them.
    """

    folder: Path
    url: str
    control: Control
    transport: str = "socket"
    port: int = field(default_factory=free_port)

    def variables(self, **changes: str) -> dict[str, str]:
        """The variables with which the playground would start its bot, except for the catalog that is applied
        at start.
        """
        shown = self.control.get("")
        setup = BotSetup(self.folder, self.transport, self.port, self.url, tick=0.2, extra={})
        built = environment(setup, shown["url"], shown["world"])
        del built["LAMPLIGHTER_CATALOG_FILE"]
        return {name: value for name, value in {**built, **changes}.items() if value}

    def run(self, *words: str, **changes: str) -> Said:
        """Run a command in this process, because starting a process takes longer than most commands."""
        return Console(self.url, self.variables(**changes))(*words)

    def run_process(self, *words: str, **changes: str) -> Said:
        """Run a command in a process of its own. ``serve`` needs this: only the end of its process closes
        what it opened.
        """
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = self._started(words, out, err, changes)
            try:
                code = process.wait(PATIENCE)
            finally:
                kill(process)
            said = [_read(file) for file in (out, err)]
        assert "Traceback" not in said[1], said[1]
        return Said(code, *said)

    def start(self, *words: str, log: Path, plainly: bool = False, **changes: str) -> Process:
        """Start a command. Its process is a fork of one that has imported the bot already, unless
        ``plainly``: then the start is the one that a user has, which costs several times as much.
        """
        with log.open("wb") as out:
            return self._started(words, out, out, changes, plainly=plainly)

    def _started(
        self,
        words: tuple[str, ...],
        out: IO[bytes],
        err: IO[bytes],
        changes: dict[str, str],
        *,
        plainly: bool = False,
    ) -> Process:
        words, variables = ("-m", "bot", *words), self.variables(**changes)
        with Path(os.devnull).open("rb") as nothing:
            if plainly or not starting.POSSIBLE:
                return subprocess.Popen(
                    [sys.executable, *words], cwd=ROOT, env=variables, stdin=nothing, stdout=out, stderr=err
                )
            server = starting.bots()
            return server.start(words, {**variables, "HOME": server.home}, ROOT, (nothing, out, err))


def kill(process: Process) -> None:
    """Kill the process if it still runs, and wait for its end."""
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
