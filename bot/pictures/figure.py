"""What is to be drawn, with every label as it stands in the picture, and where each thing has its place."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH = 1_000
"""Pixels. Beside other text a picture is shown some 360 wide: its letters are then about a third as large."""
MARGIN = 40
NAMES = 384
"""The widest that names may become: twenty of the widest letter, at the least size of letters."""
GAP = 24
TITLE, UNIT, FOOT = 64, 56, 60
"""Heights of the title, of the line below it, and of the categories at the foot."""
LEAST_ROW, MOST_ROW, ROWS = 84, 240, 760
"""A row's height, and what all rows take together where there are few."""
ABOVE = 34
"""Above a column, for its value."""
BEAM = 64
"""A row's height where each series has one value."""


@dataclass(frozen=True)
class Bar:
    """``label``: the value as it is written."""

    value: float
    label: str


@dataclass(frozen=True)
class Row:
    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Figure:
    """One row of bars for each series, all on one scale: series are told apart by their places and names, not
    by colour. Each row has a bar for each category; a single one lies, several stand."""

    title: str
    unit: str
    categories: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def drawable(self) -> bool:
        """Whether the letters that a picture has are enough for it."""
        bars = (bar.label for row in self.rows for bar in row.bars)
        texts = (self.title, self.unit, *self.categories, *(row.name for row in self.rows), *bars)
        return all(text.isascii() and text.isprintable() for text in texts)

    @property
    def lying(self) -> bool:
        return len(self.categories) == 1

    @property
    def beneath(self) -> str:
        """Below the title: the unit, the category if there is only one, and how rows compare."""
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
    """Pixels of a bar. What is not zero is seen, however small; where all is zero, so is every bar."""
    low, high = bounds
    if value == 0 or high == low:
        return 0
    return max(2, round(abs(value) / (high - low) * room))


def marked(count: int, widest: int, slot: int) -> range:
    """Which categories are written: all, or every so many that fit, counted from the last."""
    step = max(1, -(-(widest + 12) // max(1, slot)))
    return range((count - 1) % step, count, step)
