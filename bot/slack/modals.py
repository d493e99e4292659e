"""The picker behind a bare command: one modal with an operation, an environment, a service and the rest.

A trigger lives three seconds (facts/slack 1.8), so an empty modal is opened at once and filled afterwards.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from bot.slack import deliveries
from bot.slack.answers import Asker, asker, say
from bot.slack.asking import ask
from bot.slack.blocks import plain, section
from bot.slack.deliveries import Headers
from bot.slack.edge import BUSY, Ack, Body, Edge
from bot.slack.escaping import clip, escape
from bot.slack.options import fill, matching
from bot.slack.typed import Misread, parse
from handlers.words.errors import Trouble

log = logging.getLogger(__name__)
CALLBACK = "ask"
OPERATION, ENVIRONMENT, SERVICE, REST = "ask:operation", "ask:environment", "ask:service", "ask:rest"
View = dict[str, Any]


def open_picker(edge: Edge, body: Body) -> None:
    """In the work pool. A trigger that ran out is told in words; typing always works."""
    try:
        opened = edge.web.call("views.open", trigger_id=body.get("trigger_id", ""), view=loading(body))
    except Trouble as trouble:
        log.warning("no picker: %s", trouble.sentence)
        command = edge.settings.command
        say(edge, asker(body), f"The picker could not be opened. Try again, or type: `{command} help`")
        return
    empty = fill(edge, edge.choices, body)
    view = picker(edge, body) if empty is None else notice(empty.headline)
    _update(edge, opened, view)


def on_environment(edge: Edge, ack: Ack, body: Body) -> None:
    """An environment was chosen: read its services while the person moves on."""
    chosen = _chosen(body.get("view") or {}, ENVIRONMENT)
    edge.after_ack(ack, lambda: _fill_services(edge, body, chosen), busy=ack)


def on_options(edge: Edge, ack: Ack, body: Body) -> None:
    """Answered from memory, in the acknowledgement. What is not known yet, or may not be viewed any more, is
    an empty list."""
    person, view = deliveries.person(body), body.get("view") or {}
    of_service = body.get("action_id") == SERVICE
    environment = _chosen(view, ENVIRONMENT) if of_service else ""
    known = () if of_service and not environment else edge.choices.names(person, environment) or ()
    seen = edge.gate.viewable(person) if known else frozenset()
    offered = (known if environment in seen else ()) if of_service else [n for n in known if n in seen]
    ack(options=matching(offered, str(body.get("value") or "")))


def on_submit(edge: Edge, ack: Ack, body: Body, headers: Headers) -> None:
    """Read by the same grammar as typed text; what is wrong is said at the field, the modal stays."""
    view = body.get("view") or {}
    names = (OPERATION, ENVIRONMENT, SERVICE, REST)
    words = [f'"{word}"' if " " in word and n != REST else word for n in names if (word := _chosen(view, n))]
    parsed = parse(" ".join(words), edge.registry, edge.settings.command)
    if isinstance(parsed, Misread):
        told = f"{parsed.sentence} Typed: {parsed.example}"
        ack(response_action="errors", errors={_field_at_fault(parsed, view): clip(told, 150)})
        return
    delivery, user = deliveries.key(body, headers), deliveries.person(body).user
    who = Asker(user=user, channel=_asked_in(view))
    edge.after_ack(
        ack,
        lambda: ask(edge, parsed, body, source="modal", delivery=delivery, who=who),
        busy=lambda: ack(response_action="errors", errors={OPERATION: BUSY}),
    )


def loading(body: Body) -> View:
    """Shown at once. The channel is kept to answer in, and gives no right."""
    return {**notice("One moment …"), "private_metadata": json.dumps({"channel": deliveries.channel(body)})}


def notice(sentence: str) -> View:
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": plain("Lamplighter", 24),
        "close": plain("Close", 24),
        "blocks": [section(clip(escape(sentence), 3_000))],
    }


def picker(edge: Edge, body: Body) -> View:
    """Selects for what is asked for; the services appear once the environment is known."""
    offered = [o for o in edge.registry.operations.values() if not o.console][:100]
    operations = [
        {"text": plain(o.name, 75), "value": o.name[:75], "description": plain(o.help or o.name, 75)}
        for o in offered
    ]
    return {
        **loading(body),
        "submit": plain("Ask", 24),
        "blocks": [
            _input(OPERATION, "What", {"type": "static_select", "options": operations}),
            _input(ENVIRONMENT, "Environment", _external(), optional=True, tells=True),
            _input(SERVICE, "Service", _external(), optional=True),
            _input(REST, "Anything else", {"type": "plain_text_input", "max_length": 500}, optional=True),
        ],
    }


def _input(name: str, label: str, element: View, *, optional: bool = False, tells: bool = False) -> View:
    block: View = {"type": "input", "block_id": name, "label": plain(label, 75), "optional": optional}
    if tells:
        block["dispatch_action"] = True
    return {**block, "element": {**element, "action_id": name}}


def _external() -> View:
    return {"type": "external_select", "min_query_length": 0, "placeholder": plain("Choose or type", 75)}


def _chosen(view: View, name: str) -> str:
    values = ((view.get("state") or {}).get("values") or {}).get(name) or {}
    given = values.get(name) or {}
    option = given.get("selected_option") or {}
    return str(option.get("value") or given.get("value") or "")


def _asked_in(view: View) -> str:
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return ""
    return str(kept.get("channel", "")) if isinstance(kept, dict) else ""


def _field_at_fault(wrong: Misread, view: View) -> str:
    """The field that is empty though it is needed; else the free text, or the operation."""
    for name, field in ((ENVIRONMENT, "environment"), (SERVICE, "service")):
        if field in wrong.missing:
            return name
    return REST if _chosen(view, REST) else OPERATION


def _fill_services(edge: Edge, body: Body, environment: str) -> None:
    if environment:
        fill(edge, edge.choices, body, environment)


def _update(edge: Edge, opened: dict[str, Any], view: View) -> None:
    try:
        edge.web.call("views.update", view_id=(opened.get("view") or {}).get("id", ""), view=view)
    except Trouble as trouble:
        log.warning("the picker could not be filled: %s", trouble.sentence)
