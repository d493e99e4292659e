"""Judges a Slack message or view as strictly as Slack does, or more strictly where sources disagree.

This module judges what a check of single blocks cannot see: where a block may stand, what must be unique,
what is counted over a whole payload, and the fallback text. Limits are those of facts/slack 2.1 and 6.

Stricter readings, each of which real Slack might accept:

- option values end at 75 characters (75 in TYPES, 150 in the Python SDK);
- a data table has at most 101 rows, heading included (101 in May 2026, 201 later);
- a chart has at most 6 series or segments (6 in June 2026, 12 later);
- an overflow menu has at most 5 options;
- message text ends at 4,000 characters (advised; Slack cuts posted text above 40,000);
- a card stands only in messages, no surface being published; one table per message (Slack's skill guide);
- all the text in the blocks of one message ends at 40,000 characters, the number for message text;
- block types, elements and fields that Lamplighter does not use are unknown here.

An action_id must be unique within its block, a block_id within the payload. Deliberately not judged: whether
a user, channel or file id exists, and arguments that have nothing to do with content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.slack.validator_blocks import MARKDOWN, check_block, with_type
from playground.slack.validator_checks import (
    Check,
    Fault,
    array,
    below,
    boolean,
    members,
    one_of,
    record,
    string,
    typed,
)
from playground.slack.validator_objects import plain_text

__all__ = ["Fault", "check_message", "check_view"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_TEXT = 4_000
ALL_TEXT = 40_000
TABLE_TEXT = 10_000
DATA_TABLE_TEXT = 20_000

_EVERYWHERE = frozenset({"message", "modal", "home"})
_MESSAGE = frozenset({"message"})
_MESSAGE_AND_HOME = frozenset({"message", "home"})
SURFACES: Mapping[str, frozenset[str]] = {
    "alert": frozenset({"modal"}),
    "markdown": _MESSAGE,
    "data_visualization": _MESSAGE,
    "plan": _MESSAGE,
    "task_card": _MESSAGE,
    "card": _MESSAGE,
    "table": _MESSAGE_AND_HOME,
    "data_table": _MESSAGE_AND_HOME,
}
# Per payload (facts/slack 2.1).
AT_MOST: Mapping[str, int] = {"table": 1, "data_visualization": 2}

SHOWN = frozenset({"text", "title", "label", "caption", "fallback"})
"""The keys of strings that a reader sees."""

_TITLE = plain_text(24)
_VIEW_FIELDS: dict[str, Check] = {
    "private_metadata": string(3000, least=0),
    "callback_id": string(255),
    "external_id": string(255),
}
_BLOCK_LIST = array(check_block, most=VIEW_BLOCKS)
_VIEW = typed(
    {
        "modal": record(
            {"type": one_of("modal"), "title": _TITLE, "blocks": _BLOCK_LIST},
            {
                **_VIEW_FIELDS,
                "submit": _TITLE,
                "close": _TITLE,
                "clear_on_close": boolean,
                "notify_on_close": boolean,
            },
        ),
        "home": record({"type": one_of("home"), "blocks": _BLOCK_LIST}, _VIEW_FIELDS),
    },
    "view",
)


def check_message(payload: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of a message as it is posted, edited or sent to a response address; empty if there
    are none.

    Only ``text`` and ``blocks`` are judged, and ``attachments`` are refused: Lamplighter sends none. A
    payload that only deletes the original needs no text.
    """
    return list(_message_faults(payload))


def check_view(view: Mapping[str, Any]) -> list[Fault]:
    """Return the faults of a modal or Home view as it is opened, pushed, updated or published."""
    return list(_view_faults(view))


def _message_faults(payload: Mapping[str, Any]) -> Iterator[Fault]:
    if payload.get("delete_original") is True:
        return
    if payload.get("attachments"):
        yield Fault("/attachments", "attachments are legacy; use blocks")
    text = payload.get("text")
    if not isinstance(text, str) or not text.strip():
        yield Fault("/text", "missing fallback text: notifications and screen readers have nothing to say")
    elif len(text) > MESSAGE_TEXT:
        yield Fault("/text", f"must be no more than {MESSAGE_TEXT} characters, has {len(text)}")
    if payload.get("blocks") is not None:
        yield from array(check_block, most=MESSAGE_BLOCKS, least=0)(payload["blocks"], "/blocks")
        blocks = members(payload, "blocks")
        yield from _surface_faults(blocks, "message")
        yield from _text_faults(blocks)


def _view_faults(view: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _VIEW(view, "")
    surface = view.get("type") if isinstance(view, Mapping) else None
    if surface not in ("modal", "home"):
        return
    blocks = members(view, "blocks")
    yield from _surface_faults(blocks, str(surface))
    yield from _text_faults(blocks)
    yield from _focus_faults(blocks)
    inputs = [block for block in blocks if _kind(block) == "input"]
    if surface == "modal" and inputs and "submit" not in view:
        yield Fault("/submit", "a modal with an input block must have a submit button")


def _surface_faults(blocks: list[Any], surface: str) -> Iterator[Fault]:
    counts: dict[str, int] = {}
    ids: set[str] = set()
    for index, block in enumerate(blocks):
        kind, pointer = _kind(block), f"/blocks/{index}"
        counts[kind] = counts.get(kind, 0) + 1
        if surface not in SURFACES.get(kind, _EVERYWHERE):
            yield Fault(with_type(block, pointer), f"a block of type {kind} is not allowed in a {surface}")
        if counts[kind] > AT_MOST.get(kind, len(blocks)):
            yield Fault(pointer, f"no more than {AT_MOST[kind]} of type {kind} allowed")
        name = block.get("block_id") if isinstance(block, Mapping) else None
        if isinstance(name, str) and name in ids:
            yield Fault(below(pointer, "block_id"), f"duplicate block_id: {name}")
        elif isinstance(name, str):
            ids.add(name)


def _text_faults(blocks: list[Any]) -> Iterator[Fault]:
    """Check what is counted over all blocks of the payload; each data table is counted by itself."""
    for kind, limit in (("markdown", MARKDOWN), ("table", TABLE_TEXT)):
        total = sum(_characters(block) for block in blocks if _kind(block) == kind)
        if total > limit:
            yield Fault("/blocks", f"all {kind} blocks together end at {limit} characters, have {total}")
    for index, block in enumerate(blocks):
        if _kind(block) == "data_table" and _characters(block) > DATA_TABLE_TEXT:
            yield Fault(f"/blocks/{index}/rows", f"must be no more than {DATA_TABLE_TEXT} characters")
    total = sum(_characters(block) for block in blocks)
    if total > ALL_TEXT:
        yield Fault("/blocks", f"all text together ends at {ALL_TEXT} characters, has {total}")


def _focus_faults(blocks: list[Any]) -> Iterator[Fault]:
    focused = [
        f"/blocks/{index}/element/focus_on_load"
        for index, block in enumerate(blocks)
        if isinstance(block, Mapping)
        and isinstance(block.get("element"), Mapping)
        and block["element"].get("focus_on_load") is True
    ]
    for pointer in focused[1:]:
        yield Fault(pointer, "only one element of a view may take the focus")


def _kind(block: Any) -> str:
    return str(block.get("type")) if isinstance(block, Mapping) else ""


def _characters(value: Any) -> int:
    """Count the characters that a reader would see: every string under a key in ``SHOWN``."""
    if isinstance(value, list):
        return sum(map(_characters, value))
    total = 0
    for key, item in value.items() if isinstance(value, dict) else ():
        if isinstance(item, dict | list):
            total += _characters(item)
        elif isinstance(item, str) and key in SHOWN:
            total += len(item)
    return total
