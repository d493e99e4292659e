"""Dates inside a text, as Slack draws them for each reader (facts/slack 2.8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from playground.slack.validator_checks import Check, Fault

Draw = Callable[[datetime], str]


def _short(at: datetime) -> str:
    return f"{at:%b} {at.day}, {at.year}"


def _long(at: datetime) -> str:
    return f"{at:%A}, {at:%B} {at.day}, {at.year}"


TOKENS: Mapping[str, Draw] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date": lambda at: f"{at:%B} {at.day}, {at.year}",
    "date_short": _short,
    "date_long": _long,
    "time": lambda at: f"{at:%H:%M}",
    "time_secs": lambda at: f"{at:%H:%M:%S}",
}
"""How Slack draws each token for a person who chose the 24-hour clock."""
PRETTY = "_pretty"
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_TOKEN = re.compile(r"\{(\w+)\}")
_BEGUN = re.compile(r"<!date[^>]*>?")
_SOUND = re.compile(r"<!date\^\d{1,10}\^([^^|<>]+)(?:\^https?://[^|<>]+)?\|[^|<>]+>")


def drawn(pattern: str, instant: datetime, zone: tzinfo, now: datetime) -> str:
    """Return the pattern with its tokens filled in. A near day at the very beginning gets a
    capital letter.
    """
    at, days = instant.astimezone(zone), (instant.astimezone(zone).date() - now.astimezone(zone).date()).days

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        near = _NEAR.get(days, "") if name.endswith(PRETTY) else ""
        draw = TOKENS.get(name.removesuffix(PRETTY))
        shown = near or (draw(at) if draw else found[0])
        return shown.capitalize() if near and not found.start() else shown

    return _TOKEN.sub(fill, pattern)


def dates(value: object, pointer: str) -> Iterator[Fault]:
    """Check a text with mark-up: each date in it is complete, with known tokens and a fallback."""
    for found in _BEGUN.finditer(value) if isinstance(value, str) else ():
        sound = _SOUND.fullmatch(found[0])
        if sound is None:
            yield Fault(pointer, f"is no date: {found[0][:80]}")
            continue
        names = _TOKEN.findall(sound[1])
        if not names or any(name.removesuffix(PRETTY) not in TOKENS for name in names):
            yield Fault(pointer, f"has no such token of a date: {sound[1][:80]}")


def no_dates(value: object, pointer: str) -> Iterator[Fault]:
    """Check a text without mark-up, where a date would be shown as it was written."""
    if isinstance(value, str) and "<!date" in value:
        yield Fault(pointer, "a date is drawn in mrkdwn alone")


def both(first: Check, second: Check) -> Check:
    def check(value: object, pointer: str) -> Iterator[Fault]:
        yield from first(value, pointer)
        yield from second(value, pointer)

    return check


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(seconds: int) -> datetime:
    return EPOCH + timedelta(seconds=seconds)
