"""Reads what callers send: JSON and form bodies, query strings, and arguments that are JSON in a form."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from aiohttp import web

from playground.slack.words import Json

JSON_ARGUMENTS = ("blocks", "attachments", "view", "metadata", "message")


async def of_call(request: web.Request) -> tuple[Json, str]:
    """Return the arguments of a Web API call and its token, from the header or the arguments.

    A JSON content type with an empty body is a call without arguments (facts/slack 4.2).
    """
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        raw = await request.text()
        arguments |= _object(raw)
    elif request.method == "POST":
        arguments |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    given = arguments.pop("token", "")
    for name in JSON_ARGUMENTS:
        if isinstance(arguments.get(name), str):
            with suppress(ValueError):
                arguments[name] = json.loads(arguments[name])
    return arguments, token or str(given)


def _object(raw: str) -> Json:
    with suppress(ValueError):
        read: Any = json.loads(raw)
        if isinstance(read, dict):
            return read
    return {}


def flag(arguments: Json, name: str, default: bool = False) -> bool:
    """Return a boolean argument, which forms spell as text."""
    value = arguments.get(name, default)
    return value if isinstance(value, bool) else str(value).lower() in ("true", "1")
