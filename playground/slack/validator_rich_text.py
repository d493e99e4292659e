"""Rich text: sections, lists, preformatted text and quotes, with their parts."""

from __future__ import annotations

from playground.slack.dates import both, no_dates
from playground.slack.validator_checks import (
    Check,
    Fields,
    address,
    array,
    boolean,
    integer,
    one_of,
    record,
    string,
    typed,
)

# Slack publishes no item limit for rich text; this one only keeps a runaway list from being scanned.
_MANY = 1000
_STYLE = record({}, {"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean})


def _part(kind: str, required: Fields, optional: Fields | None = None) -> Check:
    return record({"type": one_of(kind), **required}, {"style": _STYLE, **(optional or {})})


_TEXT = _part("text", {"text": both(string(40_000), no_dates)})
_LINK = _part("link", {"url": address()}, {"text": string(40_000), "unsafe": boolean})
_PARTS: dict[str, Check] = {
    "text": _TEXT,
    "link": _LINK,
    "emoji": _part("emoji", {"name": string(255)}, {"unicode": string(255), "skin_tone": integer(1, 6)}),
    "user": _part("user", {"user_id": string(255)}),
    "channel": _part("channel", {"channel_id": string(255)}),
    "usergroup": _part("usergroup", {"usergroup_id": string(255)}),
    "broadcast": _part("broadcast", {"range": one_of("here", "channel", "everyone")}),
    "date": _part(
        "date",
        {"timestamp": integer(0, 9_999_999_999), "format": string(255)},
        {"url": address(), "fallback": string(255)},
    ),
}
_ANY_PART = typed(_PARTS, "rich text part")
_BORDER = {"border": integer(0, 1)}


def _holder(kind: str, part: Check, optional: Fields | None = None) -> Check:
    return record({"type": one_of(kind), "elements": array(part, most=_MANY)}, optional)


_SECTION = _holder("rich_text_section", _ANY_PART)
_LIST = record(
    {
        "type": one_of("rich_text_list"),
        "style": one_of("bullet", "ordered"),
        "elements": array(typed({"rich_text_section": _SECTION}, "list item"), most=_MANY),
    },
    {"indent": integer(0, 8), "offset": integer(0, 10_000), **_BORDER},
)
_HOLDERS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": _LIST,
    "rich_text_preformatted": _holder(
        "rich_text_preformatted",
        typed({"text": _TEXT, "link": _LINK}, "preformatted part"),
        {**_BORDER, "language": string(64)},
    ),
    "rich_text_quote": _holder("rich_text_quote", _ANY_PART, _BORDER),
}

RICH_TEXT = record(
    {"type": one_of("rich_text"), "elements": array(typed(_HOLDERS, "rich text element"), most=_MANY)},
    {"block_id": string(255)},
)
