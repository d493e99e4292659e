"""A playground in a thread of its own, with a real Bolt app as the bot."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, TypeVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient

from playground.bot_environment import BotSetup
from playground.control import Playground, new_playground
from playground.slack.cast import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.waiting import PATIENCE, SLACKS_PATIENCE, until

T = TypeVar("T")


def eventually(look: Callable[[], T | None]) -> T:
    """Return the result of ``look`` as soon as it is true."""
    return until("what is awaited", look, pause=0.01)


class Rig:
    """What a test holds: the playground, how to ask its control API, and the bot's app and client."""

    def __init__(self, playground: Playground, loop: asyncio.AbstractEventLoop) -> None:
        self.playground, self.loop = playground, loop
        self.url = playground.url
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False, verify=False)
        self.client = WebClient(BOT_TOKEN, base_url=f"{self.url}/api/")
        self.app = App(client=self.client, signing_secret=SIGNING_SECRET)

    def waits(self, seconds: float) -> None:
        """Set how many seconds Slack waits for an acknowledgement from now on."""
        self.playground.slack.state.patience = seconds

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the playground's own loop; return its result."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def ask(self, path: str, **query: str) -> Any:
        answer = self.http.get(f"/playground{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def tell(self, path: str, expect: int = 200, **order: Any) -> Any:
        answer = self.http.post(f"/playground{path}", json=order)
        assert answer.status_code == expect, answer.text
        return answer.json()

    def type(self, text: str, user: str = "U0DEV", channel: str = "C0STAGING", **more: Any) -> Any:
        return self.tell("/command", user=user, channel=channel, text=text, **more)

    def seen(self, viewer: str = "U0DEV", channel: str = "C0STAGING") -> list[dict[str, Any]]:
        return list(self.ask("/messages", channel=channel, viewer=viewer)["messages"])

    def modals(self, viewer: str = "U0DEV") -> list[dict[str, Any]]:
        return [view for view in self.ask("/views", viewer=viewer)["views"] if view["kind"] == "modal"]

    def traffic(self, method: str) -> list[dict[str, Any]]:
        return list(self.ask("/traffic", method=method)["traffic"])

    def sockets(self) -> int:
        return len(self.playground.slack.sockets.connections)

    def fault(self, **rule: Any) -> Any:
        return self.tell("/faults", rules=[rule])


class _ThreadedServer(ThreadingMixIn, WSGIServer):
    """Serves each request in its own thread, as a bot in HTTP mode needs (facts/slack 1.1)."""

    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _nothing(_environ: object, _reply: object) -> list[bytes]:
    raise AssertionError("the app is set before anything is served")


@contextmanager
def running(transport: str, folder: Path, pace: float = 1.0) -> Iterator[Rig]:
    """Yield a playground with a Bolt app connected by ``transport``."""
    server = make_server("127.0.0.1", 0, _nothing, _ThreadedServer, _QuietHandler)
    with _playground(transport, folder, server.server_port, pace) as rig:
        server.set_app(SlackRequestHandler(rig.app, path="/slack/events"))
        serving = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        serving.start()
        sockets = SocketModeHandler(rig.app, APP_TOKEN) if transport == "socket" else None
        if sockets:
            sockets.connect()  # type: ignore[no-untyped-call]
            eventually(rig.sockets)
        try:
            yield rig
        finally:
            if sockets:
                # The SDK's close waits for its reader, so hang up first and close in a thread of its own.
                sockets.client.auto_reconnect_enabled = False
                rig.run(rig.playground.slack.sockets.disconnect(abruptly=True))
                threading.Thread(target=sockets.close, daemon=True).start()
            server.shutdown()
            serving.join(PATIENCE)
            server.server_close()


@contextmanager
def _playground(transport: str, folder: Path, bot_port: int, pace: float) -> Iterator[Rig]:
    setup = BotSetup(folder, transport, bot_port, "sqlite://", tick=1.0)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> Playground:
        made = new_playground(setup, pace=pace, log=folder / "bot.log", patience=SLACKS_PATIENCE)
        await made.serve(0)
        return made

    playground = asyncio.run_coroutine_threadsafe(start(), loop).result(PATIENCE)
    rig = Rig(playground, loop)
    try:
        yield rig
    finally:
        rig.http.close()
        asyncio.run_coroutine_threadsafe(playground.end(), loop).result(PATIENCE)
        asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
