"""The playground as a process of its own: started, found, and ended whatever happens."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.waiting import SLACKS_PATIENCE, until

SOURCES = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^Lamplighter playground: (http://127\.0\.0\.1:\d+)$", re.MULTILINE)
END_SECONDS = 60.0


class PlaygroundProcess:
    """``python -m playground`` on a free port; ``url`` is where it answers. What it prints is kept in
    ``folder``. Its standard input is a pipe of this process, so that it ends also when this one is killed."""

    def __init__(self, folder: Path, options: Sequence[str]) -> None:
        self._out, self._err = folder / "playground.out", folder / "playground.err"
        command = [sys.executable, "-m", "playground", "--port", "0", "--until-stdin-closes", *options]
        command += ["--patience", str(SLACKS_PATIENCE)]
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self._process = subprocess.Popen(
                command, cwd=SOURCES, stdin=subprocess.PIPE, stdout=out, stderr=err, start_new_session=True
            )
        try:
            self.url = until("the playground is ready", self._found, why=self.said)
        except BaseException:
            self.end(None)
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self, bot: int | None) -> None:
        """Asked to end; after a while made to. ``bot`` is the pid of the bot, a process of another group,
        which is killed too if the playground had to be."""
        assert self._process.stdin is not None
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in (self._process.pid, bot):
                if pid is not None:
                    _kill_group(pid)
            self._process.wait()
        self._process.stdin.close()

    def said(self) -> str:
        return f"{self._out.read_text()}\n{self._err.read_text()}".strip()

    def _found(self) -> str:
        assert self._process.poll() is None, f"the playground ended\n{self.said()}"
        found = LINE.search(self._out.read_text())
        return found[1] if found else ""


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
