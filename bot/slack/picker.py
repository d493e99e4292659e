"""The picker as a view: what to do, where, and the fields of exactly that. Drawn from what was chosen so far.

A field keeps its content as long as its ``block_id`` stays (facts/slack 2.1), so a block is named after what
its content belongs to: another operation has other fields, another environment other services.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from bot.slack.blocks import context, plain, section
from bot.slack.escaping import clip, escape
from bot.slack.normalise import normalise
from bot.slack.options import option
from bot.slack.picker_elements import argument_blocks, external, held, input_block, menu_option
from handlers.gate.menus import Menu
from handlers.tell import picker as tell
from handlers.tell.help import GROUPS
from handlers.typed.form import ENVIRONMENT, SERVICE, argument_field, asked, element
from handlers.words.arguments import PATTERN
from handlers.words.elements import KEPT
from handlers.words.operation import NAMING, Operation, Reach, Target

CALLBACK = "ask"
OPERATION = "operation"
VERBATIM = argument_field(PATTERN)
"""The field whose content is another one with other dashes or quotes."""
View = dict[str, Any]


@dataclass(frozen=True)
class Chosen:
    """What was chosen, and where it was asked: the channel is kept to answer in, and grants no rights.

    ``turn``: how often the environment was changed or a choice was dropped; ``values``: the content of the
    fields, by name.
    """

    channel: str = ""
    operation: str = ""
    environment: str = ""
    turn: int = 0
    values: Mapping[str, str] = field(default_factory=dict)


def read(view: View) -> tuple[Chosen, Chosen]:
    """Return the choices that the view was drawn from, and the choices made in it now. Total on any view."""
    drawn = _drawn(view)
    values = {name: text if name == VERBATIM else normalise(text) for name, text in held(view).items()}
    operation = values.get(OPERATION) or drawn.operation
    environment = values.get(ENVIRONMENT) or drawn.environment
    turned = bool(drawn.environment) and environment != drawn.environment
    turn = drawn.turn + turned
    now = replace(drawn, operation=operation, environment=environment, turn=turn, values=values)
    return drawn, now


def field_id(name: str, operation: str, turn: int) -> str:
    """Return the ``block_id`` of a field."""
    if name in (OPERATION, ENVIRONMENT):
        return f"ask:{name}"
    if name == SERVICE:
        return f"ask:{name}:{turn}" if turn else f"ask:{name}"
    return f"ask:{operation}:{name}"


def loading(channel: str) -> View:
    """Draw the modal that is shown at once."""
    return {**notice("One moment …"), "private_metadata": _metadata(Chosen(channel))}


def notice(sentence: str, callback: str = CALLBACK) -> View:
    """Draw a modal that says one thing; ``callback`` is its callback id."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain("Lamplighter", 24),
        "close": plain("Close", 24),
        "blocks": [section(clip(escape(sentence), 3_000))],
    }


def shown(blocks: Sequence[View]) -> View:
    """Draw an answer in place of the form."""
    return {**notice("…"), "blocks": list(blocks)}


def picker(menu: Menu, chosen: Chosen, note: str = "") -> View:
    """Draw the picker. A choice that is no longer valid (an environment that is gone, an operation that the
    person may not use there) is announced and has to be made again.
    """
    chosen, notes = _standing(menu, chosen, note)
    operation = _named(menu.there(chosen.environment), chosen.operation)
    blocks = [context(escape(said)) for said in notes]
    blocks.append(_what(menu.there(chosen.environment), operation, again=chosen.turn if notes else 0))
    if operation is None or operation.reach in NAMING:
        blocks.append(_where(chosen, operation, again=chosen.turn if notes else 0))
    blocks += _fields(operation, chosen) if operation else []
    return {
        **notice(""),
        "submit": plain("Ask", 24),
        "private_metadata": _metadata(chosen),
        "blocks": blocks,
    }


def _standing(menu: Menu, chosen: Chosen, note: str) -> tuple[Chosen, Sequence[str]]:
    notes = [note] if note else []
    if chosen.environment and menu.place(chosen.environment) is None:
        notes.append(tell.gone(chosen.environment))
        chosen = replace(chosen, environment="", turn=chosen.turn + 1)
    if chosen.operation and _named(menu.there(chosen.environment), chosen.operation) is None:
        notes.append(tell.not_there(chosen.operation, chosen.environment))
        chosen = replace(chosen, operation="", turn=chosen.turn + 1)
    return chosen, notes


def _named(operations: Sequence[Operation], name: str) -> Operation | None:
    return next((each for each in operations if each.name == name), None)


def _what(operations: Sequence[Operation], chosen: Operation | None, *, again: int) -> View:
    order = list(GROUPS)
    grouped = sorted(operations, key=lambda o: (order.index(o.purpose), o.name))
    groups = [
        {"label": plain(GROUPS[purpose], 75), "options": [menu_option(o.name, o.help) for o in some]}
        for purpose, some in groupby(grouped, key=lambda o: o.purpose)
    ]
    element: View = {"type": "static_select", "placeholder": plain(tell.CHOOSE, 75), "option_groups": groups}
    if chosen is not None:
        element["initial_option"] = menu_option(chosen.name, chosen.help)
    return _named_block(OPERATION, tell.OPERATION, element, again=again)


def _where(chosen: Chosen, operation: Operation | None, *, again: int) -> View:
    element = external(tell.TYPE)
    if chosen.environment:
        element["initial_option"] = option(chosen.environment)
    optional = operation is not None and operation.reach is Reach.ONE_OR_ALL
    hint = tell.EVERY_ENVIRONMENT if optional else ""
    return _named_block(ENVIRONMENT, tell.ENVIRONMENT, element, again=again, optional=optional, hint=hint)


def _named_block(
    name: str, label: str, element: View, *, again: int, optional: bool = False, hint: str = ""
) -> View:
    """Draw a named field; ``again`` makes it empty, whatever it held."""
    block = f"{field_id(name, '', 0)}:{again}" if again else field_id(name, "", 0)
    drawn = input_block(block, name, label, element, optional=optional, hint=hint)
    return {**drawn, "dispatch_action": True}


def _fields(operation: Operation, chosen: Chosen) -> Iterator[View]:
    if operation.target is not Target.NOTHING:
        yield input_block(
            field_id(SERVICE, operation.name, chosen.turn),
            SERVICE,
            tell.SERVICE,
            external(tell.TYPE),
            optional=operation.target is Target.SERVICE_OR_ALL,
            hint=tell.service_hint(operation),
        )
    for argument in asked(operation):
        yield from argument_blocks(argument, lambda name: _field_id(name, operation, chosen.turn))
    yield context(escape(tell.everything_said(operation)))


def _field_id(name: str, operation: Operation, turn: int) -> str:
    """Return the ``block_id`` of an argument's field. A name that is kept of one environment does not stay
    for the next.
    """
    fixed = field_id(name, operation.name, turn)
    return f"{fixed}:{turn}" if turn and element(operation, name) in KEPT else fixed


def _metadata(chosen: Chosen) -> str:
    kept = {"channel": chosen.channel, "operation": chosen.operation, "environment": chosen.environment}
    return json.dumps({**kept, "turn": chosen.turn})


def _drawn(view: View) -> Chosen:
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        kept = {}
    if not isinstance(kept, dict):
        return Chosen()
    turn = kept.get("turn")
    channel, operation, environment = (str(kept.get(n) or "") for n in ("channel", OPERATION, ENVIRONMENT))
    return Chosen(channel, operation, environment, turn if isinstance(turn, int) else 0)
