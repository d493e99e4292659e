"""Sends the gate what was read from a command or a form, and answers the person."""

from __future__ import annotations

from typing import Any

from bot.slack import deliveries
from bot.slack.answers import Asker, answer, asker
from bot.slack.deliveries import Headers
from bot.slack.edge import Body, Edge
from bot.slack.typed import Parsed
from handlers.words.request import Request, Source


def ask(
    edge: Edge,
    parsed: Parsed,
    body: Body,
    *,
    source: Source,
    delivery: str,
    who: Asker | None = None,
) -> None:
    """Ask the gate and tell the person its reply."""
    who = who or asker(body)
    request = Request(
        id=edge.new_id(),
        delivery=delivery or edge.new_id(),
        actor=deliveries.person(body),
        source=source,
        operation=parsed.operation,
        environment=parsed.environment,
        target=parsed.target,
        arguments=dict(parsed.arguments),
        channel=who.channel,
        channel_shared=edge.places.shared(who.channel),
    )
    answer(edge, who, edge.handle(request))


def press(edge: Edge, body: Body, headers: Headers, who: Asker, **asked: Any) -> Request:
    """Build the request behind a button, a menu or a shortcut. ``asked`` holds the offer behind the button,
    or an operation.
    """
    return Request(
        id=edge.new_id(),
        delivery=deliveries.key(body, headers) or edge.new_id(),
        actor=deliveries.person(body),
        channel=who.channel,
        channel_shared=edge.places.shared(who.channel),
        **{"source": "button", "operation": "", **asked},
    )
