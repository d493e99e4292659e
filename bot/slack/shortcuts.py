"""The shortcut *Why?* in the menu of a message. It carries the place of the message and nothing of its text;
the gate finds out what failed there.
"""

from __future__ import annotations

from bot.slack.answers import answer, asker, say
from bot.slack.asking import press
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge

WHY = "why"
"""The shortcut's callback id, in the manifest too, and the operation that it asks for."""


def on_why(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Handle the shortcut: only the person who used it sees the answer."""

    def work() -> None:
        who, message = asker(body), str(body.get("message_ts") or "")
        asked = press(edge, body, headers, who, source="shortcut", operation=WHY, message=message)
        answer(edge, who, edge.handle(asked))

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def _busy(edge: Edge, ack: Ack, body: Body) -> None:
    """Tell the person that the bot is busy: the acknowledgement of a shortcut shows no text."""
    ack()
    say(edge, asker(body), BUSY)
