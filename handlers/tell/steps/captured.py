"""Composes the titles of what a stopped task left, and what stands in place of missing lines."""

from __future__ import annotations

WHY = "Why tasks stopped"
EVENTS = "Last events"
NO_LINES = "(no lines: non-blocking logging may have dropped them)"


def log(group: str, stream: str) -> str:
    return f"Log {group} {stream}"


def another_the_same(title: str) -> str:
    return f"{title}, and another task the same"


def cut(head: str, length: int) -> str:
    """Mark a cut line. ``length`` is the length of the whole line, in characters."""
    return f"{head.removesuffix('…')} … (a line of {length:,} characters, cut)"


def not_readable(why: str) -> str:
    return f"(not readable: {why})"
