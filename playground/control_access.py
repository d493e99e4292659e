"""Who may talk to the playground at all: this machine's own browser and programs, under its own name.

Every path is checked, the Slack API's too. Without the check, a web page could make a visitor's browser press
buttons here (DNS rebinding, cross-site posts).
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

NAMES = {"127.0.0.1", "localhost"}
SOCKET = "/socket"
"""Slack's Python SDK sends no port in the Host of its websocket handshake; a rebound name still differs."""
SAFE = ("GET", "HEAD", "OPTIONS")


def guard(port: Callable[[], int]) -> Middleware:
    """Refuse with 403 a foreign Host and, for any request but a read, a foreign Origin."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        hosts = {f"{name}:{port()}" for name in NAMES}
        if request.headers.get("Host") not in hosts | (NAMES if request.path == SOCKET else set()):
            return _refused("Host")
        origin = request.headers.get("Origin")
        reading = request.method in SAFE and request.headers.get("Upgrade", "").lower() != "websocket"
        if origin is not None and not reading and origin not in {f"http://{host}" for host in hosts}:
            return _refused("Origin")
        return await handler(request)

    return check


def _refused(header: str) -> web.Response:
    return web.json_response(
        {"error": f"the playground answers only this machine: foreign {header}"}, status=403
    )
