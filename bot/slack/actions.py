"""Buttons. A press carries an opaque offer id; what it stands for and who may is decided by the gate, now."""

from __future__ import annotations

import logging
from dataclasses import replace

from bot.slack import deliveries, picker
from bot.slack.answers import Asker, answer, asker, say
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge
from handlers.words.errors import Trouble
from handlers.words.request import Request

log = logging.getLogger(__name__)

STALE = "That button is not known any more; nothing was done. Ask again for a fresh one."


def on_offer(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Everything but the id comes from the store: a message may be weeks old."""
    offer = _pressed(body)

    def work() -> None:
        who = _in_a_modal(edge, body, asker(body))
        if not offer:
            say(edge, who, STALE)
            return
        request = Request(
            id=edge.new_id(),
            delivery=deliveries.key(body, headers) or edge.new_id(),
            actor=deliveries.person(body),
            source="button",
            operation="",
            channel=who.channel,
            offer=offer,
            channel_shared=edge.places.shared(who.channel),
        )
        answer(edge, who, edge.handle(request))

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def _in_a_modal(edge: Edge, body: Body, who: Asker) -> Asker:
    """Of a press in Home a modal opens at once, for its trigger lives three seconds; of one in a modal that
    modal goes on. Any other press is answered where its message is."""
    view = body.get("view") or {}
    if view.get("type") != "home":
        return replace(who, view=str(view.get("id") or ""))
    try:
        trigger = body.get("trigger_id", "")
        opened = edge.web.call("views.open", trigger_id=trigger, view=picker.loading(who.channel))
    except Trouble as trouble:
        log.warning("a press in Home is answered in a direct message: %s", trouble.sentence)
        return who
    return replace(who, view=str((opened.get("view") or {}).get("id") or ""))


def on_unknown(edge: Edge, ack: Ack, body: Body) -> None:
    """A press or choice of a release that had other buttons."""
    edge.after_ack(ack, lambda: say(edge, asker(body), STALE), busy=ack)


def _busy(edge: Edge, ack: Ack, body: Body) -> None:
    """An acknowledged press shows no text, so this is said from the listener's own thread."""
    ack()
    say(edge, asker(body), BUSY)


def _pressed(body: Body) -> str:
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return str(first.get("value") or "")[:2_000] if isinstance(first, dict) else ""
