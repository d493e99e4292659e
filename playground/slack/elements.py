"""Interactive elements inside blocks: finds them, names the unnamed, and makes the state of a
filled-in one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.slack.words import Json, PersonRefusal

_SINGLE = {
    "users_select": "selected_user", "channels_select": "selected_channel",
    "conversations_select": "selected_conversation", "datepicker": "selected_date",
    "timepicker": "selected_time", "datetimepicker": "selected_date_time",
    "plain_text_input": "value", "email_text_input": "value", "url_text_input": "value",
    "number_input": "value", "rich_text_input": "rich_text_value",
}  # fmt: skip
_INITIAL = {
    "users_select": "initial_user", "channels_select": "initial_channel",
    "conversations_select": "initial_conversation", "datepicker": "initial_date",
    "timepicker": "initial_time", "datetimepicker": "initial_date_time",
}  # fmt: skip
_ONE_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_OPTIONS = {"checkboxes", "multi_static_select", "multi_external_select"}
_MANY = {"multi_users_select": "users", "multi_channels_select": "channels",
         "multi_conversations_select": "conversations"}  # fmt: skip


def name_blocks(blocks: Any) -> None:
    """Name every block and element without a ``block_id`` or ``action_id``, as Slack does, so that state can
    refer to them.
    """
    for number, block in enumerate(blocks if isinstance(blocks, list) else []):
        if isinstance(block, dict):
            block.setdefault("block_id", f"auto-{number}")
            for place, element in enumerate(_in_block(block)):
                element.setdefault("action_id", f"auto-{number}-{place}")


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every block with each interactive element in it."""
    for block in blocks:
        if isinstance(block, dict):
            for element in _in_block(block):
                yield block, element


def find(blocks: list[Json], action_id: str, block_id: str = "") -> tuple[Json, Json]:
    """Return the element with that action id and its block. Raises ``PersonRefusal`` (404) if
    there is none.
    """
    there = []
    for block, element in elements(blocks):
        if element.get("action_id") == action_id and block_id in ("", block.get("block_id")):
            return block, element
        there.append(str(element.get("action_id")))
    raise PersonRefusal(
        f"nothing here has action_id {action_id}; there is {', '.join(there) or 'nothing'}", 404
    )


def option_values(element: Json) -> list[Json]:
    """Return the element's options, including those in groups."""
    grouped = [o for group in element.get("option_groups", []) for o in group.get("options", [])]
    return [*element.get("options", []), *grouped]


def state_of(element: Json, value: Any) -> Json:
    """Return the state that Slack reports for an element filled in with ``value``.

    ``value`` may be that state itself, an option's value, a list of such values, or a plain string.
    """
    kind = str(element.get("type"))
    if isinstance(value, dict) and ("type" in value or any(k.startswith("selected_") for k in value)):
        return {"type": kind, **value}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if value is None else _option(element, value)}
    if kind in _OPTIONS:
        return {"type": kind, "selected_options": [_option(element, one) for one in value or []]}
    if kind in _MANY:
        return {"type": kind, f"selected_{_MANY[kind]}": list(value or [])}
    return {"type": kind, _SINGLE.get(kind, "value"): value}


def initial_state(blocks: list[Json]) -> Json:
    """Return ``state.values`` before anybody touched anything."""
    values: Json = {}
    for block, element in elements(blocks):
        if element.get("type") == "button" or element.get("type") == "overflow":
            continue
        named = values.setdefault(block["block_id"], {})
        named[element["action_id"]] = state_of(element, _initial(element))
    return values


def _initial(element: Json) -> Any:
    kind = str(element.get("type"))
    if kind in _ONE_OPTION:
        return (element.get("initial_option") or {}).get("value")
    if kind in _OPTIONS:
        return [option.get("value") for option in element.get("initial_options", [])]
    if kind in _MANY:
        return element.get(f"initial_{_MANY[kind]}", [])
    return element.get(_INITIAL.get(kind, "initial_value"))


def _option(element: Json, value: Any) -> Json:
    if isinstance(value, dict):
        return value
    options = [*option_values(element), *_initial_options(element)]
    for option in options:
        if option.get("value") == value:
            return option
    if "external" in str(element.get("type")):
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    known = ", ".join(str(option.get("value")) for option in options)
    raise PersonRefusal(f"there is no option {value}; there are {known}", 404)


def _initial_options(element: Json) -> list[Json]:
    first = element.get("initial_option")
    return [*([first] if first else []), *element.get("initial_options", [])]


def _in_block(block: Json) -> list[Json]:
    inside = [block.get("accessory"), block.get("element")]
    inside += block.get("elements", []) if block.get("type") in ("actions", "context_actions") else []
    inside += block.get("actions", []) + block.get("buttons", []) if block.get("type") == "card" else []
    return [e for e in inside if isinstance(e, dict) and e.get("type") != "image"]
