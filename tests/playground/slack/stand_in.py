"""A control API with canned answers, so that the page is tested without a bot, a world or a database.

The stand-in keeps what the page sent in ``calls``. A command containing ``slow`` is answered only once
``release`` is set, so that a test can look at the page while it waits.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from aiohttp import web

from playground.slack import page
from playground.slack.blocks_html import render_message, render_view
from playground.slack.mrkdwn_html import Names
from tests.waiting import PATIENCE

Json = dict[str, Any]
PEOPLE = [
    ("U0ADA", "Ada Ames", "admin, and production by name"),
    ("U0DEV", "Dev Das", "developer on staging and qa-*"),
    ("U0VIC", "Vic Vega", "viewer on staging"),
    ("U0LAMP", "Lamplighter", "the bot"),
]
CHANNELS = [
    {"id": "C0STAGING", "name": "staging", "is_ext_shared": False, "bot_is_member": True},
    {"id": "C0OPS", "name": "platform-ops", "is_ext_shared": False, "bot_is_member": True},
    {"id": "C0SHARED", "name": "shared", "is_ext_shared": True, "bot_is_member": True},
    {"id": "D0DEV", "name": "@dev", "is_im": True, "user": "U0DEV", "bot_is_member": True},
]


def words(text: str, kind: str = "plain_text") -> Json:
    return {"type": kind, "text": text}


CONFIRM = {
    "title": words("Restart orders-api?"),
    "text": words("The running tasks of *orders-api* are replaced.", "mrkdwn"),
    "confirm": words("Restart"),
    "deny": words("Keep it"),
}
RESTART: list[Json] = [
    {
        "type": "section",
        "block_id": "what",
        "text": words("*orders-api* in *staging*: healthy after 38 s", "mrkdwn"),
    },
    {"type": "context", "elements": [words("<@U0DEV> · restart · old tasks draining", "mrkdwn")]},
    {
        "type": "actions",
        "block_id": "offers",
        "elements": [
            {
                "type": "button",
                "action_id": "again",
                "text": words("Restart again"),
                "value": "o-1",
                "confirm": CONFIRM,
            },
            {"type": "button", "action_id": "logs", "text": words("Show logs"), "value": "o-2"},
        ],
    },
]
MODAL: Json = {
    "type": "modal",
    "title": words("Restart a service"),
    "submit": words("Restart"),
    "close": words("Cancel"),
    "blocks": [
        {
            "type": "input",
            "block_id": "service",
            "label": words("Service"),
            "element": {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": words(name), "value": name} for name in ("orders-api", "web")],
            },
        },
        {
            "type": "input",
            "block_id": "environment",
            "label": words("Environment"),
            "element": {"type": "external_select", "action_id": "env", "min_query_length": 0},
        },
        {
            "type": "input",
            "block_id": "why",
            "label": words("Reason"),
            "hint": words("Kept in the audit log."),
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        },
    ],
}
HOME: list[Json] = [{"type": "header", "text": words("Your environments")}]


class StandIn:
    """The server that the page talks to; it reports changes to every open stream."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.messages: list[Json] = []
        self.typed: list[Json] = []
        self.now = "2026-11-21T19:00:00+00:00"
        self.then = ""
        """Where the next press of a clock button moves the clock, if anywhere."""
        self.modals: list[Json] = []
        self.errors: Json = {}
        self.failure: str | None = None
        self.release = asyncio.Event()
        self.url = ""
        self.loop = asyncio.new_event_loop()
        self._streams: list[asyncio.Queue[str]] = []
        self.listened_to = threading.Event()
        """Set once a page has opened the stream; nobody hears what is told before that."""
        self._ts = 1_700_000_000

    def sent(self, path: str) -> list[Json]:
        """Return the bodies that the page posted to a path, oldest first."""
        return [body for where, body in self.calls if where == path]

    def post(self, channel: str, text: str, **more: Any) -> str:
        self._ts += 60
        ts = f"{self._ts}.000100"
        message = {
            "channel": channel,
            "ts": ts,
            "user": "U0LAMP",
            "text": text,
            "blocks": [],
            "ephemeral": False,
        }
        self.messages.append({**message, **more})
        self.tell("message", channel)
        return ts

    def edit(self, ts: str, text: str) -> None:
        for message in self.messages:
            if message["ts"] == ts:
                message.update(text=text, blocks=[], edited={"ts": ts})
                self.tell("message", message["channel"])

    def tell(self, kind: str, channel: str = "") -> None:
        """Tell every open stream of a change; safe from any thread."""
        line = f'data: {{"kind": "{kind}", "channel": "{channel}"}}\n\n'
        for stream in self._streams:
            self.loop.call_soon_threadsafe(stream.put_nowait, line)

    def routes(self) -> list[web.RouteDef]:
        gets = {
            "/playground": self._facts,
            "/playground/cast": self._cast,
            "/playground/messages": self._messages,
            "/playground/views": self._views,
            "/playground/traffic": self._traffic,
            "/playground/faults": self._faults,
            "/playground/stream": self._stream,
        }
        posts = ("command", "click", "shortcut", "submit", "close", "options", "clock", "bot", "event")
        return [
            *[web.get(path, handler) for path, handler in gets.items()],
            *[web.post(f"/playground/{name}", self._post) for name in posts],
        ]

    async def _facts(self, _: web.Request) -> web.Response:
        facts = {"bot": {"pid": 4711, "state": "ready"}, "transport": "socket", "database": "sqlite"}
        return web.json_response({**facts, "now": self.now, "pace": 1.0})

    async def _cast(self, _: web.Request) -> web.Response:
        people = [
            {
                "id": who,
                "name": name.split()[0].lower(),
                "real_name": name,
                "role": role.split()[0],
                "role_line": role,
            }
            for who, name, role in PEOPLE
        ]
        shortcuts = [{"callback_id": "why", "name": "Why?"}]
        told = {"people": people, "channels": CHANNELS, "commands": ["/env"], "shortcuts": shortcuts}
        return web.json_response(told)

    async def _messages(self, request: web.Request) -> web.Response:
        viewer = request.query["viewer"]
        seen = [
            {**each, "html": render_message(each, Names(NAMES, CHANNEL_NAMES))}
            for each in self.messages
            if each["channel"] == request.query["channel"] and each.get("only_for") in (None, viewer)
        ]
        where = (viewer, request.query["channel"])
        typed = [each for each in self.typed if (each["user"], each["channel"]) == where]
        return web.json_response({"messages": seen, "typed": typed})

    async def _views(self, _: web.Request) -> web.Response:
        home = {
            "id": "V0HOME",
            "kind": "home",
            "html": render_view({"blocks": HOME}, Names(NAMES, CHANNEL_NAMES)),
        }
        modals = [
            {
                **view,
                "kind": "modal",
                "id": f"V{at}",
                "html": render_view(view, Names(NAMES, CHANNEL_NAMES)),
                "errors": self.errors,
            }
            for at, view in enumerate(self.modals)
        ]
        return web.json_response({"views": [home, *modals]})

    async def _traffic(self, _: web.Request) -> web.Response:
        rows = [
            {"id": 1, "direction": "to_bot", "method": "deliver.command", "status": 200, "latency_ms": 12.4,
             "payload": {"text": "help"}, "answer": {}, "errors": []},
            {"id": 2, "direction": "from_bot", "method": "chat.postMessage", "status": 200, "latency_ms": 2.0,
             "payload": {"text": ""}, "answer": {"ok": False, "error": "invalid_blocks"},
             "errors": ["/text: missing fallback text"]},
        ]  # fmt: skip
        return web.json_response({"traffic": rows})

    async def _faults(self, _: web.Request) -> web.Response:
        return web.json_response({"faults": []})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        stream: asyncio.Queue[str] = asyncio.Queue()
        self._streams.append(stream)
        self.listened_to.set()
        with contextlib.suppress(ConnectionResetError):
            while True:
                await response.write((await stream.get()).encode())
        return response

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.calls.append((request.path, body))
        answer = {"status": 200, "ack_ms": 12.0, "response": "", "failure": self.failure}
        match request.path.removeprefix("/playground/"):
            case "command":
                await self._command(body)
            case "click" if body["action_id"] == "logs":
                await self.release.wait()
            case "clock":
                self.now, self.then = self.then or self.now, ""
                answer = {"now": self.now, "pace": 1.0}
            case "options":
                answer["options"] = [{"text": words("staging"), "value": "E1"}]
            case "submit" | "close":
                self._submit(body)
        return web.json_response(answer)

    async def _command(self, body: Json) -> None:
        text, channel = body["text"], body["channel"]
        self._ts += 60
        self.typed.append({**body, "ts": f"{self._ts}.000100"})
        if "slow" in text:
            await self.release.wait()
        if "restart" in text:
            self.post(channel, "orders-api restarted", blocks=RESTART)
        elif "open" in text:
            self.modals = [MODAL]
            self.tell("view")
        else:
            self.post(channel, f"You said `{text}`", ephemeral=True, only_for=body["user"])

    def _submit(self, body: Json) -> None:
        reason = body.get("values", {}).get("why", {}).get("text")
        if reason == "no":
            self.errors = {"why": "Please say why."}
        else:
            self.modals, self.errors = [], {}
        self.tell("view")


NAMES = {who: name.split()[0] for who, name, _ in PEOPLE}
CHANNEL_NAMES = {str(channel["id"]): str(channel["name"]) for channel in CHANNELS}


@contextlib.contextmanager
def serving(stand_in: StandIn) -> Iterator[str]:
    """Serve the page and its stand-in on a port of their own; yield the URL."""
    ready = threading.Event()
    thread = threading.Thread(target=_serve, args=(stand_in, ready), daemon=True)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield stand_in.url
    finally:
        stand_in.loop.call_soon_threadsafe(stand_in.loop.stop)
        thread.join(PATIENCE)


def _serve(stand_in: StandIn, ready: threading.Event) -> None:
    loop = stand_in.loop
    asyncio.set_event_loop(loop)
    app = web.Application()
    app.add_routes(stand_in.routes())
    app.add_routes(page.routes(None))
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    ready.set()
    loop.run_forever()
    loop.run_until_complete(runner.cleanup())
    loop.close()
