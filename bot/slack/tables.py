"""A table as Slack's table block: 100 rows, 20 columns and 10,000 characters at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.slack.escaping import clip, literal
from handlers.words.message import Table

Cell = dict[str, Any]
ROWS, COLUMNS, CELL, ALL = 99, 20, 300, 8_000
WEB = ("https://", "http://")


def table_blocks(table: Table) -> Iterator[dict[str, Any]]:
    """Draw the heading and as many rows as fit; a line below says how many rows do not. If the links take the
    room of a row, the rows are drawn without links.
    """
    if not table.columns:
        return
    width = min(len(table.columns), COLUMNS)
    rows = _rows(table, width, table.links)
    if table.links and len(rows) < min(len(table.rows), ROWS):
        rows = _rows(table, width, ())
    drawn = [_cells(table.columns, width), *rows]
    yield {"type": "table", "rows": drawn, "column_settings": [{"is_wrapped": True}] * width}
    left = len(table.rows) - len(rows)
    if left:
        yield {"type": "context", "elements": [{"type": "mrkdwn", "text": f"and {left} more rows"}]}


def _rows(table: Table, width: int, links: Sequence[str]) -> list[list[Cell]]:
    """Return the first rows that fit beside the heading."""
    rows: list[list[Cell]] = []
    room = ALL - _length(_cells(table.columns, width))
    for number, row in enumerate(table.rows[:ROWS]):
        cells = _cells(row, width)
        link = links[number] if links else ""
        room -= _length(cells) + len(link)
        if room < 0:
            break
        rows.append([*cells[:-1], _linked(cells[-1], link)] if link.startswith(WEB) else cells)
    return rows


def _cells(row: tuple[str, ...], width: int) -> list[Cell]:
    """Return exactly ``width`` cells, none empty: every row of a table has as many cells as the first."""
    filled = [*row[:width], *[""] * (width - len(row))]
    return [{"type": "raw_text", "text": clip(literal(cell), CELL).strip() or "–"} for cell in filled]


def _linked(cell: Cell, link: str) -> Cell:
    run = {"type": "link", "url": link, "text": cell["text"]}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}


def _length(cells: list[Cell]) -> int:
    return sum(len(cell["text"]) for cell in cells)
