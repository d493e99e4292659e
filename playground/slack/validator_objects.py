"""Composition objects: text, options and confirm dialogs (limits: facts/slack 2.1).

Absent on purpose: workflow and trigger objects, which Lamplighter does not use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playground.slack.dates import both, dates, no_dates
from playground.slack.validator_checks import (
    Check,
    Fault,
    address,
    array,
    below,
    boolean,
    exactly_one,
    members,
    one_of,
    record,
    string,
    typed,
)

OPTION_TEXT = 75
# TYPES says 75 and the Python SDK 150 (facts/slack 2.1, conflicting): the stricter applies.
OPTION_VALUE = 75


def plain_text(limit: int) -> Check:
    """Make a check for a text object that must be ``plain_text``."""
    fields = {"type": one_of("plain_text"), "text": both(string(limit), no_dates)}
    return typed({"plain_text": record(fields, {"emoji": boolean})}, "text object")


def any_text(limit: int) -> Check:
    """Make a check for a text object, ``plain_text`` or ``mrkdwn``."""
    plain = record({"type": one_of("plain_text"), "text": both(string(limit), no_dates)}, {"emoji": boolean})
    marked = record({"type": one_of("mrkdwn"), "text": both(string(limit), dates)}, {"verbatim": boolean})
    return typed({"plain_text": plain, "mrkdwn": marked}, "text object")


def _option(text: Check, *, linked: bool = False) -> Check:
    required = {"text": text, "value": string(OPTION_VALUE)}
    optional: dict[str, Check] = {"description": plain_text(OPTION_TEXT)}
    if linked:
        optional["url"] = address()
    return record(required, optional)


OPTION = _option(plain_text(OPTION_TEXT))
OVERFLOW_OPTION = _option(plain_text(OPTION_TEXT), linked=True)
CHOICE = _option(any_text(OPTION_TEXT))
OPTION_GROUP = record({"label": plain_text(75), "options": array(OPTION, most=100)})

CONFIRM = record(
    {
        "title": plain_text(100),
        "text": any_text(300),
        "confirm": plain_text(30),
        "deny": plain_text(30),
    },
    {"style": one_of("primary", "danger")},
)

SLACK_FILE = record({}, {"id": string(255), "url": address()}, rules=[exactly_one("id", "url")])


def distinct_options(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: no two options of one element carry the same value, because such choices could not be told
    apart.
    """
    seen: set[str] = set()
    for where, option in _options(value, pointer):
        chosen = option.get("value")
        if isinstance(chosen, str) and chosen in seen:
            yield Fault(below(where, "value"), f"duplicate option value: {chosen}")
        elif isinstance(chosen, str):
            seen.add(chosen)


def initial_among_options(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: the initial selection must be one of the options, in every field."""
    if not isinstance(value, Mapping):
        return
    offered = [option for _, option in _options(value, pointer)]
    if "initial_option" in value and value["initial_option"] not in offered:
        yield Fault(below(pointer, "initial_option"), "must exactly match one of the options")
    for index, chosen in enumerate(members(value, "initial_options")):
        if chosen not in offered:
            where = below(below(pointer, "initial_options"), index)
            yield Fault(where, "must exactly match one of the options")


def _options(value: object, pointer: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    for index, option in enumerate(members(value, "options")):
        if isinstance(option, Mapping):
            yield f"{pointer}/options/{index}", option
    for number, group in enumerate(members(value, "option_groups")):
        yield from _options(group, f"{pointer}/option_groups/{number}")
