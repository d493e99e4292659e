"""The picker's fields: for each argument the element that suits its kind, with a label and an example."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.slack.blocks import plain
from handlers.tell import picker as tell
from handlers.tell.shortening import BUTTON, at_a_word
from handlers.typed.form import at, begins, container, why
from handlers.words.arguments import Argument

Json = dict[str, Any]
NOTHING = "-"
"""The value of an option that stands for none: Slack takes no empty value."""
LINE, REASON = 1_000, 200
"""Characters of a line, which is as long as a command may be, and of a reason."""
RADIO = 10
"""Options of radio buttons (facts/slack 2.1)."""


def argument_blocks(argument: Argument, block_id: Callable[[str], str]) -> Iterator[Json]:
    if argument.field == "span":
        name, line = begins(argument), {"type": "plain_text_input", "max_length": LINE}
        yield input_block(block_id(name), name, tell.BEGINS, line, optional=True, hint=tell.ANY_BEGINNING)
    name, label, optional = at(argument), tell.label(argument), not argument.required
    yield input_block(
        block_id(name), name, label, _element(argument), optional=optional, hint=tell.hint(argument)
    )
    if argument.why:
        element = {"type": "plain_text_input", "multiline": True, "max_length": REASON}
        name, hint = why(argument), tell.reason_hint(argument)
        yield input_block(block_id(name), name, tell.REASON, element, optional=True, hint=hint)
    if argument.container:
        name = container(argument)
        block, hint = block_id(name), tell.ANY_CONTAINER
        yield input_block(block, name, tell.CONTAINER, external(tell.TYPE), optional=True, hint=hint)


def input_block(
    block_id: str, name: str, label: str, element: Json, *, optional: bool = False, hint: str = ""
) -> Json:
    block: Json = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 150),
        "optional": optional,
        "element": {**element, "action_id": f"ask:{name}"},
    }
    return {**block, "hint": plain(hint, 500)} if hint else block


def external(placeholder: str) -> Json:
    return {"type": "external_select", "min_query_length": 0, "placeholder": plain(placeholder, 75)}


def menu_option(name: str, help: str) -> Json:
    told = plain(at_a_word(help or name, BUTTON), BUTTON)
    return {"text": plain(name, BUTTON), "value": name[:BUTTON], "description": told}


def block_ids(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the block of each field, by name: Slack reports the state of empty fields too."""
    values = (view.get("state") or {}).get("values") or {}
    named = ((action, block) for block, fields in values.items() for action in fields or {})
    return {action.removeprefix("ask:"): block for action, block in named}


def held(view: Mapping[str, Any]) -> dict[str, str]:
    """Return the content of each field, by name. Total on any state; an empty field is left out."""
    values = (view.get("state") or {}).get("values") or {}
    found: dict[str, str] = {}
    for fields in values.values():
        for action, given in (fields or {}).items():
            if action.startswith("ask:") and (text := _text(given or {})):
                found[action.removeprefix("ask:")] = text
    return found


def _text(given: Mapping[str, Any]) -> str:
    if given.get("selected_user"):
        return f"<@{given['selected_user']}>"
    if given.get("selected_options"):
        return str((given["selected_options"][0] or {}).get("value") or "")
    option = given.get("selected_option") or {}
    text = str(option.get("value") or given.get("value") or "")
    return "" if option and text == NOTHING else text


def _element(argument: Argument) -> Json:
    match argument.field:
        case "choice":
            return _choice(argument)
        case "yes":
            return {"type": "checkboxes", "options": [{"text": plain("Yes", 75), "value": "yes"}]}
        case "number":
            return {"type": "number_input", "is_decimal_allowed": False}
        case "environment" | "task" | "flag" | "revision":
            return external(tell.TYPE)
        case "person":
            return {"type": "users_select", "placeholder": plain(tell.CHOOSE, 75)}
        case _:
            return {"type": "plain_text_input", "max_length": LINE}


def _choice(argument: Argument) -> Json:
    options = [{"text": plain(text, 75), "value": value or NOTHING} for value, text in tell.choices(argument)]
    many = len(options) > RADIO
    element: Json = {"type": "static_select" if many else "radio_buttons", "options": options[:100]}
    first = next((each for each in options if each["value"] == (argument.default or NOTHING)), None)
    return {**element, "initial_option": first} if first else element
