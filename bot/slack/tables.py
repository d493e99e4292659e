"""A table as Slack's table block: 100 rows, 20 columns and 10,000 characters at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.slack.escaping import clip, literal
from handlers.words.message import Table

ROWS, COLUMNS, CELL, ALL = 99, 20, 300, 8_000


def table_blocks(table: Table) -> Iterator[dict[str, Any]]:
    """Draw the heading and as many rows as fit; a line below says how many rows do not."""
    if not table.columns:
        return
    width = min(len(table.columns), COLUMNS)
    rows = [_cells(table.columns, width)]
    room = ALL - _length(rows[0])
    for row in table.rows[:ROWS]:
        cells = _cells(row, width)
        room -= _length(cells)
        if room < 0:
            break
        rows.append(cells)
    yield {"type": "table", "rows": rows, "column_settings": [{"is_wrapped": True}] * width}
    left = len(table.rows) - (len(rows) - 1)
    if left:
        yield {"type": "context", "elements": [{"type": "mrkdwn", "text": f"and {left} more rows"}]}


def _cells(row: tuple[str, ...], width: int) -> list[dict[str, str]]:
    """Return exactly ``width`` cells, none empty: every row of a table has as many cells as the first."""
    filled = [*row[:width], *[""] * (width - len(row))]
    return [{"type": "raw_text", "text": clip(literal(cell), CELL).strip() or "–"} for cell in filled]


def _length(cells: list[dict[str, str]]) -> int:
    return sum(len(cell["text"]) for cell in cells)
