"""Sends signed slash commands at a steady rate, and measures how long each took to be acknowledged."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.waiting import PATIENCE

FORM = {
    "token": "playground-verification",
    "team_id": "T0HOME",
    "team_domain": "playground",
    "channel_id": "C0STAGING",
    "channel_name": "staging",
    "user_id": "U0DEV",
    "user_name": "dev",
    "command": "/env",
    "text": "help",
    "api_app_id": "A0LAMP",
    "is_enterprise_install": "false",
}


@dataclass(frozen=True)
class Shape:
    """``clients`` people who each send at a steady pace, ``rate`` commands a second in all: evenly one after
    the other, or all at the same instants if ``together``.
    """

    rate: float = 50.0
    clients: int = 20
    together: bool = False

    def due(self, number: int) -> float:
        """Return when the command of that number is sent, in seconds since the start."""
        place = number - number % self.clients if self.together else number
        return place / self.rate


@dataclass
class Answers:
    """Where the bot's answers go, as Slack's response addresses would take them."""

    url: str = ""
    count: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        self.count += 1
        self.changed.set()
        return web.Response(text="ok")

    async def until(self, count: int) -> None:
        """Wait until that many answers came. Raises ``TimeoutError`` if they do not come in time: then the
        bot acknowledged and did not work.
        """
        async with asyncio.timeout(PATIENCE):
            while self.count < count:
                self.changed.clear()
                await self.changed.wait()


class Load:
    """One session and one place for answers. ``secret`` signs the requests."""

    def __init__(self, session: aiohttp.ClientSession, answers: Answers, secret: str) -> None:
        self._session, self.answers, self._secret = session, answers, secret
        self._sent = 0

    async def send(self, url: str, commands: int, shape: Shape) -> list[float]:
        """Return the milliseconds from each command to its 200, in the order sent. Raises ``AssertionError``
        for any other answer.
        """
        begun = time.perf_counter()
        clients = [
            self._client(url, range(n, commands, shape.clients), shape, begun) for n in range(shape.clients)
        ]
        taken = await asyncio.gather(*clients)
        return [ms for client in taken for ms in client]

    async def _client(self, url: str, numbers: Sequence[int], shape: Shape, begun: float) -> list[float]:
        taken = []
        for number in numbers:
            await asyncio.sleep(max(0.0, begun + shape.due(number) - time.perf_counter()))
            taken.append(await self._one(url))
        return taken

    async def _one(self, url: str) -> float:
        self._sent += 1
        rights = {"trigger_id": f"1.{self._sent}.bench", "response_url": f"{self.answers.url}/{self._sent}"}
        body = urlencode({**FORM, **rights}).encode()
        headers = self._signed(body)
        begun = time.perf_counter()
        async with self._session.post(url, data=body, headers=headers) as answer:
            said = await answer.text()
            assert answer.status == 200 and not said, f"{url}: {answer.status} {said}"
        return (time.perf_counter() - begun) * 1000

    def _signed(self, body: bytes) -> dict[str, str]:
        """Sign as Slack does: HMAC-SHA256 over version, timestamp and raw body (facts/slack 1.3)."""
        at = int(time.time())
        digest = hmac.new(self._secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": f"v0={digest}",
        }


@asynccontextmanager
async def loading(secret: str) -> AsyncIterator[Load]:
    answers = Answers()
    app = web.Application()
    app.router.add_post("/answer/{number}", answers.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        answers.url = f"http://127.0.0.1:{runner.addresses[0][1]}/answer"
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
            yield Load(session, answers, secret)
    finally:
        await runner.cleanup()
