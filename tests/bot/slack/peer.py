"""The playground's Slack as the peer of a real Bolt app: its own thread, its own port, both transports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from aiohttp import web

from playground.clock import PlaygroundClock
from playground.faults import Faults
from playground.slack import acts_modal, acts_pressing, acts_typing, payloads
from playground.slack.acts_modal import Submission
from playground.slack.acts_pressing import Press
from playground.slack.acts_typing import Typed
from playground.slack.delivery import Delivery
from playground.slack.organisation import ALONE, Organisation
from playground.slack.parcels import Ack, Kind
from playground.slack.server import SlackServer
from playground.slack.state import new_state
from playground.slack.transport_http import HttpTransport
from tests import waiting

T = TypeVar("T")
Json = dict[str, Any]


def until(holds: Callable[[], T | None]) -> T:
    """Return the value of ``holds`` once it is true."""
    return waiting.until("what is awaited", holds, pause=0.01)


class Peer:
    """Slack, on loopback. Runs fifty times as fast as the real one, so that its limits do not
    slow the tests.
    """

    def __init__(self, organisation: Organisation = ALONE) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.faults = Faults()
        clock, patience = PlaygroundClock(50.0), waiting.SLACKS_PATIENCE
        self.state = new_state(clock, self.faults, patience=patience, organisation=organisation)
        self.server = SlackServer(self.state, None)
        self.delivery: Delivery = self.server.delivery
        self.run(self._serve())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(waiting.PATIENCE)

    def speak_http(self, port: int) -> None:
        """Send signed requests to the bot's port from now on."""
        self.state.socket_mode = False
        self.delivery = Delivery(self.state, HttpTransport(f"http://127.0.0.1:{port}/slack/events"))

    def type(self, text: str, user: str = "U0DEV", channel: str = "C0STAGING", **more: Any) -> Json:
        return self.run(acts_typing.type_text(self.state, self.delivery, Typed(user, channel, text, **more)))

    def press(self, action_id: str, *, double: bool = False, **where: Any) -> Json:
        pressed = Press(where.pop("user", "U0DEV"), action_id, **where)
        return self.run(acts_pressing.press(self.state, self.delivery, pressed, double=double))

    def shortcut(self, callback_id: str, **where: Any) -> Json:
        pressed = Press(where.pop("user", "U0DEV"), callback_id, **where)
        return self.run(acts_pressing.use_shortcut(self.state, self.delivery, pressed))

    def options(self, action_id: str, view_id: str, query: str = "", user: str = "U0DEV") -> Json:
        pressed = Press(user, action_id, view_id=view_id)
        return self.run(acts_pressing.options(self.state, self.delivery, pressed, query))

    def submit(self, view_id: str, values: Json, user: str = "U0DEV") -> Json:
        return self.run(acts_modal.submit(self.state, self.delivery, Submission(user, view_id, values)))

    def send(self, kind: Kind, payload: Json) -> Ack:
        return self.run(self.delivery.deliver(kind, payload))

    def event(self, event: Json, event_id: str = "Ev1") -> Ack:
        now, organisation = self.state.clock.now(), self.state.organisation
        payload = payloads.event_callback(event, event_id, now, organisation=organisation)
        return self.send("event", payload)

    def seen(self, user: str = "U0DEV", channel: str = "C0STAGING") -> list[Json]:
        """Return the bot's messages in a channel as this person sees them, oldest first."""
        return [
            message.as_seen()
            for message in self.state.messages.seen_by(channel, user)
            if message.user == "U0LAMP"
        ]

    def calls(self, method: str) -> list[Json]:
        return [t for t in self.state.traffic.rows(method=method) if t["direction"] == "from_bot"]

    def modal(self, user: str = "U0DEV") -> Json | None:
        stack = self.state.views.stacks.get(user)
        return stack[-1].as_seen() if stack else None

    def close(self) -> None:
        self.faults.clear()
        self.run(self.delivery.close())
        self.run(self.server.close())
        self.run(self._runner.cleanup())
        self.run(asyncio.sleep(0.01))  # transports close in the next turns of the loop
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(waiting.PATIENCE)
        self.loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.add_routes(self.server.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.state.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
