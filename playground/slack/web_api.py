"""Slack's Web API under ``/api/``: checks the caller, the scope and the rate, then calls the method from the
table.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.slack import bodies, faulty
from playground.slack.cast import APP_TOKEN, BOT_TOKEN, SCOPES
from playground.slack.methods_chat import CHAT
from playground.slack.methods_files import FILES
from playground.slack.methods_people import PEOPLE
from playground.slack.methods_places import PLACES
from playground.slack.methods_views import VIEWS
from playground.slack.state import SlackState
from playground.slack.words import Json, SlackRefusal

Method = Callable[[SlackState, Json], Json]
METHODS: dict[str, Method] = {**CHAT, **VIEWS, **PEOPLE, **PLACES, **FILES}
NEEDS = {
    "chat.postMessage": "chat:write", "chat.postEphemeral": "chat:write", "chat.update": "chat:write",
    "chat.delete": "chat:write", "users.info": "users:read", "users.list": "users:read",
    "users.lookupByEmail": "users:read.email", "usergroups.list": "usergroups:read",
    "usergroups.users.list": "usergroups:read", "conversations.open": "im:write",
    "conversations.list": "channels:read", "users.conversations": "channels:read",
    "reactions.add": "reactions:write",
    "files.getUploadURLExternal": "files:write", "files.completeUploadExternal": "files:write",
}  # fmt: skip
OPEN_TO_ALL = {"blocks.validate"}


@dataclass(frozen=True)
class Answer:
    """What goes back: an HTTP status, a JSON body, perhaps ``Retry-After``. A body of ``None`` means no
    answer at all.
    """

    body: Json | None
    status: int = 200
    retry_after: int | None = None


async def handle(state: SlackState, request: web.Request) -> web.StreamResponse:
    """Handle one call, recorded in the traffic however it ends."""
    method, began = request.match_info["method"], time.monotonic()
    arguments, token = await bodies.of_call(request)
    try:
        answer = await _answer(state, method, arguments, token)
    except faulty.Dropped:
        answer = Answer(None, 0)
    body = answer.body or {}
    state.traffic.add(
        {
            "direction": "from_bot", "method": method, "payload": arguments, "status": answer.status,
            "answer": answer.body, "latency_ms": round((time.monotonic() - began) * 1000, 1),
            "errors": _told_errors(body),
        }
    )  # fmt: skip
    if answer.body is None:
        return faulty.cut(request)
    return _response(answer)


async def _answer(state: SlackState, method: str, arguments: Json, token: str) -> Answer:
    struck = await faulty.strike(state.faults, method, "before_effect", arguments)
    if struck is not None:
        return Answer(struck.body, struck.status, struck.retry_after)
    answer = _effect(state, method, arguments, token)
    struck = await faulty.strike(state.faults, method, "after_effect", arguments)
    if struck is not None:
        return Answer(struck.body, struck.status, struck.retry_after)
    return answer


def _effect(state: SlackState, method: str, arguments: Json, token: str) -> Answer:
    called = METHODS.get(method)
    if called is None:
        return Answer({"ok": False, "error": "unknown_method", "req_method": method})
    try:
        _check_token(method, token)
        _check_scope(state, method, arguments)
        wait = state.limits.refused_for(method, str(arguments.get("channel", "")))
        if wait:
            return Answer({"ok": False, "error": "ratelimited"}, 429, wait)
        return Answer({"ok": True, **called(state, arguments)})
    except SlackRefusal as refusal:
        return Answer(refusal.body())


def _check_token(method: str, token: str) -> None:
    if method in OPEN_TO_ALL:
        return
    if not token:
        raise SlackRefusal("not_authed")
    wanted, other = (APP_TOKEN, BOT_TOKEN) if method == "apps.connections.open" else (BOT_TOKEN, APP_TOKEN)
    if token == other:
        raise SlackRefusal("not_allowed_token_type")
    if token != wanted:
        raise SlackRefusal("invalid_auth")


def _check_scope(state: SlackState, method: str, arguments: Json) -> None:
    needed = NEEDS.get(method)
    if method in ("conversations.info", "conversations.members"):
        channel = state.directory.channels.get(str(arguments.get("channel", "")))
        needed = f"{channel.kind() if channel else 'channels'}:read"
    if needed and needed not in SCOPES:
        raise SlackRefusal("missing_scope", needed=needed, provided=",".join(sorted(SCOPES)))


def _told_errors(body: Json) -> list[str]:
    if body.get("ok", True):
        return []
    return [str(body.get("error")), *body.get("response_metadata", {}).get("messages", [])]


def _response(answer: Answer) -> web.Response:
    headers: dict[str, Any] = {"x-oauth-scopes": ",".join(sorted(SCOPES))}
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    return web.json_response(answer.body, status=answer.status, headers=headers)
