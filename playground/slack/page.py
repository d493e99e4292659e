"""Serves the playground's page at ``/``: files only. The page asks the control API for everything it shows.

Deliberately absent: anything from another host, and any script but our own; the policy header tells the
browser so. The only pictures are those that the bot uploaded here.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

STATIC = Path(__file__).parent / "static"
FILES = {
    "page.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "clock.js": "text/javascript",
    "controls.js": "text/javascript",
    "inspector.js": "text/javascript",
    "log.js": "text/javascript",
}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def routes(state: object) -> list[web.RouteDef]:
    """Return the routes of the page. ``state`` is shared by the server's parts; the page needs none of it."""
    return [web.get("/", _page), web.get("/static/{name}", _file)]


async def _page(_request: web.Request) -> web.Response:
    return _answer("page.html")


async def _file(request: web.Request) -> web.Response:
    return _answer(request.match_info["name"])


def _answer(name: str) -> web.Response:
    """Return one of the named files and nothing else, whatever a path spells."""
    if name not in FILES:
        raise web.HTTPNotFound(text=f"no file {name} here")
    body = (STATIC / name).read_bytes()
    return web.Response(body=body, content_type=FILES[name], charset="utf-8", headers=HEADERS)
