"""The bot as a process: started as a user would start it, signalled by pid, with its log in a file."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import aiohttp

from playground.bot_start import ByItself, Running, StartRefused, Starts
from playground.slack.words import Json

READY_SECONDS, TERM_SECONDS = 240.0, 8.0
"""How long the bot may take to be ready and to end; the first limit separates a hung bot from a slow machine.
"""
SIGNAL_SECONDS = 60.0
"""How long a bot may take to end after KILL, TERM or INT before it counts as still running."""
FIRST_PORT, PORTS = 20_000, 12_000
"""Below 32,768, where Linux begins to assign ports by itself; macOS and Windows begin at 49,152."""
SIGNALS = {name: getattr(signal, f"SIG{name}") for name in ("KILL", "TERM", "STOP", "CONT", "INT")}


class BotFailed(Exception):
    """The bot ended or stayed silent before it was ready; the message has the tail of its log."""


def free_port() -> int:
    """Return a loopback port that nobody listens on now and that the system never assigns by itself. Seconds
    pass between this choice and the bot's start, in which any other program may ask for *some* port.
    """
    while True:
        port = FIRST_PORT + secrets.randbelow(PORTS)
        with socket.socket() as taken, suppress(OSError):
            taken.bind(("127.0.0.1", port))
            return port


class BotProcess:
    """At most one running bot, whose port stays the same over restarts."""

    def __init__(
        self, port: int, log: Path, changed: Callable[[], None], *, starts: Starts | None = None
    ) -> None:
        self.port, self.log, self.url = port, log, f"http://127.0.0.1:{port}"
        self._changed, self._starts = changed, starts or ByItself()
        self._process: Running | None = None
        self._watch: asyncio.Task[None] | None = None
        self._becoming: asyncio.Task[None] | None = None
        self.state = "not started"

    @property
    def pid(self) -> int | None:
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    def shown(self) -> Json:
        """Return the bot's part of ``GET /playground``."""
        exit_code = self._process.returncode if self._process else None
        return {"pid": self.pid, "state": self.state, "url": self.url, "log": str(self.log),
                "exit_code": exit_code}  # fmt: skip

    async def start(
        self, environment: Mapping[str, str], *, migrate: bool = False, wait: bool = True
    ) -> Json:
        """Start ``serve`` and, unless ``wait`` is false, wait until it is ready; ``BotFailed`` if it is not.
        With ``migrate``, the bot first brings its database to the newest schema.
        """
        if self.pid is not None:
            raise BotFailed(f"the bot is running already, pid {self.pid}")
        began = time.monotonic()
        self._process = await self._spawn(environment, *(["--migrate"] if migrate else []))
        self._set("starting")
        self._watch = asyncio.create_task(self._watch_end(self._process))
        becoming = self._becoming = asyncio.create_task(self._become_ready(self._process))
        if wait:
            await becoming
        return {"pid": self._process.pid, "seconds": round(time.monotonic() - began, 3)}

    async def signal(self, name: str) -> Json:
        """Send one signal; after KILL, TERM or INT wait up to a minute until the process has ended."""
        process = self._process
        if process is None or process.returncode is not None:
            raise BotFailed("the bot is not running")
        began = time.monotonic()
        process.send_signal(SIGNALS[name])
        if name in ("STOP", "CONT"):
            self._set("stopped" if name == "STOP" else "ready")
            return {"pid": process.pid, "seconds": 0.0}
        await self._ended(process, patience=SIGNAL_SECONDS)
        return {
            "pid": process.pid, "exit_code": process.returncode,
            "seconds": round(time.monotonic() - began, 3),
        }  # fmt: skip

    async def end(self) -> None:
        """Send SIGTERM, wait eight seconds, then send SIGKILL by pid."""
        process = self._process
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGCONT)
            process.send_signal(signal.SIGTERM)
            await self._ended(process, patience=TERM_SECONDS)
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()
        tasks = [task for task in (self._watch, self._becoming) if task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    def tail(self, lines: int = 40) -> str:
        """Return the last lines of the bot's log."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    async def _spawn(self, environment: Mapping[str, str], *options: str) -> Running:
        with self.log.open("ab") as log:
            try:
                return await self._starts(environment, ("serve", *options), log)
            except StartRefused as refused:
                raise BotFailed(str(refused)) from refused

    async def _become_ready(self, process: Running) -> None:
        await self._until_ready(process)
        self._set("ready")

    async def _until_ready(self, process: Running) -> None:
        deadline = time.monotonic() + READY_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as session:
            while time.monotonic() < deadline:
                if process.returncode is not None:
                    code = process.returncode
                    raise BotFailed(f"the bot ended before it was ready, exit code {code}\n{self.tail()}")
                if await _is_ready(session, f"{self.url}/readyz"):
                    return
                await asyncio.sleep(0.05)
        raise BotFailed(f"the bot was not ready after {READY_SECONDS:g} s\n{self.tail()}")

    async def _ended(self, process: Running, patience: float) -> None:
        await asyncio.wait({asyncio.ensure_future(process.wait())}, timeout=patience)
        if process.returncode is not None:
            self._set("ended")

    async def _watch_end(self, process: Running) -> None:
        await process.wait()
        self._set("ended")

    def _set(self, state: str) -> None:
        self.state = state
        self._changed()


async def _is_ready(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False
