"""Commands as they are typed, against a playground that starts no bot of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from playground.bot_environment import BotSetup, environment
from playground.bot_process import free_port
from tests.bot.cli.conftest import ROOT, Console, Said
from tests.scenarios.control import Control
from tests.waiting import PATIENCE


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
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            cwd=ROOT,
            env=self.variables(**changes),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)

    def start(self, *words: str, log: Path, **changes: str) -> subprocess.Popen[bytes]:
        with log.open("wb") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "bot", *words],
                cwd=ROOT,
                env=self.variables(**changes),
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
            )
