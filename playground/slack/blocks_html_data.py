"""Tables, data tables and plans as HTML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.slack.blocks_html_rich_text import render_rich_text
from playground.slack.html_tags import EMPTY, Html, escaped, tag
from playground.slack.mrkdwn_html import Names, render_link, render_raw
from playground.slack.validator_checks import members

TASK_WORDS = {"pending": "Pending", "in_progress": "In progress", "complete": "Complete", "error": "Error"}


def render_table(block: Mapping[str, Any], names: Names) -> Html:
    """Render a ``table`` or ``data_table``: the first row is the heading, and the row header is marked as
    such.
    """
    head, *rows = members(block, "rows") or [[]]
    settings = members(block, "column_settings")
    header = block.get("row_header_column_index", 0) if block.get("type") == "data_table" else None
    heading = tag("tr", *[_cell(cell, names, name="th", scope="col") for cell in head])
    body = [
        tag(
            "tr",
            *[
                _body_cell(cell, names, settings[at : at + 1], header=header == at)
                for at, cell in enumerate(row)
            ],
        )
        for row in rows
    ]
    caption = tag("caption", escaped(block["caption"])) if block.get("caption") else EMPTY
    table = tag("table", caption, tag("thead", heading), tag("tbody", *body))
    return tag("div", table, class_="bk-table", tabindex=0, role="group", aria_label="Table")


def _body_cell(cell: Any, names: Names, setting: list[Any], *, header: bool) -> Html:
    align = setting[0].get("align") if setting and isinstance(setting[0], Mapping) else None
    kind = f"align-{align}" if align else None
    if header:
        return _cell(cell, names, name="th", scope="row", class_=kind)
    return _cell(cell, names, name="td", class_=kind)


def _cell(cell: Any, names: Names, *, name: str, **attributes: str | None) -> Html:
    if isinstance(cell, Mapping) and cell.get("type") == "rich_text":
        return tag(name, render_rich_text(cell, names), **attributes)
    shown = cell.get("text", "") if isinstance(cell, Mapping) else cell
    return tag(name, render_raw(str(shown)), **attributes)


def render_plan(block: Mapping[str, Any], names: Names) -> Html:
    """Render a plan: its title and its tasks in order."""
    tasks = [tag("li", render_task(task, names)) for task in members(block, "tasks")]
    title = tag("p", tag("strong", escaped(block.get("title", ""))))
    return tag("section", title, tag("ol", *tasks), class_="bk-plan")


def render_task(block: Mapping[str, Any], names: Names) -> Html:
    """Render one task; its state is a word first and a colour second."""
    status = str(block.get("status", ""))
    word = tag("span", escaped(TASK_WORDS.get(status, status)), class_=f"status status-{status}")
    parts = [word, escaped(" "), escaped(block.get("title", ""))]
    texts = [render_rich_text(block[key], names) for key in ("details", "output") if block.get(key)]
    sources = [
        render_link(str(source.get("url", "")), str(source.get("text", "")))
        for source in members(block, "sources")
    ]
    return tag("div", *parts, *texts, *sources, class_="bk-task")
