"""Buttons. A press carries an opaque offer id; the gate decides at the press what the id stands for and who
may use it.
"""

from __future__ import annotations

from dataclasses import replace

from bot.slack.answers import Asker, answer, asker, in_a_new_modal, say
from bot.slack.asking import press
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge

STALE = "That button is not known any more; nothing was done. Ask again for a fresh one."


def on_offer(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Handle a press of an offer button. Everything but the id comes from the store, because a message may be
    weeks old.
    """
    offer = pressed(body)

    def work() -> None:
        who = _in_a_modal(edge, body, asker(body))
        if not offer:
            say(edge, who, STALE)
            return
        answer(edge, who, edge.handle(press(edge, body, headers, who, offer=offer)))

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def _in_a_modal(edge: Edge, body: Body, who: Asker) -> Asker:
    """Say where a press is answered. A press in Home opens a modal at once, because a trigger lives three
    seconds; a press in a modal continues that modal; any other press is answered where its message is.
    """
    view = body.get("view") or {}
    if view.get("type") != "home":
        return replace(who, view=str(view.get("id") or ""))
    return in_a_new_modal(edge, body, who)


def on_menu(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Handle the menu of an operation's message: show its audit entries to whoever may read them."""
    operation = _chosen(body)

    def work() -> None:
        who = asker(body)
        arguments = {"operation": operation}
        asked = press(edge, body, headers, who, operation="audit", arguments=arguments)
        answer(edge, who, edge.handle(asked))

    edge.after_ack(ack, work, busy=lambda: _busy(edge, ack, body))


def on_unknown(edge: Edge, ack: Ack, body: Body) -> None:
    """Handle a press or a choice from a release that had other buttons."""
    edge.after_ack(ack, lambda: say(edge, asker(body), STALE), busy=ack)


def _busy(edge: Edge, ack: Ack, body: Body) -> None:
    """Tell the person that the bot is busy, from the listener's own thread: the acknowledgement of a press
    shows no text.
    """
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
