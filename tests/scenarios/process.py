"""The playground as a process: started, found, and ended whatever happens."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from tests.forking import starting
from tests.waiting import SLACKS_PATIENCE, until

SOURCES = starting.SOURCES
LINE = re.compile(r"^Lamplighter playground: (http://127\.0\.0\.1:\d+)$", re.MULTILINE)
END_SECONDS = 60.0
Files = tuple[IO[bytes], IO[bytes], IO[bytes]]
"""Standard input, output and error."""


class PlaygroundProcess:
    """``python -m playground`` on a free port; ``url`` is where it answers. Its output is kept in ``folder``.
    Its standard input is a pipe of this process, so the playground also ends when this process is killed.

    The playground and its bots are forks of processes that have imported them already, unless ``plainly``:
    then each start is the one that a user has, which costs six times as much.
    """

    def __init__(self, folder: Path, options: Sequence[str], *, plainly: bool = False) -> None:
        self._out, self._err = folder / "playground.out", folder / "playground.err"
        words = ["-m", "playground", "--port", "0", "--until-stdin-closes", *options]
        words += ["--patience", str(SLACKS_PATIENCE)]
        with ExitStack() as files:
            read, write = os.pipe()
            self._lifeline = os.fdopen(write, "wb")
            given = files.enter_context(os.fdopen(read, "rb"))
            out, err = (files.enter_context(path.open("wb")) for path in (self._out, self._err))
            forked = starting.POSSIBLE and not plainly
            self._process = (_forked if forked else _started)(words, (given, out, err))
        try:
            self.url = until("the playground is ready", self._found, why=self.said)
        except BaseException:
            self.end(None)
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self, bot: int | None) -> None:
        """Ask the playground to end, and kill it if it does not. ``bot``: the pid of the bot, a process of
        another group, which is killed too if the playground had to be killed.
        """
        self._process.terminate()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            for pid in (self._process.pid, bot):
                if pid is not None:
                    _kill_group(pid)
            self._process.wait()
        self._lifeline.close()

    def said(self) -> str:
        return f"{self._out.read_text()}\n{self._err.read_text()}".strip()

    def _found(self) -> str:
        assert self._process.poll() is None, f"the playground ended\n{self.said()}"
        found = LINE.search(self._out.read_text())
        return found[1] if found else ""


def _started(words: Sequence[str], files: Files) -> subprocess.Popen[bytes]:
    given, out, err = files
    command = [sys.executable, *words]
    return subprocess.Popen(command, cwd=SOURCES, stdin=given, stdout=out, stderr=err, start_new_session=True)


def _forked(words: Sequence[str], files: Files) -> starting.Forked:
    bots = starting.bots()
    words = [*words, "--bot-from", bots.address, "--env", f"HOME={bots.home}"]
    return starting.playgrounds().start(words, starting.inherited(), SOURCES, files)


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
