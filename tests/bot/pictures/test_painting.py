"""Pictures of charts: what they show, and that each can be drawn."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.pictures.figure import BEAM, LEAST_ROW, MOST_ROW, WIDTH, Bar, Figure, Row, length, marked
from bot.pictures.painting import GROUND, LAST, png

WEEKS = ("2 Nov", "9 Nov", "16 Nov", "23 Nov")


def figure(*rows: tuple[float, ...], name: str = "env", categories: tuple[str, ...] = ()) -> Figure:
    drawn = tuple(
        Row(f"{name}-{number}", tuple(Bar(value, f"{value:,.2f}") for value in values))
        for number, values in enumerate(rows)
    )
    shown = categories or tuple(f"{number} Nov" for number in range(1, len(rows[0]) + 1))
    return Figure("Cost of each week, from Monday", "USD", shown, drawn)


def opened(drawn: Figure) -> Image.Image:
    image = Image.open(io.BytesIO(png(drawn)))
    assert image.size == (WIDTH, drawn.height)
    return image.convert("RGB")


def pixels(image: Image.Image, colour: str) -> int:
    wanted = tuple(int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return sum(count for count, found in image.getcolors(1 << 24) or [] if found == wanted)


@pytest.mark.parametrize(
    "drawn",
    [
        figure((10, 11, 12, 15)),
        figure((10,)),
        figure(*[(float(n),) for n in range(12)]),
        figure(*[tuple(float(n * m) for m in range(20)) for n in range(12)], name="W" * 17),
        figure((0, 0, 0, 0), (0, 0, 0, 0)),
        figure((0.004, 0.001), (1_234_567.5, 9_999_999.99)),
        figure((-20, -10, 0, 10, 20)),
        figure((-5,), (5,)),
    ],
    ids=["one", "one value", "many values", "most", "zeros", "far apart", "below zero", "one below zero"],
)
def test_each_chart_is_drawn_on_white_with_room_at_the_edges(drawn: Figure) -> None:
    image = opened(drawn)
    edges = {image.getpixel((x, y)) for x in (0, WIDTH - 1) for y in range(0, image.height, 5)}
    edges |= {image.getpixel((x, y)) for x in range(0, WIDTH, 5) for y in (0, image.height - 1)}
    assert edges == {(255, 255, 255)}
    assert len(png(drawn)) < 200_000


def test_the_last_bar_is_the_dark_one_and_grows_with_its_value() -> None:
    small, large = opened(figure((9, 9, 9, 1))), opened(figure((9, 9, 9, 9)))
    assert 0 < pixels(small, LAST) < pixels(large, LAST)
    assert pixels(large, GROUND) < pixels(small, GROUND)


def test_no_bar_is_drawn_if_every_value_is_zero() -> None:
    assert pixels(opened(figure((0, 0, 0, 0))), LAST) == 0


def test_the_same_figure_makes_the_same_picture() -> None:
    drawn = figure((10, 11, 12, 15), (1, 2, 3, 4))
    assert png(drawn) == png(drawn)


@pytest.mark.parametrize(
    ("value", "bounds", "expected"),
    [
        (0, (0, 10), 0),
        (10, (0, 10), 100),
        (5, (0, 10), 50),
        (0.0001, (0, 10), 2),
        (-10, (-10, 10), 50),
        (0, (0, 0), 0),
    ],
)
def test_a_bar_is_as_long_as_its_value_and_visible_unless_zero(
    value: float, bounds: tuple[float, float], expected: int
) -> None:
    assert length(value, bounds, 100) == expected


@pytest.mark.parametrize(
    ("count", "slot", "expected"),
    [(4, 200, [0, 1, 2, 3]), (20, 40, [1, 4, 7, 10, 13, 16, 19]), (20, 1, [19]), (1, 500, [0])],
)
def test_as_many_categories_as_fit_are_written_and_always_the_last(
    count: int, slot: int, expected: list[int]
) -> None:
    assert list(marked(count, 80, slot)) == expected


def test_the_line_below_the_title_names_the_unit_and_the_only_category() -> None:
    assert figure((1, 2)).beneath == "USD"
    assert figure((1, 2), (3, 4)).beneath == "USD, all on one scale"
    assert figure((1,), (3,), categories=("23 Nov",)).beneath == "USD, 23 Nov, all on one scale"


def test_rows_share_the_height_within_a_minimum_and_a_maximum() -> None:
    assert figure((1, 2)).row_height == MOST_ROW
    assert figure(*[(1.0, 2.0)] * 12).row_height == LEAST_ROW
    assert figure((1,)).row_height == BEAM


@pytest.mark.parametrize("name", ["Zürich", "日本", "a\nb", "x\u2060"])
def test_a_chart_with_letters_that_the_font_lacks_is_not_drawn(name: str) -> None:
    assert figure((1, 2)).drawable
    assert not figure((1, 2), name=name).drawable
