"""How a bot's process begins: as a child of the playground, or of another process that was named for it.

Either way the bot runs in its own session, with these variables and no others, and it does not survive the
playground, however that ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

COMMAND = (sys.executable, "-m", "bot")
SOURCES = Path(__file__).resolve().parents[1]
"""The folder where ``python -m bot`` finds the bot: the checkout, or where the wheel was installed."""
LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))
LARGEST = 1 << 16


class StartRefused(Exception):
    """The process named to start the bot did not start it."""


class Running(Protocol):
    """A started process, as far as the playground needs it."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def send_signal(self, signal: int) -> None: ...

    async def wait(self) -> int: ...


class Starts(Protocol):
    """Starts a bot whose output goes to ``log``; ``StartRefused`` if none was started."""

    async def __call__(
        self, environment: Mapping[str, str], words: Sequence[str], log: IO[bytes]
    ) -> Running: ...


class ByItself:
    """Starts a bot as a user would: a command and its arguments."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = (*LEASH, str(os.getpid()), *command) if sys.platform == "linux" else command

    async def __call__(self, environment: Mapping[str, str], words: Sequence[str], log: IO[bytes]) -> Running:
        return await asyncio.create_subprocess_exec(
            *self._command, *words, env=dict(environment), cwd=SOURCES,
            stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip


class ByAnother:
    """Has a bot started by the process that listens at this socket (``SOCK_SEQPACKET``) and starts one bot
    for each connection. That process gets the order and three files, answers with the pid and later with the
    exit code, and kills its bot if the connection closes first. This is for tests that start a hundred bots.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    async def __call__(self, environment: Mapping[str, str], words: Sequence[str], log: IO[bytes]) -> Running:
        connection, pid = await asyncio.to_thread(self._asked, environment, words, log)
        return Elsewhere(connection, pid)

    def _asked(
        self, environment: Mapping[str, str], words: Sequence[str], log: IO[bytes]
    ) -> tuple[socket.socket, int]:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            return connection, self._ordered(connection, environment, words, log)
        except OSError as lost:
            connection.close()
            raise StartRefused(f"nobody starts the bot at {self._address}: {lost}") from lost
        except BaseException:
            connection.close()
            raise

    def _ordered(
        self,
        connection: socket.socket,
        environment: Mapping[str, str],
        words: Sequence[str],
        log: IO[bytes],
    ) -> int:
        connection.connect(self._address)
        order = {"words": [*COMMAND[1:], *words], "environment": dict(environment), "folder": str(SOURCES)}
        with Path(os.devnull).open("rb") as nothing:
            files = [nothing.fileno(), log.fileno(), log.fileno()]
            socket.send_fds(connection, [json.dumps(order).encode()], files)
        answer = json.loads(connection.recv(LARGEST) or b"{}")
        if "pid" not in answer:
            raise StartRefused(f"the bot was not started: {answer.get('refused', 'no answer')}")
        return int(answer["pid"])


class Elsewhere:
    """A process that is another's child. Its pid stays valid as long as the connection is open."""

    def __init__(self, connection: socket.socket, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        connection.setblocking(False)
        self._connection = connection
        self._ending = asyncio.create_task(self._ended())

    def send_signal(self, signal: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal)

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)

    async def _ended(self) -> int:
        with self._connection:
            try:
                said = await asyncio.get_running_loop().sock_recv(self._connection, LARGEST)
            except ConnectionError:
                said = b""
            self.returncode = int(json.loads(said)["code"]) if said else -signal.SIGKILL
        return self.returncode
