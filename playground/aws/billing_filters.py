"""Cost Explorer's filters and groups (facts/ecs 7.7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from playground.aws.account import ACCOUNT, REGION
from playground.aws.billing_lines import Line
from playground.aws.errors import AwsError

Row = dict[str, Any]
DIMENSIONS: dict[str, Callable[[Line], str]] = {
    "SERVICE": lambda line: line.service,
    "USAGE_TYPE": lambda line: line.usage,
    "RECORD_TYPE": lambda line: line.record,
    "REGION": lambda _: REGION,
    "LINKED_ACCOUNT": lambda _: ACCOUNT,
}
"""The dimensions that the playground knows; AWS has more."""


def invalid_filter(why: str) -> AwsError:
    return AwsError("ValidationException", why)


def check(expression: Row | None, groups: list[Row]) -> None:
    """Refuse a filter or group that cannot be read, even if there is no line to try it on."""
    nothing = Line(date.min, "", "", Decimal(), Decimal())
    matches(expression, nothing)
    for group in groups:
        group_key(group, nothing)


def matches(expression: Row | None, line: Line) -> bool:
    """Return whether the line passes the filter. A value that no line has silently matches nothing."""
    if not expression:
        return True
    if len(expression) != 1:
        raise invalid_filter("Expression must have exactly one of And, Or, Not, Dimensions, Tags.")
    ((kind, inner),) = expression.items()
    match kind:
        case "And":
            return all(matches(row, line) for row in inner)
        case "Or":
            return any(matches(row, line) for row in inner)
        case "Not":
            return not matches(inner, line)
        case "Dimensions":
            return _among(dimension(str(inner.get("Key")))(line), inner)
        case "Tags":
            return _among(line.tags.get(str(inner.get("Key")), ""), inner)
    raise invalid_filter(f"The playground knows no filter {kind}.")


def dimension(key: str) -> Callable[[Line], str]:
    if key not in DIMENSIONS:
        raise invalid_filter(f"Dimension {key} is not one of {', '.join(DIMENSIONS)}.")
    return DIMENSIONS[key]


def group_key(group: Row, line: Line) -> str:
    """Return the line's group key; for a tag it is the tag's key, a ``$`` and the value, which is empty if
    the line lacks the tag.
    """
    key = str(group.get("Key"))
    if group.get("Type") == "TAG":
        return f"{key}${line.tags.get(key, '')}"
    if group.get("Type") == "DIMENSION":
        return dimension(key)(line)
    raise invalid_filter(f"A group's type is DIMENSION or TAG, not {group.get('Type')}.")


def _among(value: str, wanted: Row) -> bool:
    options = wanted.get("MatchOptions") or ["EQUALS"]
    values = [str(option) for option in wanted.get("Values") or []]
    if options == ["ABSENT"]:
        return value == ""
    if options not in (["EQUALS"], ["EQUALS", "CASE_SENSITIVE"]):
        raise invalid_filter(f"The playground knows no match options {options}.")
    return value in values
