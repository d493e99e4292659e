"""Each block by itself: its fields, their limits and its contents (facts/slack 2.1).

Absent on purpose: video, file, call, carousel, container, context_actions and auth_provider. They are real in
Slack, Lamplighter does not use them, and here they are faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from playground.slack.validator_checks import (
    Check,
    Fault,
    Fields,
    address,
    array,
    at_least_one,
    below,
    boolean,
    exactly_one,
    integer,
    members,
    one_of,
    record,
    string,
    typed,
)
from playground.slack.validator_data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from playground.slack.validator_elements import ACCESSORIES, BUTTON, IMAGE, INPUTS, INTERACTIVE
from playground.slack.validator_objects import SLACK_FILE, any_text, plain_text
from playground.slack.validator_rich_text import RICH_TEXT

# Slack publishes a number only for streaming (256, facts/slack 2.4); it is applied to plans as well.
TASK_TEXT = 256
MARKDOWN = 12_000


def _block(kind: str, required: Fields, optional: Fields | None = None, *, rules: list[Check]) -> Check:
    return record(
        {"type": one_of(kind), **required}, {"block_id": string(255), **(optional or {})}, rules=rules
    )


def distinct_actions(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: an action_id is used once in a block."""
    elements = list(enumerate(members(value, "elements")))
    seen: set[str] = set()
    for index, element in elements:
        action = element.get("action_id") if isinstance(element, Mapping) else None
        if isinstance(action, str) and action in seen:
            yield Fault(f"{pointer}/elements/{index}/action_id", f"duplicate action_id: {action}")
        elif isinstance(action, str):
            seen.add(action)


def _distinct_card_actions(value: object, pointer: str) -> Iterator[Fault]:
    for fault in distinct_actions({"elements": members(value, "actions")}, pointer):
        yield replace(fault, pointer=fault.pointer.replace(f"{pointer}/elements", f"{pointer}/actions", 1))


def _distinct_tasks(value: object, pointer: str) -> Iterator[Fault]:
    seen: set[object] = set()
    for index, task in enumerate(members(value, "tasks")):
        name = task.get("task_id") if isinstance(task, Mapping) else None
        if isinstance(name, str) and name in seen:
            yield Fault(f"{pointer}/tasks/{index}/task_id", f"duplicate task_id: {name}")
        elif isinstance(name, str):
            seen.add(name)


def _focus_is_single(value: object, pointer: str) -> Iterator[Fault]:
    focused = [
        index
        for index, element in enumerate(members(value, "elements"))
        if isinstance(element, Mapping) and element.get("focus_on_load") is True
    ]
    for index in focused[1:]:
        yield Fault(f"{pointer}/elements/{index}/focus_on_load", "only one element may take the focus")


_CONTEXT_PARTS: dict[str, Check] = {
    "image": IMAGE,
    "plain_text": any_text(3000),
    "mrkdwn": any_text(3000),
}
_SOURCE = record({"type": one_of("url"), "url": string(3000), "text": string(255)})
_TASK = _block(
    "task_card",
    {
        "task_id": string(255),
        "title": string(TASK_TEXT),
        "status": one_of("pending", "in_progress", "complete", "error"),
    },
    {
        "details": typed({"rich_text": RICH_TEXT}, "task text"),
        "output": typed({"rich_text": RICH_TEXT}, "task text"),
        "sources": array(_SOURCE, most=100),
    },
    rules=[],
)

BLOCKS: dict[str, Check] = {
    "section": _block(
        "section",
        {},
        {
            "text": any_text(3000),
            "fields": array(any_text(2000), most=10),
            "accessory": typed(ACCESSORIES, "section accessory"),
            "expand": boolean,
        },
        rules=[at_least_one("text", "fields")],
    ),
    "header": _block("header", {"text": plain_text(150)}, {"level": integer(1, 4)}, rules=[]),
    "divider": _block("divider", {}, rules=[]),
    "context": _block(
        "context", {"elements": array(typed(_CONTEXT_PARTS, "context element"), most=10)}, rules=[]
    ),
    "actions": _block(
        "actions",
        {"elements": array(typed(INTERACTIVE, "action element"), most=25)},
        rules=[distinct_actions, _focus_is_single],
    ),
    "input": _block(
        "input",
        {"label": plain_text(2000), "element": typed(INPUTS, "input element")},
        {"hint": plain_text(2000), "optional": boolean, "dispatch_action": boolean},
        rules=[],
    ),
    "image": _block(
        "image",
        {"alt_text": string(2000)},
        {"image_url": address(), "slack_file": SLACK_FILE, "title": plain_text(2000)},
        rules=[exactly_one("image_url", "slack_file")],
    ),
    "rich_text": RICH_TEXT,
    "markdown": _block("markdown", {"text": string(MARKDOWN)}, rules=[]),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "plan": _block(
        "plan",
        {"title": string(TASK_TEXT)},
        {"tasks": array(typed({"task_card": _TASK}, "plan task"), most=50)},
        rules=[_distinct_tasks],
    ),
    "task_card": _TASK,
    "alert": _block(
        "alert",
        {"text": any_text(200)},
        {"level": one_of("default", "info", "warning", "error", "success")},
        rules=[],
    ),
    "card": _block(
        "card",
        {},
        {
            "title": any_text(150),
            "subtitle": any_text(150),
            "body": any_text(200),
            "hero_image": typed({"image": IMAGE}, "card image"),
            "icon": typed({"image": IMAGE}, "card image"),
            "actions": array(typed({"button": BUTTON}, "card action"), most=3),
        },
        rules=[at_least_one("hero_image", "title", "body", "actions"), _distinct_card_actions],
    ),
}


def check_block(block: object, pointer: str) -> Iterator[Fault]:
    """Yield the faults of one block by itself; whether it may stand where it does is for the surface to
    judge.
    """
    return typed(BLOCKS, "block")(block, pointer)


def with_type(block: object, pointer: str) -> str:
    """Return the pointer under which a fault about a block's kind is reported."""
    return below(pointer, "type") if isinstance(block, Mapping) else pointer
