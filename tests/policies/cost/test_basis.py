"""How well some days are known."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from policies.cost.basis import Basis, Bounds, Stretch, basis, seconds_watched
from policies.cost.spans import Source
from policies.cost.usage import UsageRow
from tests.policies.cost.ledger import utc

MARCH = Bounds(utc("2026-03-01 00:00"), utc("2026-03-10 12:00"), UTC)
NOW = utc("2026-03-10 12:00")


def row(day: int, source: Source = Source.SEEN) -> UsageRow:
    return UsageRow("staging", "web", date(2026, 3, day), "fargate.vcpu.x86", 1, 1, source=source)


def stretch(begin: str, end: str) -> Stretch:
    return (utc(f"2026-{begin}"), utc(f"2026-{end}"))


@pytest.mark.parametrize(
    ("watched", "found"),
    [
        ((stretch("02-01 00:00", "03-10 11:50"),), Basis()),
        ((stretch("03-01 15:00", "03-10 11:50"),), Basis()),
        ((stretch("03-04 15:00", "03-10 11:50"),), Basis(since=date(2026, 3, 4))),
        (
            (stretch("02-01 00:00", "03-02 00:00"), stretch("03-02 03:00", "03-10 11:50")),
            Basis(unwatched=timedelta(hours=3)),
        ),
        (
            (stretch("02-01 00:00", "02-28 21:00"), stretch("03-01 02:00", "03-10 11:50")),
            Basis(unwatched=timedelta(hours=2)),
        ),
        ((stretch("02-01 00:00", "03-10 09:00"),), Basis(unwatched=timedelta(hours=3))),
        ((), Basis()),
    ],
)
def test_only_the_part_of_a_gap_within_the_days_counts(watched: tuple[Stretch, ...], found: Basis) -> None:
    assert basis([], {"staging": watched}, MARCH, now=NOW) == found


def test_a_gap_of_several_environments_counts_once() -> None:
    away = (stretch("02-01 00:00", "03-02 00:00"), stretch("03-02 03:00", "03-10 11:50"))
    longer = (stretch("02-01 00:00", "03-02 01:00"), stretch("03-02 05:00", "03-10 11:50"))
    assert basis([], {"a": away, "b": longer}, MARCH, now=NOW).unwatched == timedelta(hours=5)


def test_days_with_back_filled_rows_are_counted_and_known() -> None:
    rows = [row(2, Source.INSIGHTS), row(2, Source.INSIGHTS), row(3, Source.INSIGHTS), row(4)]
    begun = {"staging": (stretch("03-04 09:00", "03-10 11:50"),)}
    assert basis(rows, begun, MARCH, now=NOW) == Basis(backfilled=2, since=date(2026, 3, 2))


def test_only_seconds_within_the_days_count_as_watched() -> None:
    stretches = (stretch("02-28 12:00", "03-01 02:00"), stretch("03-10 11:00", "03-11 00:00"))
    assert seconds_watched(stretches, MARCH) == 3 * 3_600
