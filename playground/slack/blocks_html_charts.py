"""Charts as inline SVG with their numbers in a table beneath, so that no value is only a colour or shape."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.slack.html_tags import Html, escaped, joined, tag
from playground.slack.validator_checks import members

WIDTH, HEIGHT = 480, 220
_LEFT, _TOP, _BOTTOM = 64, 12, 34
_FULL_CIRCLE = 0.9999


@dataclass(frozen=True)
class Series:
    """One row of values, in the order of the categories; None where a series has no point for a category."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Frame:
    """The range of values in the picture: ``low`` and ``high`` always enclose zero and differ."""

    low: float
    high: float
    slots: int

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM), 1)

    def slot(self) -> float:
        return (WIDTH - _LEFT) / max(1, self.slots)

    def x(self, index: int) -> float:
        return round(_LEFT + (index + 0.5) * self.slot(), 1)


def render_chart(block: Mapping[str, Any]) -> Html:
    """Render a whole ``data_visualization`` block."""
    chart = block.get("chart")
    chart = chart if isinstance(chart, Mapping) else {}
    title = str(block.get("title", ""))
    categories, series = _read(chart)
    picture = _pie(series[0].values) if chart.get("type") == "pie" and series else _axes(chart, series)
    words = f"{chart.get('type')} chart: {title}"
    svg = tag("svg", picture, viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", aria_label=words)
    names = categories if chart.get("type") == "pie" else [each.name for each in series]
    caption = tag("figcaption", escaped(title))
    return tag("figure", caption, svg, _legend(names), _numbers(categories, series), class_="bk-chart")


def _read(chart: Mapping[str, Any]) -> tuple[list[str], list[Series]]:
    if chart.get("type") == "pie":
        points = _points(members(chart, "segments"))
        return list(points), [Series("value", tuple(points.values()))]
    axes = chart.get("axis_config")
    categories = [str(each) for each in members(axes, "categories")]
    series = []
    for each in members(chart, "series"):
        points = _points(members(each, "data"))
        series.append(Series(str(each.get("name", "")), tuple(points.get(name) for name in categories)))
    return categories, series


def _points(points: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {str(point.get("label")): float(point.get("value") or 0) for point in points}


def _axes(chart: Mapping[str, Any], series: Sequence[Series]) -> Html:
    axes = chart.get("axis_config") or {}
    categories = [str(each) for each in members(axes, "categories")]
    known = [value for each in series for value in each.values if value is not None]
    low, high = 0.0 - _round_up(-min([0.0, *known])), _round_up(max([0.0, *known]))
    frame = Frame(low, high if high > low else low + 1, len(categories))
    drawings: dict[str, Callable[[Frame, Sequence[Series]], Html]] = {"bar": _bars, "area": _areas}
    drawn = drawings.get(str(chart.get("type")), _lines)(frame, series)
    return joined([_grid(frame), drawn, _ticks(frame, categories), _axis_names(axes)])


def _round_up(value: float) -> float:
    """Return the next number that people read at a glance, as they do its half."""
    if value <= 0:
        return 0.0
    tens = 10.0 ** math.floor(math.log10(value))
    return next(step * tens for step in (1, 2, 3, 4, 5, 6, 8, 10) if step * tens >= value)


def _grid(frame: Frame) -> Html:
    marks = sorted({frame.low, 0.0, (frame.low + frame.high) / 2, frame.high})
    lines = [
        tag("line", x1=_LEFT, x2=WIDTH, y1=str(frame.y(mark)), y2=str(frame.y(mark)), class_="grid")
        for mark in marks
    ]
    labels = [
        tag("text", escaped(f"{mark:g}"), x=_LEFT - 6, y=str(frame.y(mark) + 4), text_anchor="end")
        for mark in marks
    ]
    return joined(lines + labels)


def _ticks(frame: Frame, categories: Sequence[str]) -> Html:
    """Draw category names, thinned so that they do not run into one another."""
    step = max(1, math.ceil(len(categories) * max(map(len, categories), default=1) * 7 / (WIDTH - _LEFT)))
    return joined(
        [
            tag("text", escaped(name), x=str(frame.x(index)), y=HEIGHT - 18, text_anchor="middle")
            for index, name in enumerate(categories)
            if index % step == 0
        ]
    )


def _axis_names(axes: Mapping[str, Any]) -> Html:
    across, up = str(axes.get("x_label", "")), str(axes.get("y_label", ""))
    middle = f"{(WIDTH + _LEFT) / 2:.0f}"
    return joined(
        [
            tag("text", escaped(across), x=middle, y=HEIGHT - 3, text_anchor="middle", class_="axis"),
            tag("text", escaped(up), transform=f"translate(10 {HEIGHT // 2}) rotate(-90)", class_="axis"),
        ]
    )


def _bars(frame: Frame, series: Sequence[Series]) -> Html:
    width = frame.slot() * 0.76 / max(1, len(series))
    bars = []
    for row, each in enumerate(series):
        for index, value in enumerate(each.values):
            left = frame.x(index) - width * len(series) / 2 + row * width
            top, bottom = sorted((frame.y(value or 0), frame.y(0)))
            box = {"x": f"{left:.1f}", "y": f"{top}", "width": f"{width * 0.92:.1f}"}
            bars.append(tag("rect", height=f"{bottom - top:.1f}", rx=2, class_=f"series-{row}", **box))
    return joined(bars)


def _path(frame: Frame, each: Series) -> list[str]:
    found = [(index, value) for index, value in enumerate(each.values) if value is not None]
    return [f"{frame.x(index)},{frame.y(value)}" for index, value in found]


def _lines(frame: Frame, series: Sequence[Series]) -> Html:
    return joined(
        [
            tag("polyline", points=" ".join(_path(frame, each)), class_=f"line series-{row}")
            for row, each in enumerate(series)
        ]
    )


def _areas(frame: Frame, series: Sequence[Series]) -> Html:
    shapes = []
    for row, each in enumerate(series):
        path = _path(frame, each)
        if path:
            first, last = path[0].split(",")[0], path[-1].split(",")[0]
            shape = " ".join([f"{first},{frame.y(0)}", *path, f"{last},{frame.y(0)}"])
            shapes.append(tag("polygon", points=shape, class_=f"area series-{row}"))
    return joined([*shapes, _lines(frame, series)])


def _pie(values: Sequence[float | None]) -> Html:
    whole = sum(value or 0 for value in values) or 1
    centre, radius, start = WIDTH / 2, HEIGHT / 2 - 10, 0.0
    slices = []
    for row, value in enumerate(values):
        # An arc from a point to itself draws nothing, so a lone segment stops just short of the circle.
        share = min((value or 0) / whole, _FULL_CIRCLE)
        turns = (start, start + share)
        (x1, y1), (x2, y2) = (
            (centre + radius * math.sin(math.tau * at), HEIGHT / 2 - radius * math.cos(math.tau * at))
            for at in turns
        )
        arc = f"A{radius:.1f} {radius:.1f} 0 {int(share > 0.5)} 1 {x2:.1f} {y2:.1f}"
        path = f"M{centre:.1f} {HEIGHT / 2:.1f} L{x1:.1f} {y1:.1f} {arc} Z"
        slices.append(tag("path", d=path, class_=f"series-{row}"))
        start += share
    return joined(slices)


def _legend(names: Sequence[str]) -> Html:
    items = [
        tag("li", tag("span", class_=f"swatch series-{row}"), escaped(name)) for row, name in enumerate(names)
    ]
    return tag("ul", *items, class_="legend")


def _numbers(categories: Sequence[str], series: Sequence[Series]) -> Html:
    head = [tag("th", escaped(each.name), scope="col") for each in series]
    rows = [
        tag(
            "tr",
            tag("th", escaped(name), scope="row"),
            *[
                tag("td", escaped("" if each.values[at] is None else f"{each.values[at]:g}"))
                for each in series
            ],
        )
        for at, name in enumerate(categories)
    ]
    table = tag("table", tag("thead", tag("tr", tag("td"), *head)), tag("tbody", *rows))
    return tag("details", tag("summary", escaped("Numbers")), table)
