"""Deciding a fleet takes a part of a tick. Bounds are generous, because other work shares the machine."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count

from policies.schedule import parse
from tests.timing import TRIES, least

START = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Sydney", "UTC")
HOLIDAYS = frozenset(date(2026, month, 1) for month in range(1, 13))


def _texts(numbers: range) -> list[str]:
    """As many distinct schedules of four usual shapes, never those of other numbers."""
    texts = []
    for n in numbers:
        opens, zone = f"{n // 60:02}:{n % 60:02}", ZONES[n // 4 % len(ZONES)]
        shapes = (
            f"Mon-Fri {opens}-20:00 {zone}",
            f"Mon-Fri {opens}-20:00, Sat 10:00-14:00 {zone} except holidays DE-BE, 2026-12-24",
            f"Mon-Fri stop {opens} {zone}",
            f"Mon#1,Wed {opens}-24:00 {zone}",
        )
        texts.append(shapes[n % 4])
    return texts


def _decide(fleet: list[str], now: datetime) -> None:
    """From the text of every row to its answer."""
    for text in fleet:
        parse(text).at(now, holidays=HOLIDAYS)


def test_ten_thousand_environments_are_decided_cold_in_under_a_second() -> None:
    fleets = iter([_texts(range(n, n + 200)) for n in range(360, 360 + 200 * TRIES, 200)])
    assert least(lambda: _decide(next(fleets) * 50, START), 1.0) < 1.0


def test_ten_thousand_environments_asked_again_take_a_tenth_of_that() -> None:
    fleet = _texts(range(600, 800)) * 50
    _decide(fleet, START)
    later = count(1)
    assert least(lambda: _decide(fleet, START + timedelta(seconds=next(later))), 0.1) < 0.1


def test_one_answer_of_a_schedule_at_hand_takes_microseconds() -> None:
    schedule = parse(_texts(range(900, 902))[1])
    schedule.at(START, holidays=HOLIDAYS)

    def ask() -> None:
        for second in range(2_000):
            schedule.at(START + timedelta(seconds=second), holidays=HOLIDAYS)

    enough = 2_000 * 60e-6
    assert least(ask, enough) < enough
