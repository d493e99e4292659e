"""What is to be drawn, with every label as it appears in the picture, and where each thing has its place."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 1_000
"""Pixels. Next to other text, Slack shows a picture some 360 pixels wide: its letters are then about a third
as large.
"""
MARGIN = 40
NAMES = 384
"""The greatest width of names: twenty of the widest letter, at the least letter size."""
GAP = 24
TITLE, UNIT, FOOT = 64, 56, 60
"""Heights of the title, of the line below it, and of the categories at the foot."""
LEAST_ROW, MOST_ROW, ROWS = 84, 240, 760
"""The least and the greatest height of a row, and the height of all rows together where there are few."""
ABOVE = 34
"""Room above a column, for its value."""
BEAM = 64
"""Height of a row where each series has one value."""


@dataclass(frozen=True)
class Bar:
    """``label`` is the value as it is written."""

    value: float
    label: str


@dataclass(frozen=True)
class Row:
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Figure:
    """One row of bars for each series, all on one scale: series are told apart by their places and names, not
    by colour. Each row has a bar for each category; a single bar lies, several stand.
    """

    title: str
    unit: str
    categories: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def drawable(self) -> bool:
        """Whether the picture's font has all the letters that this figure needs."""
        bars = (bar.label for row in self.rows for bar in row.bars)
        texts = (self.title, self.unit, *self.categories, *(row.name for row in self.rows), *bars)
        return all(text.isascii() and text.isprintable() for text in texts)

    @property
    def lying(self) -> bool:
        return len(self.categories) == 1

    @property
    def beneath(self) -> str:
        """The line below the title: the unit, the category if there is only one, and how rows compare."""
        scale = "all on one scale" if len(self.rows) > 1 else ""
        return ", ".join(filter(None, (self.unit, self.categories[0] if self.lying else "", scale)))

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and the highest value, zero among them."""
        values = [bar.value for row in self.rows for bar in row.bars]
        return min(0.0, *values), max(0.0, *values)

    @property
    def row_height(self) -> int:
        if self.lying:
            return BEAM
        return max(LEAST_ROW, min(MOST_ROW, ROWS // max(1, len(self.rows))))

    @property
    def height(self) -> int:
        foot = MARGIN if self.lying else FOOT + MARGIN
        return MARGIN + TITLE + UNIT + self.row_height * len(self.rows) + foot


def length(value: float, bounds: tuple[float, float], room: int) -> int:
    """Return the length of a bar in pixels. A value other than zero is always visible, however small; if all
    values are zero, so is every bar.
    """
    low, high = bounds
    if value == 0 or high == low:
        return 0
    return max(2, round(abs(value) / (high - low) * room))


def marked(count: int, widest: int, slot: int) -> range:
    """Return the categories that are written: all, or every n-th so that they fit, counted from the last."""
    step = max(1, -(-(widest + 12) // max(1, slot)))
    return range((count - 1) % step, count, step)
