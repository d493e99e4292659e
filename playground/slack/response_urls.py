"""Answers at a response URL: five uses in thirty minutes; an answer may replace or delete the pressed
message.
"""

from __future__ import annotations

import time

from aiohttp import web

from playground.slack import faulty
from playground.slack.acts_typing import show_answer
from playground.slack.bodies import flag, of_call
from playground.slack.capabilities import ResponseUrl
from playground.slack.messages import Message
from playground.slack.methods_chat import content
from playground.slack.state import SlackState
from playground.slack.words import Json, SlackRefusal

METHOD = "response_url"
STATUS = {"used_url": 404, "expired_url": 404, "invalid_url": 404}


async def handle(state: SlackState, request: web.Request) -> web.StreamResponse:
    """Answer ``POST /response/<team>/<secret>``: ``ok``, or Slack's error code."""
    began = time.monotonic()
    arguments, _ = await of_call(request)
    try:
        status, text = await _answer(state, request.match_info["key"], arguments)
    except faulty.Dropped:
        status, text = 0, ""
    state.traffic.add(
        {
            "direction": "from_bot", "method": METHOD, "payload": arguments, "status": status, "answer": text,
            "latency_ms": round((time.monotonic() - began) * 1000, 1),
            "errors": [] if status == 200 else [text],
        }
    )  # fmt: skip
    return web.Response(status=status, text=text) if status else faulty.cut(request)


async def _answer(state: SlackState, key: str, arguments: Json) -> tuple[int, str]:
    struck = await faulty.strike(state.faults, METHOD, "before_effect")
    if struck is None:
        result = _effect(state, key, arguments)
        struck = await faulty.strike(state.faults, METHOD, "after_effect")
        if struck is None:
            return result
    return struck.status if struck.status != 200 else 500, str(struck.body["error"])


def _effect(state: SlackState, key: str, arguments: Json) -> tuple[int, str]:
    try:
        use(state, state.response_urls.take(key), arguments)
    except SlackRefusal as refusal:
        return STATUS.get(refusal.error, 400), refusal.error
    return 200, "ok"


def use(state: SlackState, held: ResponseUrl, arguments: Json) -> None:
    """Replace, delete or add to the message that this address belongs to. Raises ``SlackRefusal`` on bad
    content.
    """
    original = state.messages.find(held.channel, held.message_ts) if held.message_ts else None
    if flag(arguments, "delete_original"):
        if original is not None:
            state.messages.remove(original)
    elif flag(arguments, "replace_original") and original is not None:
        _replace(state, original, arguments)
    else:
        show_answer(state, user=held.user, channel=held.channel, answer=arguments)


def _replace(state: SlackState, original: Message, arguments: Json) -> None:
    state.messages.edit(original, **content(state, arguments))
