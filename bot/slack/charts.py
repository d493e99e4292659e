"""A chart as Slack's block for charts, with its numbers as text beneath: no number is ever only in a picture.

Slack takes two charts per message, takes them in messages alone, and only once the block has reached a
workspace. A workspace that does not know the block answers ``invalid_blocks``; the same numbers then stand in
a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.pictures.figure import Bar, Figure, Row
from bot.slack.escaping import clip, escape, literal
from handlers.words.message import Chart, ChartKind, Series, Table

Block = dict[str, Any]

CHART = "data_visualization"
CHARTS = 2
"""Charts per message (facts/slack 2.1); the limits that follow have the same source."""
SERIES, POINTS, LABEL, TITLE = 6, 20, 20, 50
LONGEST_ALT = 2_000
"""Characters of a picture's alternative text (facts/slack 2.8)."""
REST = 30
"""Characters reserved for saying how many lines were left out."""
LINE = 280
"""Characters of a line of numbers; a limit of the bot's own."""
OTHERS = "others"


def fitted(chart: Chart) -> Chart:
    """Fit a chart within Slack's limits: keep the largest series, sum up the others, and keep the last
    categories. A pie, which shows only values above zero, keeps the largest parts and the sum of the others.
    """
    if chart.kind is ChartKind.PIE:
        return _fitted_pie(chart)
    if len(chart.series) > SERIES:
        largest = sorted(chart.series, key=lambda each: sum(each.values), reverse=True)
        kept = set(map(id, largest[: SERIES - 1]))
        rest = [each.values for each in chart.series if id(each) not in kept]
        others = Series(OTHERS, tuple(sum(column) for column in zip(*rest, strict=True)))
        chart = replace(chart, series=(*(s for s in chart.series if id(s) in kept), others))
    last = tuple(replace(each, values=each.values[-POINTS:]) for each in chart.series)
    return replace(chart, categories=chart.categories[-POINTS:], series=last)


def chart_blocks(chart: Chart, *, drawn: bool = True) -> Iterator[Block]:
    """Draw the chart, if it has anything to draw, and its numbers. Without ``drawn``, draw the
    numbers alone.
    """
    shown = fitted(chart)
    if not shown.categories or not shown.series:
        return
    if drawn:
        yield {"type": CHART, "title": _plain(shown.title, TITLE), "chart": _chart(shown)}
    lines = [clip(escape(line), LINE) for line in numbers(shown)]
    yield {"type": "context", "elements": [{"type": "mrkdwn", "text": t, "verbatim": True} for t in lines]}


def numbers(chart: Chart) -> tuple[str, ...]:
    """Return the numbers of a chart as lines: *What it cost (USD), 2 Nov to 23 Nov* and *staging: 12.40,
    13.10*.
    """
    shown = fitted(chart)
    if not shown.categories:
        return ()
    exact = _exact(value for each in shown.series for value in each.values)
    if shown.kind is ChartKind.PIE:
        pairs = zip(shown.categories, shown.series[0].values, strict=True)
        parts = (f"{name} {_said(value, exact)}" for name, value in pairs)
        return (f"{shown.title} ({shown.unit}): {', '.join(parts)}",)
    first, last = shown.categories[0], shown.categories[-1]
    span = first if first == last else f"{first} to {last}"
    each = (f"{s.name}: {', '.join(_said(v, exact) for v in s.values)}" for s in shown.series)
    return (f"{shown.title} ({shown.unit}), {span}", *each)


def told(charts: Iterable[Chart]) -> str:
    """Return all numbers as sentences, one per line of ``numbers``, for notifications and screen readers."""
    return " ".join(f"{line}." for chart in charts for line in numbers(chart))


def as_table(block: Block) -> Table:
    """Return the numbers of a drawn chart as a table: a column for each series, a row for each category."""
    chart = block["chart"]
    if chart["type"] == ChartKind.PIE.value:
        exact = _exact(part["value"] for part in chart["segments"])
        rows = tuple((part["label"], _said(part["value"], exact)) for part in chart["segments"])
        return Table((block["title"], "Value"), rows)
    names = tuple(each["name"] for each in chart["series"])
    points = [[point["value"] for point in each["data"]] for each in chart["series"]]
    exact = _exact(value for each in points for value in each)
    values = [[_said(value, exact) for value in each] for each in points]
    categories = chart["axis_config"]["categories"]
    rows = tuple((name, *column) for name, *column in zip(categories, *values, strict=True))
    return Table((f"{block['title']}, {chart['axis_config']['y_label']}", *names), rows)


def figure(block: Block) -> Figure:
    """Return what a picture of a drawn chart contains: the same values under the same names, in plain
    letters.
    """
    table = as_table(block)
    chart, columns = block["chart"], tuple(zip(*table.rows, strict=True))
    title, names = _letters(block["title"]), columns[0]
    if chart["type"] == ChartKind.PIE.value:
        shares = zip(names, columns[1], (part["value"] for part in chart["segments"]), strict=True)
        return Figure(title, "", ("",), tuple(Row(_letters(n), (Bar(v, said),)) for n, said, v in shares))
    rows = tuple(
        Row(
            _letters(each["name"]), tuple(Bar(p["value"], s) for p, s in zip(each["data"], said, strict=True))
        )
        for each, said in zip(chart["series"], columns[1:], strict=True)
    )
    unit = _letters(chart["axis_config"]["y_label"])
    return Figure(title, unit, tuple(map(_letters, names)), rows)


def image_block(block: Block, file: str) -> Block:
    """Return the picture that takes the place of a drawn chart; a screen reader reads out its numbers."""
    return {"type": "image", "alt_text": told_of(block, LONGEST_ALT), "slack_file": {"id": file}}


def told_of(block: Block, limit: int) -> str:
    """Return the numbers of a drawn chart in words: as many whole lines as fit, and how many more
    there are.
    """
    table = as_table(block)
    categories, *columns = zip(*table.rows, strict=True)
    lines = [f"{table.columns[0]}."]
    for name, values in zip(table.columns[1:], columns, strict=True):
        pairs = (f"{category} {value}" for category, value in zip(categories, values, strict=True))
        lines.append(f"{name}: {', '.join(pairs)}.")
    said, kept = lines[0], 1
    for line in lines[1:]:
        if len(said) + len(line) + 1 > limit - REST:
            break
        said, kept = f"{said} {line}", kept + 1
    left = len(lines) - kept
    return clip(f"{said} And {left} more, below." if left else said, limit)


def _letters(text: str) -> str:
    """Replace the signs that this edge itself puts in by letters that the font of pictures has."""
    return text.replace("…", "...").replace("–", "-")


def _fitted_pie(chart: Chart) -> Chart:
    pairs = zip(chart.categories, chart.series[0].values if chart.series else (), strict=False)
    parts = sorted(((name, v) for name, v in pairs if v > 0), key=lambda part: part[1], reverse=True)
    if len(parts) > SERIES:
        parts = [*parts[: SERIES - 1], (OTHERS, sum(value for _, value in parts[SERIES - 1 :]))]
    name = chart.series[0].name if chart.series else ""
    values = tuple(value for _, value in parts)
    return replace(chart, categories=tuple(n for n, _ in parts), series=(Series(name, values),))


def _chart(chart: Chart) -> Block:
    labels = _distinct(chart.categories)
    if chart.kind is ChartKind.PIE:
        return {"type": chart.kind.value, "segments": _points(labels, chart.series[0].values)}
    names = _distinct([each.name for each in chart.series])
    series = [
        {"name": name, "data": _points(labels, each.values)}
        for name, each in zip(names, chart.series, strict=True)
    ]
    axes = {"categories": labels, "y_label": _plain(chart.unit, TITLE)}
    return {"type": chart.kind.value, "series": series, "axis_config": axes}


def _points(labels: Sequence[str], values: Sequence[Decimal | int]) -> list[Block]:
    return [{"label": label, "value": _drawn(v)} for label, v in zip(labels, values, strict=True)]


def _drawn(value: Decimal | int) -> int | float:
    """Return the value as a JSON number. Only pictures are drawn from it; no sum is calculated from it."""
    return value if isinstance(value, int) else int(value) if value == int(value) else float(value)


def _exact(values: Iterable[Decimal | float]) -> bool:
    """Whether all values are whole numbers, so that none needs decimals."""
    return all(value == int(value) for value in values)


def _said(value: Decimal | float, exact: bool) -> str:
    return f"{value:,.0f}" if exact else f"{value:,.2f}"


def _distinct(names: Sequence[str]) -> list[str]:
    """Shorten the names and keep them distinct: Slack matches points to categories by their labels."""
    taken: list[str] = []
    for number, name in enumerate(names, 1):
        short = _plain(name, LABEL)
        taken.append(_plain(name, LABEL - 4) + f" {number}" if short in taken else short)
    return taken


def _plain(text: str, limit: int) -> str:
    return clip(literal(text), limit).strip() or "–"
