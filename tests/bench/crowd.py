"""``python -m tests.bench.crowd URL SILENT RATE``: strangers at the bot's HTTP port, as a process.

``SILENT`` connections say nothing, and each is opened again when the bot closes it. ``RATE`` bodies of a
megabyte are sent a second, alternating between no signature and a wrong one. The process prints *ready* once
all connections stand. When its input ends, it prints how many bodies were refused, how many were answered,
and how many connections were opened again.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

BODY = b"a=%41&" * (1_000_000 // 6)
AT_ONCE = 50
"""The most bodies under way at once: strangers wait for nothing, but this machine has limits."""


@dataclass
class Crowd:
    host: str
    port: int
    path: str
    standing: int = 0
    opened: int = 0
    refused: int = 0
    answered: int = 0
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def stand(self) -> None:
        """Hold one silent connection open for ever."""
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection(self.host, self.port)
                self.standing, self.opened = self.standing + 1, self.opened + 1
                with contextlib.suppress(OSError):
                    await reader.read()
                self.standing -= 1
                writer.close()
            await asyncio.sleep(0.2)

    async def shout(self, rate: float) -> None:
        begun, number = time.monotonic(), 0
        async with asyncio.TaskGroup() as voices:
            while True:
                await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
                await self.room.acquire()
                voices.create_task(self._once(number))
                number += 1

    async def _once(self, number: int) -> None:
        forged = f"X-Slack-Request-Timestamp: {int(time.time())}\r\nX-Slack-Signature: v0={'0' * 64}\r\n"
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Length: {len(BODY)}\r\n"
            f"Connection: close\r\n{forged if number % 2 else ''}\r\n"
        )
        try:
            reader, writer = await asyncio.open_connection(self.host, self.port)
            writer.write(head.encode() + BODY)
            said = await reader.read(12)
            self.answered += 1
            self.refused += said.endswith(b"401")
            writer.close()
        except OSError:
            self.answered += 1
        finally:
            self.room.release()


async def crowd(url: str, silent: int, rate: float) -> None:
    parts = urlsplit(url)
    met = Crowd(str(parts.hostname), int(parts.port or 80), parts.path)
    tasks = [asyncio.create_task(met.stand()) for _ in range(silent)]
    while met.opened < silent:
        await asyncio.sleep(0.05)
    tasks.append(asyncio.create_task(met.shout(rate)))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    sys.stdout.write(f"{met.refused} {met.answered} {met.opened - silent}\n")
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(crowd(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
