"""Builders of Block Kit for the tests, with sound examples of every block but ``alert``, and of every
element.
"""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]


def plain(text: str = "words") -> Json:
    return {"type": "plain_text", "text": text}


def marked(text: str = "words") -> Json:
    return {"type": "mrkdwn", "text": text}


def option(value: str = "v", text: str = "words") -> Json:
    return {"text": plain(text), "value": value}


def options(count: int) -> list[Json]:
    return [option(f"v{number}") for number in range(count)]


def button(action: str = "go", **more: Any) -> Json:
    return {"type": "button", "action_id": action, "text": plain(), **more}


def section(**more: Any) -> Json:
    return {"type": "section", "text": marked(), **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(element: Json, **more: Any) -> Json:
    return {"type": "input", "label": plain(), "element": element, **more}


def confirm(**more: Any) -> Json:
    return {"title": plain(), "text": marked(), "confirm": plain(), "deny": plain(), **more}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def rich_section(*parts: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(parts)}


def cells(rows: int, columns: int, text: str = "x") -> list[list[Json]]:
    return [[{"type": "raw_text", "text": text} for _ in range(columns)] for _ in range(rows)]


def data_table(rows: list[list[Json]], **more: Any) -> Json:
    return {"type": "data_table", "caption": "Services", "rows": rows, **more}


def chart(series: int = 1, points: int = 2, kind: str = "bar", **more: Any) -> Json:
    labels = [f"day {number}" for number in range(points)]
    data = [{"label": label, "value": -1.5} for label in labels]
    rows = [{"name": f"s{number}", "data": copy.deepcopy(data)} for number in range(series)]
    drawn = {"type": kind, "series": rows, "axis_config": {"categories": labels}}
    return {"type": "data_visualization", "title": "Saved", "chart": drawn, **more}


def pie(*values: float) -> Json:
    segments = [{"label": f"s{number}", "value": value} for number, value in enumerate(values)]
    return {"type": "data_visualization", "title": "Saved", "chart": {"type": "pie", "segments": segments}}


def task(name: str = "1", **more: Any) -> Json:
    return {"type": "task_card", "task_id": name, "title": "Deploy", "status": "pending", **more}


def message(*blocks: Json, text: str = "fallback") -> Json:
    return {"channel": "C0STAGING", "text": text, "blocks": list(blocks)}


def modal(*blocks: Json, **more: Any) -> Json:
    return {"type": "modal", "title": plain("Restart"), "blocks": list(blocks), **more}


def home(*blocks: Json, **more: Any) -> Json:
    return {"type": "home", "blocks": list(blocks), **more}


TEXT_PART = {"type": "text", "text": "words", "style": {"bold": True, "code": True}}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a lamp"}
RICH = rich(
    rich_section(
        TEXT_PART,
        {"type": "emoji", "name": "rocket"},
        {"type": "link", "url": "https://example.com", "text": "there"},
        {"type": "user", "user_id": "U0DEV"},
        {"type": "channel", "channel_id": "C0STAGING"},
    ),
    {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [rich_section(TEXT_PART)]},
    {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "exit 1"}]},
    {"type": "rich_text_quote", "elements": [TEXT_PART]},
)
ELEMENTS: list[Json] = [
    button(value="o1", style="danger", confirm=confirm(style="danger"), accessibility_label="Restart web"),
    {"type": "static_select", "action_id": "a", "options": options(2), "initial_option": option("v1")},
    {"type": "static_select", "option_groups": [{"label": plain(), "options": options(3)}]},
    {"type": "multi_static_select", "options": options(2), "initial_options": options(1)},
    {"type": "external_select", "action_id": "a", "min_query_length": 0, "placeholder": plain()},
    {"type": "multi_external_select", "action_id": "a", "max_selected_items": 3},
    {"type": "users_select", "initial_user": "U0DEV"},
    {"type": "channels_select", "initial_channel": "C0STAGING"},
    {"type": "conversations_select", "filter": {"include": ["public"], "exclude_bot_users": True}},
    {"type": "overflow", "action_id": "a", "options": [option() | {"url": "https://example.com"}]},
    {"type": "radio_buttons", "options": [{"text": marked(), "value": "v", "description": plain()}]},
    {"type": "checkboxes", "options": options(2), "initial_options": options(2)},
    {"type": "datepicker", "initial_date": "2026-11-21"},
    {"type": "timepicker", "initial_time": "19:00", "timezone": "Europe/Berlin"},
    {"type": "datetimepicker", "initial_date_time": 1_800_000_000},
]
FIELDS: list[Json] = [
    {"type": "plain_text_input", "action_id": "a", "multiline": True, "min_length": 1, "max_length": 3000},
    {
        "type": "number_input",
        "action_id": "a",
        "is_decimal_allowed": False,
        "min_value": "1",
        "max_value": "9",
    },
    *[element for element in ELEMENTS if element["type"] not in ("button", "overflow")],
]
SOUND: list[Json] = [
    section(block_id="b", accessory=button(), fields=[marked()] * 10),
    section(accessory=IMAGE),
    {"type": "section", "fields": [plain()]},
    {"type": "header", "text": plain("x" * 150), "level": 2},
    {"type": "divider"},
    {"type": "context", "elements": [IMAGE, marked(), plain()]},
    *[actions(element) for element in ELEMENTS],
    *[field(element, hint=plain(), optional=True) for element in FIELDS],
    {**IMAGE, "title": plain()},
    {"type": "image", "alt_text": "a lamp", "slack_file": {"id": "F1"}},
    RICH,
    {"type": "markdown", "text": "# Title\n- one"},
    {"type": "table", "rows": cells(100, 20), "column_settings": [None, {"align": "right"}]},
    {"type": "table", "rows": cells(1, 1), "column_settings": [{"is_wrapped": True}]},
    {"type": "table", "rows": [[RICH, {"type": "raw_number", "value": 3, "text": "3"}]]},
    data_table(cells(101, 20), page_size=100, row_header_column_index=19),
    *[chart(6, 20, kind) for kind in ("bar", "line", "area")],
    pie(1, 2),
    {"type": "plan", "title": "Restart", "tasks": [task("1", details=RICH), task("2", status="error")]},
    task(sources=[{"type": "url", "url": "https://example.com", "text": "Docs"}]),
    {"type": "card", "title": plain(), "subtitle": marked(), "body": marked(), "hero_image": IMAGE,
     "icon": IMAGE, "actions": [button("a"), button("b"), button("c")]},
]  # fmt: skip
