"""Draws a figure. Dark on white, whatever the reader's theme: the picture brings its own ground.

The last bar of each row is the subject: it is darker than those before it but of the same hue, and its value
always stands next to it.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from bot.pictures.figure import (
    ABOVE,
    BEAM,
    FOOT,
    GAP,
    MARGIN,
    NAMES,
    TITLE,
    UNIT,
    WIDTH,
    Figure,
    Row,
    length,
    marked,
)

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

GROUND, INK, QUIET, LINE = "#ffffff", "#1d1c1d", "#4a4a4f", "#b8b8bd"
BEFORE, LAST = "#8db8de", "#0b4f8a"
"""Colours of the bars. Contrast (WCAG 2): 8.4 to 1 between the last bar and white, 4.0 to 1 between the two;
the earlier bars have an outline as dark as the last.
"""
HEAD, NAME, SMALL = 42, 34, 28
"""Sizes of letters, in pixels."""
LEAST = 20


def png(figure: Figure) -> bytes:
    """Draw the picture. Raises ``ImportError`` if Pillow is not installed."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, figure.height), GROUND)
    _Painter(ImageDraw.Draw(image), figure).paint()
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _letters(size: int) -> ImageFont.FreeTypeFont:
    """Load Pillow's own font, so that the picture is the same on every machine."""
    from PIL import ImageFont

    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


@dataclass
class _Painter:
    pen: ImageDraw.ImageDraw
    figure: Figure

    def paint(self) -> None:
        figure = self.figure
        self._text((MARGIN, MARGIN), figure.title, self._font(HEAD, figure.title, WIDTH - 2 * MARGIN))
        self._text((MARGIN, MARGIN + TITLE), figure.beneath, _letters(SMALL), QUIET)
        top = MARGIN + TITLE + UNIT
        for number, row in enumerate(figure.rows):
            y = top + number * figure.row_height
            if figure.lying:
                self._beam(row, y)
            else:
                self._columns(row, y)
        if not figure.lying:
            self._foot(top + len(figure.rows) * figure.row_height)

    # One bar in each row

    def _beam(self, row: Row, y: int) -> None:
        (bar,), middle = row.bars, y + BEAM // 2
        low, high = self.figure.bounds
        widest = max(self._wide(r.bars[0].label, NAME) for r in self.figure.rows) + GAP
        room = WIDTH - MARGIN - self._left - widest
        zero = self._left + length(low, (low, high), room)
        end = zero + (1 if bar.value > 0 else -1) * length(bar.value, (low, high), room)
        self._name(row.name, middle)
        if end != zero:
            self.pen.rectangle((min(zero, end), middle - 20, max(zero, end), middle + 20), fill=LAST)
        self.pen.line((zero, y + 4, zero, y + BEAM - 4), fill=INK, width=2)
        self._text((max(zero, end) + 12, middle), bar.label, _letters(NAME), anchor="lm")

    # Several bars in each row

    def _columns(self, row: Row, y: int) -> None:
        bounds, room = self.figure.bounds, self.figure.row_height - ABOVE - 14
        base = y + ABOVE + (length(bounds[1], bounds, room) if bounds[0] < 0 else room)
        slot = self._slot
        self._name(row.name, y + ABOVE + room // 2)
        for number, bar in enumerate(row.bars):
            tall = length(bar.value, bounds, room)
            x, edge = self._left + round(number * slot), max(2, round(slot * 0.14))
            box = (x + edge, base - tall, x + round(slot) - edge, base)
            if bar.value < 0:
                box = (box[0], base, box[2], base + tall)
            if tall:
                last = number == len(row.bars) - 1
                self.pen.rectangle(
                    box, fill=LAST if last else BEFORE, outline=LAST, width=2 if slot > 16 else 1
                )
            if not self._beside:
                self._value(row, number, (x + round(slot / 2), box[1] - 4))
        self.pen.line((self._left, base, WIDTH - MARGIN - self._beside, base), fill=INK, width=2)
        if self._beside:
            self._text((WIDTH - MARGIN, base), row.bars[-1].label, _letters(SMALL), anchor="rs")

    def _value(self, row: Row, number: int, at: tuple[int, int]) -> None:
        ink = INK if number == len(row.bars) - 1 else QUIET
        self._text(at, row.bars[number].label, _letters(SMALL), ink, anchor="ms")

    def _foot(self, y: int) -> None:
        slot, categories = self._slot, self.figure.categories
        widest = max(self._wide(each, SMALL) for each in categories)
        for number in marked(len(categories), widest, round(slot)):
            x = self._left + round((number + 0.5) * slot)
            self.pen.line((x, y - 4, x, y + 4), fill=LINE, width=2)
            self._text((x, y + FOOT // 2), categories[number], _letters(SMALL), QUIET, anchor="mm")

    @cached_property
    def _left(self) -> int:
        """Where the bars begin: right of the longest name, as it is drawn."""
        return MARGIN + min(NAMES, max(self._wide(row.name, NAME) for row in self.figure.rows)) + GAP

    @cached_property
    def _beside(self) -> int:
        """Width of the column for values next to the bars. 0 if each value fits over its bar; else only the
        last value of a row is written, and stands in this column.
        """
        rows = self.figure.rows
        widest = max(self._wide(bar.label, SMALL) for row in rows for bar in row.bars)
        if widest + 8 <= (WIDTH - MARGIN - self._left) / len(self.figure.categories):
            return 0
        return max(self._wide(row.bars[-1].label, SMALL) for row in rows) + GAP // 2

    @cached_property
    def _slot(self) -> float:
        return (WIDTH - MARGIN - self._beside - self._left) / len(self.figure.categories)

    # Letters

    def _name(self, name: str, middle: int) -> None:
        self._text((MARGIN, middle), name, self._font(NAME, name, NAMES), anchor="lm")

    def _font(self, size: int, text: str, room: int) -> ImageFont.FreeTypeFont:
        """Return the font as large as asked for, or as fits in ``room``."""
        while size > LEAST and _letters(size).getlength(text) > room:
            size -= 2
        return _letters(size)

    def _wide(self, text: str, size: int) -> int:
        return math.ceil(_letters(size).getlength(text))

    def _text(
        self,
        at: tuple[int, int],
        text: str,
        font: ImageFont.FreeTypeFont,
        ink: str = INK,
        *,
        anchor: str = "la",
    ) -> None:
        self.pen.text(at, text, font=font, fill=ink, anchor=anchor)
