"""Slack's cursor paging."""

from __future__ import annotations

from typing import Any

from playground.slack.words import Json, SlackRefusal

LARGEST = 1_000


def page(name: str, items: list[Any], arguments: Json) -> Json:
    """Return one page of ``items`` under ``name``, and the next cursor. Raises ``SlackRefusal`` for a bad
    limit or cursor.
    """
    limit, cursor = str(arguments.get("limit") or 100), str(arguments.get("cursor") or "at:0")
    if not limit.isdigit() or not 0 < int(limit) <= LARGEST:
        raise SlackRefusal("invalid_limit")
    start = cursor.removeprefix("at:")
    if not cursor.startswith("at:") or not start.isdigit():
        raise SlackRefusal("invalid_cursor")
    end = int(start) + int(limit)
    following = f"at:{end}" if end < len(items) else ""
    return {name: items[int(start) : end], "response_metadata": {"next_cursor": following}}
