"""Pages and opaque tokens, which moto lacks (facts/ecs 1.2 and 1.6)."""

from __future__ import annotations

import base64
from typing import Any

from playground.aws.errors import invalid

MOST = 100


def page(rows: list[str], params: dict[str, Any], *, default: int, key: str) -> dict[str, Any]:
    """Return one page of ``rows`` under ``key``, with ``nextToken`` if there are more.

    A token encodes where the next page starts and is unreadable on purpose; a made-up one is refused.
    """
    size = params.get("maxResults") or default
    if not 1 <= int(size) <= MOST:
        raise invalid("maxResults must be between 1 and 100.")
    start = _start(rows, params.get("nextToken"))
    shown = rows[start : start + int(size)]
    more = start + int(size) < len(rows)
    return {key: shown} | ({"nextToken": _token(start + int(size))} if more else {})


def slice_of(rows: list[Any], token: str | None, size: int, *, most: int = MOST) -> tuple[list[Any], str]:
    """Return one page of any rows and the next page's token, which is empty on the last page."""
    if not 1 <= size <= most:
        raise invalid(f"The number of results must be between 1 and {most}.")
    start = _start(rows, token)
    more = start + size < len(rows)
    return rows[start : start + size], _token(start + size) if more else ""


def _token(start: int) -> str:
    return base64.urlsafe_b64encode(f"lamp:{start}".encode()).decode()


def _start(rows: list[Any], token: str | None) -> int:
    if not token:
        return 0
    try:
        mark, _, number = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        start = int(number)
    except ValueError as error:
        raise invalid("Invalid token.") from error
    if mark != "lamp" or not 0 <= start <= len(rows):
        raise invalid("Invalid token.")
    return start
