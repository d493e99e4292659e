"""Buttons. A press carries an opaque offer id; what it stands for and who may is decided by the gate, now."""

from __future__ import annotations

from dataclasses import replace

from bot.slack.answers import Asker, answer, asker, in_a_new_modal, say
from bot.slack.asking import press
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge

STALE = "That button is not known any more; nothing was done. Ask again for a fresh one."


def on_offer(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Everything but the id comes from the store: a message may be weeks old."""
    offer = pressed(body)

    def work() -> None:
        who = _in_a_modal(edge, body, asker(body))
        if not offer:
            say(edge, who, STALE)
            return
        answer(edge, who, edge.handle(press(edge, body, headers, who, offer=offer)))

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def _in_a_modal(edge: Edge, body: Body, who: Asker) -> Asker:
    """Of a press in Home a modal opens at once, for its trigger lives three seconds; of one in a modal that
    modal goes on. Any other press is answered where its message is."""
    view = body.get("view") or {}
    if view.get("type") != "home":
        return replace(who, view=str(view.get("id") or ""))
    return in_a_new_modal(edge, body, who)


def on_menu(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """The menu of an operation's message: its audit entries, for whoever may read them."""
    operation = _chosen(body)

    def work() -> None:
        who = asker(body)
        arguments = {"operation": operation}
        asked = press(edge, body, headers, who, operation="audit", arguments=arguments)
        answer(edge, who, edge.handle(asked))

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def on_unknown(edge: Edge, ack: Ack, body: Body) -> None:
    """A press or choice of a release that had other buttons."""
    edge.after_ack(ack, lambda: say(edge, asker(body), STALE), busy=ack)


def _busy(edge: Edge, ack: Ack, body: Body) -> None:
    """An acknowledged press shows no text, so this is said from the listener's own thread."""
    ack()
    say(edge, asker(body), BUSY)


def pressed(body: Body) -> str:
    return str(_first(body).get("value") or "")[:2_000]


def _chosen(body: Body) -> str:
    option = _first(body).get("selected_option")
    return str(option.get("value") or "")[:150] if isinstance(option, dict) else ""


def _first(body: Body) -> Body:
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return first if isinstance(first, dict) else {}
