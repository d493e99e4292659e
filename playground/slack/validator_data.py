"""Tables, data tables and charts (facts/slack 2.1; of conflicting limits, the stricter is used)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playground.slack.dates import both, no_dates
from playground.slack.validator_checks import (
    Check,
    Fault,
    array,
    below,
    boolean,
    integer,
    members,
    number,
    one_of,
    record,
    string,
    typed,
)
from playground.slack.validator_rich_text import RICH_TEXT

COLUMNS = 20
TABLE_ROWS = 100
# The May 2026 page says 101 and the later one 201, heading row included (facts/slack 2.1).
DATA_TABLE_ROWS = 101
# The June 2026 page says 6 and the later one 12 (facts/slack 2.1); it limits the segments of a pie too.
SERIES = 6
POINTS = 20
LABEL = 20

_RAW_TEXT = record({"type": one_of("raw_text"), "text": both(string(10_000), no_dates)})
_RAW_NUMBER = record({"type": one_of("raw_number"), "value": number, "text": string(10_000)})
_PLAIN_CELLS: dict[str, Check] = {"raw_text": _RAW_TEXT, "raw_number": _RAW_NUMBER}
_CELL = typed({**_PLAIN_CELLS, "rich_text": RICH_TEXT}, "table cell")
_HEADING = typed(_PLAIN_CELLS, "heading cell")
_ID = string(255)


def even_rows(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: every row has as many cells as the first."""
    rows = [row for row in members(value, "rows") if isinstance(row, list)]
    for index, row in enumerate(rows):
        if len(row) != len(rows[0]):
            where = below(below(pointer, "rows"), index)
            yield Fault(where, f"must have {len(rows[0])} cells like the first row, has {len(row)}")


def plain_heading(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: the first row of a data table is its heading and holds no rich text."""
    for row in members(value, "rows")[:1]:
        for index, cell in enumerate(row if isinstance(row, list) else []):
            yield from _HEADING(cell, f"{pointer}/rows/0/{index}")


def row_header_in_range(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: the row header names an existing column; 0 is the first."""
    rows = members(value, "rows")
    column = value.get("row_header_column_index") if isinstance(value, Mapping) else None
    if isinstance(column, int) and rows and isinstance(rows[0], list) and column >= len(rows[0]):
        yield Fault(below(pointer, "row_header_column_index"), "must name one of the columns")


_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column_or_null(value: object, pointer: str) -> Iterator[Fault]:
    if value is not None:
        yield from _COLUMN(value, pointer)


TABLE = record(
    {"type": one_of("table"), "rows": array(array(_CELL, most=COLUMNS), most=TABLE_ROWS)},
    {"block_id": _ID, "column_settings": array(_column_or_null, most=COLUMNS)},
    rules=[even_rows],
)

DATA_TABLE = record(
    {
        "type": one_of("data_table"),
        "caption": string(10_000),
        "rows": array(array(_CELL, most=COLUMNS), least=2, most=DATA_TABLE_ROWS),
    },
    {"block_id": _ID, "page_size": integer(1, 100), "row_header_column_index": integer(0, COLUMNS - 1)},
    rules=[even_rows, plain_heading, row_header_in_range],
)


def _positive(value: object, pointer: str) -> Iterator[Fault]:
    yield from number(value, pointer)
    if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
        yield Fault(pointer, "a segment of a pie must be above zero")


_POINT = record({"label": string(LABEL), "value": number})
_SERIES = record({"name": string(LABEL), "data": array(_POINT, most=POINTS)})
_AXES = record(
    {"categories": array(string(LABEL), most=POINTS)}, {"x_label": string(50), "y_label": string(50)}
)
_SEGMENT = record({"label": string(LABEL), "value": _positive})


def _repeated(names: list[Any]) -> set[str]:
    texts = [name for name in names if isinstance(name, str)]
    return {name for name in texts if texts.count(name) > 1}


def _labels(points: list[Any]) -> list[Any]:
    return [point.get("label") for point in points if isinstance(point, Mapping)]


def points_match_categories(value: object, pointer: str) -> Iterator[Fault]:
    """A rule: every series has exactly one point for each category, and series names differ."""
    axes = value.get("axis_config") if isinstance(value, Mapping) else None
    categories = members(axes, "categories")
    for name in sorted(_repeated(categories)):
        yield Fault(f"{pointer}/axis_config/categories", f"duplicate category: {name}")
    series = [each for each in members(value, "series") if isinstance(each, Mapping)]
    for name in sorted(_repeated([each.get("name") for each in series])):
        yield Fault(below(pointer, "series"), f"duplicate series name: {name}")
    for index, each in enumerate(series):
        if sorted(map(str, _labels(members(each, "data")))) != sorted(map(str, categories)):
            where = f"{pointer}/series/{index}/data"
            yield Fault(where, "labels must match axis_config.categories, one point each")


def _distinct_segments(value: object, pointer: str) -> Iterator[Fault]:
    for name in sorted(_repeated(_labels(members(value, "segments")))):
        yield Fault(below(pointer, "segments"), f"duplicate label: {name}")


def _axis_chart(kind: str) -> Check:
    fields = {"type": one_of(kind), "series": array(_SERIES, most=SERIES), "axis_config": _AXES}
    return record(fields, rules=[points_match_categories])


_PIE = record({"type": one_of("pie"), "segments": array(_SEGMENT, most=SERIES)}, rules=[_distinct_segments])
_CHARTS: dict[str, Check] = {"pie": _PIE} | {kind: _axis_chart(kind) for kind in ("bar", "area", "line")}

DATA_VISUALIZATION = record(
    {"type": one_of("data_visualization"), "title": string(50), "chart": typed(_CHARTS, "chart")},
    {"block_id": _ID},
)
