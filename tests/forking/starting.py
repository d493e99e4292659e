"""One fork server for the bot and one for the playground, for each process that runs tests and needs them."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from typing import IO

from tests.waiting import PATIENCE, until

SOURCES = Path(__file__).resolve().parents[2]
LARGEST = 1 << 16
CLEAN = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
"""The variables of the bot's interpreter, in addition to a home, as the playground builds them
(``playground.bot_environment``).
"""


def _possible() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


POSSIBLE = _possible()
"""Whether this machine has pidfds. If not, every process is started as a user would start it."""
BOT = ("bot.cli.serve", "tests.forking.loaded")
PLAYGROUND = ("playground.control", "tests.forking.loaded_world")


class ForkServer:
    """A server with ``modules`` imported before the first fork, in this environment.

    If the environment has no ``HOME``, an empty folder is made as ``home``, because libraries read its name
    when they are imported.
    """

    def __init__(self, modules: Sequence[str], environment: Mapping[str, str]) -> None:
        self._ends = ExitStack()
        folder = Path(self._ends.enter_context(tempfile.TemporaryDirectory(prefix="lamplighter-forks-")))
        self.home = environment.get("HOME") or str(folder / "home")
        Path(self.home).mkdir(exist_ok=True)
        self.address = str(folder / "socket")
        self._said = folder / "said"
        command = [sys.executable, "-m", "tests.forking.server", self.address, *modules]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                command, cwd=SOURCES, env={**environment, "HOME": self.home},
                stdin=subprocess.PIPE, stdout=said, stderr=said,
            )  # fmt: skip
        self.pid = self._process.pid
        until("forks can be had", self._listens, why=self._said.read_text)

    def end(self) -> None:
        """End the server, which kills every process that it started and that still runs."""
        with self._ends:
            self._process.communicate(timeout=PATIENCE)

    def start(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path, files: Sequence[IO[bytes]]
    ) -> Forked:
        """Start a process. ``words``: the arguments of the interpreter. ``files``: standard input, output and
        error.

        Raises ``AssertionError`` if the start is refused.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        order = {"words": [*words], "environment": dict(environment), "folder": str(folder)}
        said = b""
        with suppress(ConnectionError):
            connection.connect(self.address)
            socket.send_fds(connection, [json.dumps(order).encode()], [each.fileno() for each in files])
            said = connection.recv(LARGEST)
        answer = json.loads(said or b"{}")
        if "pid" not in answer:
            connection.close()
            raise AssertionError(f"nothing was forked: {answer} {self._said.read_text()}")
        return Forked(connection, answer["pid"])

    def _listens(self) -> bool:
        assert self._process.poll() is None, self._said.read_text()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as tried:
            return tried.connect_ex(self.address) == 0


class Forked:
    """A forked process, used like a process of ``subprocess``."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._connection], [], [], 0)[0]:
            self._heard()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises ``subprocess.TimeoutExpired``, as ``subprocess`` does for a child."""
        if self.returncode is None:
            if not select.select([self._connection], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
            self._heard()
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def forget(self) -> None:
        """Kill the process, without waiting for its end."""
        self._connection.close()

    def _heard(self) -> None:
        with self._connection:
            said = self._connection.recv(LARGEST)
        self.returncode = json.loads(said)["code"] if said else -signal.SIGKILL


@cache
def bots() -> ForkServer:
    return ForkServer(BOT, CLEAN)


@cache
def playgrounds() -> ForkServer:
    return ForkServer(PLAYGROUND, inherited())


def inherited() -> dict[str, str]:
    """Return the variables of this process, without the one that names the running test."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def end() -> None:
    """End the servers that were started."""
    for server in (bots, playgrounds):
        if server.cache_info().currsize:
            server().end()
            server.cache_clear()
