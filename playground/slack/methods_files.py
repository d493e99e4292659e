"""``files.getUploadURLExternal`` and ``files.completeUploadExternal``, the address between them, and the file
as the page shows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from playground.slack.cast import BOT_USER
from playground.slack.files import LARGEST, LONGEST_ALT, File
from playground.slack.state import SlackState
from playground.slack.words import Json, SlackRefusal


def get_upload_url(state: SlackState, arguments: Json) -> Json:
    name, alt = str(arguments.get("filename") or ""), str(arguments.get("alt_txt") or "")
    length = _whole(arguments.get("length"))
    if not name or length <= 0:
        raise SlackRefusal("missing_argument")
    if length > LARGEST:
        raise SlackRefusal("file_upload_size_restricted")
    if len(alt) > LONGEST_ALT:
        raise SlackRefusal("alt_txt_too_large")
    file, key = File(state.mint("F"), name, length, alt), state.mint.secret_path()
    state.files.begin(key, file)
    return {"upload_url": f"{state.url}/upload/v1/{key}", "file_id": file.id}


def complete_upload(state: SlackState, arguments: Json) -> Json:
    """Complete an upload. With a channel, the file is posted there, as at Slack; without one,
    nobody sees it.
    """
    given = _list(arguments.get("files"))
    if not given:
        raise SlackRefusal("invalid_arguments")
    channel = str(arguments.get("channel_id") or "")
    place = state.directory.writable_by_bot(channel) if channel else None
    done = [state.files.complete(str(each.get("id", "")), str(each.get("title") or "")) for each in given]
    if place is not None:
        links = ", ".join(f"<{state.url}/files/{file.id}|{file.title}>" for file in done)
        state.messages.post(place.id, BOT_USER, text=links)
    return {"files": [{"id": file.id, "title": file.title} for file in done]}


async def upload(state: SlackState, request: web.Request) -> web.Response:
    """Answer ``POST /upload/v1/…``: raw bytes."""
    body = await request.read()
    well = state.files.take(request.match_info["key"], body)
    text = f"OK - {len(body)}" if well else "the address is unknown or used, or the length is another"
    status = 200 if well else 400
    told = {"direction": "from_bot", "method": "upload", "payload": {"bytes": len(body)}, "status": status}
    state.traffic.add({**told, "answer": text, "latency_ms": 0.0, "errors": [] if well else [text]})
    return web.Response(status=status, text=text)


async def show(state: SlackState, request: web.Request) -> web.Response:
    """Answer ``GET /files/F…``: a picture, for the page, or any other file, to be saved."""
    file = state.files.find(request.match_info["id"])
    if file is None:
        raise web.HTTPNotFound(text="there is no such file")
    headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}
    if file.size != (0, 0):
        return web.Response(body=file.body, content_type="image/png", headers=headers)
    saved = {"Content-Disposition": f'attachment; filename="{_bare(file.name)}"'}
    return web.Response(body=file.body, content_type="text/plain", charset="utf-8", headers=headers | saved)


def _bare(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def _whole(value: object) -> int:
    return int(str(value)) if str(value).isdecimal() else 0


def _list(value: Any) -> list[Json]:
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


FILES: dict[str, Callable[[SlackState, Json], Json]] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
}
