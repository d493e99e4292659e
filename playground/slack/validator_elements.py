"""Block elements: buttons, menus, pickers, inputs and images (limits: facts/slack 2.1).

Absent on purpose: file, e-mail, URL and rich text inputs, icon and feedback buttons, workflow buttons. They
are real in Slack, Lamplighter does not use them, and here they are faults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from playground.slack.validator_checks import (
    Check,
    Fault,
    Fields,
    address,
    array,
    below,
    boolean,
    exactly_one,
    integer,
    one_of,
    record,
    string,
)
from playground.slack.validator_objects import (
    CHOICE,
    CONFIRM,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    SLACK_FILE,
    distinct_options,
    initial_among_options,
    plain_text,
)

ID = string(255)
_COMMON: Fields = {"action_id": ID, "confirm": CONFIRM}
_FOCUS: Fields = {**_COMMON, "focus_on_load": boolean}
_MENU: Fields = {**_FOCUS, "placeholder": plain_text(150)}
_SEVERAL: Fields = {"max_selected_items": integer(1, 1000)}
_INPUT: Fields = {
    "action_id": ID,
    "placeholder": plain_text(150),
    "focus_on_load": boolean,
    "dispatch_action_config": record(
        {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), most=2)}
    ),
}


def _matching(pattern: str, form: str) -> Check:
    def check(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield Fault(pointer, f"must be {form}")

    return check


_NUMERAL = _matching(r"-?\d+(\.\d+)?", "a number written as a string")
_DATE = _matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date as YYYY-MM-DD")
_TIME = _matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")


def _element(kind: str, required: Fields, optional: Fields, *, rules: tuple[Check, ...] = ()) -> Check:
    return record({"type": one_of(kind), **required}, optional, rules=rules)


def _static(kind: str, initial: Fields) -> Check:
    choices: Fields = {"options": array(OPTION, most=100), "option_groups": array(OPTION_GROUP, most=100)}
    rules = (exactly_one("options", "option_groups"), distinct_options, initial_among_options)
    return _element(kind, {}, {**_MENU, **choices, **initial}, rules=rules)


def _ids(kind: str, initial: Fields, extra: Fields | None = None) -> Check:
    return _element(kind, {}, {**_MENU, **initial, **(extra or {})})


def _ordered(low: str, high: str) -> Check:
    """A rule: the lower bound is not above the upper one, whether they are numbers or numerals."""

    def check(value: object, pointer: str) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            return
        try:
            least, most = float(value[low]), float(value[high])
        except (KeyError, TypeError, ValueError):
            return
        if least > most:
            yield Fault(below(pointer, low), f"must not be above {high}")

    return check


_CONVERSATION_FILTER = record(
    {},
    {
        "include": array(one_of("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
)
_CHOICES: Fields = {"options": array(CHOICE, most=10)}
_CHOICE_RULES = (distinct_options, initial_among_options)
_IMAGE: Fields = {"image_url": address(), "slack_file": SLACK_FILE}

IMAGE = _element("image", {"alt_text": string(2000)}, _IMAGE, rules=(exactly_one("image_url", "slack_file"),))
BUTTON = _element(
    "button",
    {"text": plain_text(75)},
    {
        **_COMMON,
        "value": string(2000),
        "url": address(),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
        "visible_to_user_ids": array(ID, most=100),
    },
)

MENUS: dict[str, Check] = {
    "static_select": _static("static_select", {"initial_option": OPTION}),
    "multi_static_select": _static(
        "multi_static_select", {"initial_options": array(OPTION, most=100), **_SEVERAL}
    ),
    "external_select": _ids(
        "external_select", {"initial_option": OPTION}, {"min_query_length": integer(0, 1000)}
    ),
    "multi_external_select": _ids(
        "multi_external_select",
        {"initial_options": array(OPTION, most=100)},
        {"min_query_length": integer(0, 1000), **_SEVERAL},
    ),
    "users_select": _ids("users_select", {"initial_user": ID}),
    "channels_select": _ids("channels_select", {"initial_channel": ID}, {"response_url_enabled": boolean}),
    "conversations_select": _ids(
        "conversations_select",
        {"initial_conversation": ID, "default_to_current_conversation": boolean},
        {"response_url_enabled": boolean, "filter": _CONVERSATION_FILTER},
    ),
}

CHOOSERS: dict[str, Check] = {
    "overflow": _element(
        "overflow", {"options": array(OVERFLOW_OPTION, most=5)}, _COMMON, rules=(distinct_options,)
    ),
    "radio_buttons": _element(
        "radio_buttons", _CHOICES, {**_FOCUS, "initial_option": CHOICE}, rules=_CHOICE_RULES
    ),
    "checkboxes": _element(
        "checkboxes", _CHOICES, {**_FOCUS, "initial_options": array(CHOICE, most=10)}, rules=_CHOICE_RULES
    ),
    "datepicker": _element("datepicker", {}, {**_MENU, "initial_date": _DATE}),
    "timepicker": _element("timepicker", {}, {**_MENU, "initial_time": _TIME, "timezone": string(64)}),
    "datetimepicker": _element(
        "datetimepicker", {}, {**_FOCUS, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}
    ),
}

FIELDS: dict[str, Check] = {
    "plain_text_input": _element(
        "plain_text_input",
        {},
        {
            **_INPUT,
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
        rules=(_ordered("min_length", "max_length"),),
    ),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": boolean},
        {**_INPUT, "initial_value": _NUMERAL, "min_value": _NUMERAL, "max_value": _NUMERAL},
        rules=(_ordered("min_value", "max_value"),),
    ),
}

INTERACTIVE: dict[str, Check] = {"button": BUTTON, **MENUS, **CHOOSERS}
ACCESSORIES: dict[str, Check] = {**INTERACTIVE, "image": IMAGE}
INPUTS: dict[str, Check] = {
    **FIELDS,
    **MENUS,
    **{kind: check for kind, check in CHOOSERS.items() if kind != "overflow"},
}
