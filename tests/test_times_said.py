"""No time that people read stands without its zone, except for a schedule's own times."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("golden/*.ambr"))
CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
DAY = r"(?:today|tomorrow|on [A-Z][a-z]{2}(?: \d{1,2} [A-Z][a-z]{2}(?: \d{4})?)?)"
ZONED = re.compile(rf"{CLOCK}(?: {DAY})? (?:\(?(?:UTC|[A-Z][a-z]+/[A-Z]\w+)\b)|<!date\^\d+\^[^>]*>")
BARE = re.compile(rf"(?<![\d:T+-]){CLOCK}(?![\d:])")
EXCEPTIONS = {
    "a test's own name": re.compile(r"^# name: .*"),
    "what somebody types or writes": re.compile(r"\"[^\"]*\"|`[^`]*`|'/env [^']*'"),
    "an instant in ISO form": re.compile(rf"\d{{4}}-\d\d-\d\dT{CLOCK}(?:[+-]{CLOCK})?"),
    "a window of a schedule, whose zone follows the last": re.compile(rf"{CLOCK}-{CLOCK}"),
    "an edge of a schedule": re.compile(rf"\b(?:starts?|stops?) {CLOCK}(?=[, ]|$|')(?! \()"),
    "a day of a forecast, whose zone follows the last": re.compile(rf"\b(?:on|off) {CLOCK}(?=,| ·| \(|')"),
    "a gap in a schedule that is refused": re.compile(
        rf"It would be (?:up|down) for \d+ minutes? at {CLOCK}"
    ),
}


def bare(line: str) -> list[str]:
    for known in (*EXCEPTIONS.values(), ZONED):
        line = known.sub("", line)
    return BARE.findall(line)


@pytest.mark.parametrize("golden", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_every_time_that_people_read_names_its_zone(golden: Path) -> None:
    assert [line for line in golden.read_text().splitlines() if bare(line)] == []


@pytest.mark.parametrize(
    "line",
    [
        "'`staging` stops at 20:00.'",
        "'last used by Dev at 18:50; nothing else'",
        "'19:37:02 (service orders-api) event'",
        "('2', '03-02 09:00', 'Dev')",
        "'up by schedule until Fri 20:00'",
        "'down at 21:00 (load test)'",
        "'from Tue 3 Mar 05:00 to 08:00 (UTC)'",
    ],
)
def test_a_time_without_a_zone_is_found(line: str) -> None:
    assert bare(line)


@pytest.mark.parametrize(
    "line",
    [
        "at 20:00 (Europe/Berlin)",
        "by 20:00 on Mon 2 Mar 2027 (UTC)",
        "20:00 tomorrow (UTC)",
        "19:37:02 UTC x",
        "Mon-Fri 08:00-20:00 UTC",
        "<!date^1^{time}|20:00 (UTC)>",
    ],
)
def test_a_time_with_a_zone_is_not_reported(line: str) -> None:
    assert not bare(line)
