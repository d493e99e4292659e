"""Reads orders to the control API and turns refusals into answers with words."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from playground.slack.words import Json, PersonRefusal


async def order_of(request: web.Request) -> Json:
    """Return the JSON object in the body; ``PersonRefusal`` (400) if there is none."""
    raw = await request.text()
    try:
        read: Any = json.loads(raw or "{}")
    except ValueError as error:
        raise PersonRefusal(f"the body is not JSON: {error}", 400) from error
    if not isinstance(read, dict):
        raise PersonRefusal("the body must be a JSON object", 400)
    return read


def needed(order: Json, name: str) -> str:
    """Return a text that the order must have; ``PersonRefusal`` (400) names it."""
    value = order.get(name)
    if not isinstance(value, str) or not value:
        raise PersonRefusal(f"{name} is needed", 400)
    return value


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer a refusal with ``{"error": words}``."""
    try:
        return await handler(request)
    except PersonRefusal as refusal:
        return web.json_response({"error": str(refusal)}, status=refusal.status)
