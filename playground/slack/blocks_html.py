"""Block Kit as semantic HTML, for the page, the tests and pictures in the documentation.

Everything is escaped and nothing is hidden: a block that this renderer does not know is shown, loudly, with
its JSON. Deliberately absent: a message's author and time, which the page shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from playground.slack.blocks_html_charts import render_chart
from playground.slack.blocks_html_data import render_plan, render_table, render_task
from playground.slack.blocks_html_elements import (
    Place,
    render_element,
    render_image,
    render_text,
    text_of,
)
from playground.slack.blocks_html_markdown import render_markdown
from playground.slack.blocks_html_rich_text import render_rich_text
from playground.slack.html_tags import EMPTY, Html, escaped, joined, tag
from playground.slack.mrkdwn_html import Names, render_mrkdwn
from playground.slack.validator_checks import members

Block = Mapping[str, Any]


def render_message(message: Mapping[str, Any], names: Names) -> str:
    """Render the body of a message: its blocks, or its text if there are none."""
    blocks = members(message, "blocks")
    if blocks:
        return tag("div", *[render_block(block, names) for block in blocks], class_="bk")
    return tag("div", render_mrkdwn(str(message.get("text") or ""), names), class_="bk bk-text")


def render_view(view: Mapping[str, Any], names: Names) -> str:
    """Render the body of a modal or Home view; the page shows its title and its submit and close buttons."""
    return tag("div", *[render_block(block, names) for block in members(view, "blocks")], class_="bk")


def render_block(block: Block, names: Names) -> Html:
    """Render one block as an element of its own; a block of an unknown type is shown with its JSON."""
    draw = _DRAWN.get(str(block.get("type"))) if isinstance(block, Mapping) else None
    return draw(block, names) if draw else _unknown(block)


def _unknown(block: Any) -> Html:
    kind = block.get("type") if isinstance(block, Mapping) else block
    source = tag("pre", escaped(json.dumps(block, indent=2, ensure_ascii=False, default=str)))
    return tag(
        "div",
        tag("strong", escaped(f"Unknown block type: {kind}")),
        source,
        class_="bk-unknown",
        role="alert",
    )


def _place(block: Block, names: Names) -> Place:
    return Place(names, str(block.get("block_id", "")))


def _section(block: Block, names: Names) -> Html:
    text = tag("div", render_text(block["text"], names), class_="bk-words") if block.get("text") else EMPTY
    fields = [tag("div", render_text(each, names)) for each in members(block, "fields")]
    grid = tag("div", *fields, class_="bk-fields") if fields else EMPTY
    beside = block.get("accessory")
    accessory = EMPTY
    if isinstance(beside, Mapping):
        accessory = tag("div", render_element(beside, _place(block, names)), class_="bk-accessory")
    return tag("div", tag("div", text, grid, class_="bk-main"), accessory, class_="bk-section")


def _header(block: Block, names: Names) -> Html:
    return tag(
        f"h{int(block.get('level') or 2) + 1}", render_text(block.get("text"), names), class_="bk-header"
    )


def _context(block: Block, names: Names) -> Html:
    parts = [
        render_image(each) if each.get("type") == "image" else tag("span", render_text(each, names))
        for each in members(block, "elements")
    ]
    return tag("div", *parts, class_="bk-context")


def _actions(block: Block, names: Names) -> Html:
    place = _place(block, names)
    drawn = [render_element(each, place) for each in members(block, "elements")]
    return tag("div", *drawn, class_="bk-actions", role="group", aria_label="Actions")


def _input(block: Block, names: Names) -> Html:
    label, element = text_of(block.get("label")), block.get("element") or {}
    place = Place(names, str(block.get("block_id", "")), label, required=block.get("optional") is not True)
    optional = EMPTY if place.required else tag("small", escaped(" (optional)"))
    hint = tag("small", render_text(block["hint"], names), class_="bk-hint") if block.get("hint") else EMPTY
    return tag(
        "div",
        tag("span", escaped(label), optional, class_="bk-label"),
        render_element(element, place),
        hint,
        tag("span", class_="bk-error", role="alert"),
        class_="bk-input",
        data_input=True,
        data_block_id=place.block_id,
        data_dispatch=block.get("dispatch_action") is True,
    )


def _picture(block: Block, names: Names) -> Html:
    title = tag("figcaption", render_text(block["title"], names)) if block.get("title") else EMPTY
    return tag("figure", title, render_image(block), class_="bk-image")


def _alert(block: Block, names: Names) -> Html:
    level = str(block.get("level") or "default")
    word = EMPTY if level == "default" else tag("strong", escaped(f"{level.capitalize()}: "))
    return tag(
        "div", word, render_text(block.get("text"), names), class_=f"bk-alert level-{level}", role="note"
    )


def _card(block: Block, names: Names) -> Html:
    place = _place(block, names)
    pictures = {key: render_image(block[key]) for key in ("hero_image", "icon") if block.get(key)}
    words = [
        tag("div", render_text(block[key], names), class_=f"card-{key}")
        for key in ("title", "subtitle", "body")
        if block.get(key)
    ]
    actions = [render_element(each, place) for each in members(block, "actions")]
    row = tag("div", *actions, class_="bk-actions", role="group", aria_label="Actions") if actions else EMPTY
    return tag("article", joined(list(pictures.values())), *words, row, class_="bk-card")


_DRAWN: Mapping[str, Callable[[Block, Names], Html]] = {
    "section": _section,
    "header": _header,
    "divider": lambda _block, _names: tag("hr"),
    "context": _context,
    "actions": _actions,
    "input": _input,
    "image": _picture,
    "rich_text": render_rich_text,
    "markdown": lambda block, _names: render_markdown(str(block.get("text", ""))),
    "table": render_table,
    "data_table": render_table,
    "data_visualization": lambda block, _names: render_chart(block),
    "plan": render_plan,
    "task_card": render_task,
    "alert": _alert,
    "card": _card,
}
