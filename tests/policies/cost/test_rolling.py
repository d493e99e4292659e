"""Days from spans: every amount here was worked out by hand, from seconds x size x list price."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cost.prices import Prices
from policies.cost.rolling import Where, day_rows
from policies.cost.spans import Kind, Part, Source, Span, merged
from policies.cost.usage import ON, UsageRow
from tests.policies.cost.ledger import PRICES, SMALL, US, size, task, utc

DAY = date(2026, 11, 3)
NOW = utc("2026-11-30 12:00")
BERLIN = ZoneInfo("Europe/Berlin")


def rows(
    *spans: Span, days: Collection[date] = (DAY,), zone: tzinfo = UTC, now: datetime = NOW
) -> tuple[UsageRow, ...]:
    return day_rows(Where("staging", zone, US), spans, days=days, prices=PRICES, now=now)


def paid(found: Iterable[UsageRow]) -> dict[str, int | None]:
    return {row.item: row.micros for row in found if row.item != ON}


def used(found: Iterable[UsageRow], item: str = "fargate.vcpu.x86") -> list[tuple[date, int]]:
    return [(row.day, row.used) for row in found if row.item == item]


@pytest.mark.parametrize(
    ("parts", "until", "minimum", "micros"),
    [
        # An hour: 0.25 x 0.04048 = 0.01012; 0.5 x 0.004445 = 0.0022225, half to even.
        (SMALL, "11:00", 60, {"fargate.vcpu.x86": 10_120, "fargate.gb.x86": 2_222}),
        # An hour of ARM: 1 x 0.03238; 2 x 0.00356.
        (size(1_000, 2_000, "arm"), "11:00", 60, {"fargate.vcpu.arm": 32_380, "fargate.gb.arm": 7_120}),
        # An hour of Spot: 1 x 0.01288871; 2 x 0.00141527 = 0.00283054.
        (
            size(1_000, 2_000, bought="spot"), "11:00", 60,
            {"spot.vcpu.x86": 12_889, "spot.gb.x86": 2_831},
        ),
        # 59 s of Windows are 300 s: 0.046552 / 12 = 0.0038793, 2 x 0.00511175 / 12, 0.046 / 12.
        (
            size(1_000, 2_000, "windows"), "10:00:59", 300,
            {"fargate.vcpu.windows": 3_879, "fargate.gb.windows": 852, "fargate.licence.windows": 3_833},
        ),
        # 61 s: 0.01012 x 61 / 3600 = 0.00017148; 0.0022225 x 61 / 3600 = 0.00003766.
        (SMALL, "10:01:01", 60, {"fargate.vcpu.x86": 171, "fargate.gb.x86": 38}),
        # 59 s are 60 s: 0.01012 / 60 = 0.00016867; 0.0022225 / 60 = 0.00003704.
        (SMALL, "10:00:59", 60, {"fargate.vcpu.x86": 169, "fargate.gb.x86": 37}),
        # 30 GB beyond the free 20, for ten hours: 30 x 10 x 0.000111.
        ((Part("fargate.storage", 30_000),), "20:00", 60, {"fargate.storage": 33_300}),
    ],
    ids=["x86", "arm", "spot", "windows", "61 s", "59 s", "storage"],
)  # fmt: skip
def test_one_task_costs_seconds_times_size_times_price(
    parts: tuple[Part, ...], until: str, minimum: int, micros: dict[str, int]
) -> None:
    assert paid(rows(task("2026-11-03 10:00", f"2026-11-03 {until}", parts, minimum=minimum))) == micros


def test_a_task_without_a_service_is_billed_by_the_size_it_was_run_with() -> None:
    """RunTask with an override of 2 vCPU and 4 GB, for ten minutes: 2 x 0.04048 / 6, 4 x 0.004445 / 6."""
    (gb, vcpu) = rows(task("2026-11-03 02:00", "2026-11-03 02:10", size(2_000, 4_000), service=""))
    assert (vcpu.service, vcpu.used, vcpu.micros) == ("", 2_000 * 600, 13_493)
    assert (gb.item, gb.micros) == ("fargate.gb.x86", 2_963)


def test_old_and_new_tasks_are_both_paid_for_during_a_deployment() -> None:
    """10:00 to 12:05 and 12:00 to 14:00: 245 minutes are paid, and the service was on for 240."""
    old = task("2026-11-03 10:00", "2026-11-03 12:05")
    new = task("2026-11-03 12:00", "2026-11-03 14:00")
    found = rows(old, new)
    assert used(found) == [(DAY, 250 * 245 * 60)]
    assert used(found, ON) == [(DAY, 240 * 60)]


def test_a_task_over_midnight_at_the_end_of_a_month_is_divided() -> None:
    """From 22:00 on 31 October to 03:00 on 1 November: two hours and three."""
    span = task("2026-10-31 22:00", "2026-11-01 03:00")
    last, first = date(2026, 10, 31), date(2026, 11, 1)
    found = rows(span, days=(first, last))
    assert used(found) == [(last, 250 * 7_200), (first, 250 * 10_800)]
    assert [r.micros for r in found if r.item == "fargate.vcpu.x86"] == [20_240, 30_360]
    assert used(found, ON) == [(last, 7_200), (first, 10_800)]


def test_days_follow_the_environments_zone() -> None:
    """In Berlin it is 01:00 when it is midnight in UTC, in Tokyo 09:00."""
    span = task("2026-11-03 22:30", "2026-11-04 00:30")
    after = DAY + timedelta(days=1)
    both = (DAY, after)
    assert used(rows(span, days=both), ON) == [(DAY, 5_400), (after, 1_800)]
    assert used(rows(span, days=both, zone=BERLIN), ON) == [(DAY, 1_800), (after, 5_400)]
    assert used(rows(span, days=both, zone=ZoneInfo("Asia/Tokyo")), ON) == [(after, 7_200)]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_on_which_clocks_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    """A task runs around the clock, at 0.01012 an hour."""
    found = rows(task("2026-01-01 00:00", "2026-11-20 00:00"), days=(day,), zone=BERLIN)
    assert used(found) == [(day, 250 * hours * 3_600)]
    assert used(found, ON) == [(day, hours * 3_600)]
    assert paid(found)["fargate.vcpu.x86"] == hours * 10_120


def test_resources_other_than_tasks_are_paid_by_the_hour_or_the_month() -> None:
    """A load balancer for a day, 24 x 0.0225; 73 GB of storage for a day, 73 x 0.115 x 24 / 730. Neither
    counts as running time (``ON``).
    """
    balancer, storage = (
        replace(task("2026-11-02 00:00", "2026-11-05 00:00", (part,), service="x"), kind=kind, minimum=0)
        for kind, part in (
            (Kind.BALANCER, Part("elb.application", 1_000)),
            (Kind.DATABASE, Part("rds.storage.gp3", 73_000)),
        )
    )
    found = rows(balancer, storage)
    assert paid(found) == {"elb.application": 540_000, "rds.storage.gp3": 276_000}
    assert not used(found, ON)


def test_use_without_a_price_is_counted_and_its_cost_is_unknown() -> None:
    (_, row) = rows(task("2026-11-03 10:00", "2026-11-03 11:00", (Part("spot.vcpu.arm", 1_000),)))
    assert (row.used, row.micros, row.priced) == (3_600_000, None, "")


def test_each_row_says_which_price_it_was_made_with() -> None:
    assert {r.priced for r in rows(task("2026-11-03 10:00", "2026-11-03 11:00")) if r.item != ON} == {
        "built-in table 2026-09-11"
    }


def test_services_items_and_back_filled_use_have_rows_of_their_own() -> None:
    seen = task("2026-11-03 10:00", "2026-11-03 11:00")
    filled = replace(task("2026-11-03 08:00", "2026-11-03 10:00"), source=Source.INSIGHTS)
    other = task("2026-11-03 10:30", "2026-11-03 10:45", service="api")
    found = rows(seen, filled, other)
    vcpus = [(r.service, r.source, r.used) for r in found if r.item == "fargate.vcpu.x86"]
    assert vcpus == [
        ("api", Source.SEEN, 250 * 900),
        ("web", Source.INSIGHTS, 250 * 7_200),
        ("web", Source.SEEN, 250 * 3_600),
    ]
    (on,) = (r for r in found if r.item == ON)
    assert (on.service, on.used, on.micros, on.source) == ("", 3 * 3_600, None, Source.INSIGHTS)


def test_a_day_without_spans_has_no_rows() -> None:
    assert not rows(
        task("2026-11-02 10:00", "2026-11-03 00:00"), task("2026-11-04 00:00", "2026-11-05 00:00")
    )
    assert not rows(days=())


def test_shared_resources_have_days_of_utc_and_no_running_time() -> None:
    where = Where("acme+staging", ZoneInfo("Asia/Tokyo"), US)
    span = task("2026-11-03 22:00", "2026-11-04 01:00")
    found = day_rows(where, [span], days=[DAY, date(2026, 11, 4)], prices=PRICES, now=NOW)
    assert used(found) == [(DAY, 250 * 7_200), (date(2026, 11, 4), 250 * 3_600)]
    assert not used(found, ON)
    assert {r.environment for r in found} == {"acme+staging"}


# What must hold of any spans at all.

HOUR = 3_600_000_000
instants = st.integers(0, 40 * 24 * HOUR).map(lambda n: utc("2026-10-10 00:00") + timedelta(microseconds=n))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/Havana", "Asia/Kolkata", "Africa/Cairo"]).map(
    ZoneInfo
)
ALL_DAYS = [date(2026, 10, 9) + timedelta(days=n) for n in range(46)]


@st.composite
def some_spans(draw: st.DrawFn) -> Span:
    begin, until = sorted((draw(instants), draw(instants)))
    return Span(
        id="",
        environment="staging",
        service=draw(st.sampled_from(["", "api", "web"])),
        kind=draw(st.sampled_from([Kind.TASK, Kind.DATABASE])),
        parts=draw(st.sampled_from([SMALL, size(500, 1_000, "arm"), size(250, 500, bought="spot")])),
        begin=begin,
        until=until,
        ended=draw(st.booleans()),
        minimum=draw(st.sampled_from([0, 60, 300])),
    )


@given(spans=st.lists(some_spans(), max_size=8), zone=zones, now=instants)
def test_days_add_up_to_what_was_used_and_to_no_more(
    spans: list[Span], zone: ZoneInfo, now: datetime
) -> None:
    """The month's seconds are those of one endless day; the hours on fit into each day."""
    found = rows(*spans, days=ALL_DAYS, zone=zone, now=now)
    for item in ("fargate.vcpu.x86", "spot.gb.x86"):
        assert sum(n for _, n in used(found, item)) == sum(
            part.milli * _whole(span, now) for span in spans for part in span.parts if part.item == item
        )
    assert all(0 < n <= 25 * 3_600 for _, n in used(found, ON))


def _whole(span: Span, now: datetime) -> int:
    """Return billed seconds, computed another way: the seconds of the span, and the minimum if it is over."""
    seconds = -((span.begin - min(span.until, now)) // timedelta(seconds=1))
    return max(seconds, span.minimum if span.ended and span.until <= now else 0, 0)


@given(spans=st.lists(some_spans(), max_size=8), now=instants)
def test_services_add_up_to_the_environment_and_days_to_the_month(spans: list[Span], now: datetime) -> None:
    found = rows(*spans, days=ALL_DAYS, now=now)
    alone = [row for s in ("", "api", "web") for row in rows(
        *(x for x in spans if x.service == s), days=ALL_DAYS, now=now) if row.item != ON]  # fmt: skip
    by_day = [row for day in ALL_DAYS for row in rows(*spans, days=[day], now=now)]
    assert sum(r.micros or 0 for r in found) == sum(r.micros or 0 for r in alone)
    assert list(found) == by_day


@given(span=some_spans(), looks=st.lists(instants, min_size=1), end=st.booleans(), zone=zones)
def test_any_looks_at_one_span_give_the_same_rows_as_the_last(
    span: Span, looks: list[datetime], end: bool, zone: ZoneInfo
) -> None:
    """A span is looked at twice, late, or by two holders: nothing is counted a second time."""
    seen = [replace(span, until=max(span.begin, at), ended=False) for at in looks]
    last = replace(max(seen, key=lambda s: s.until), ended=end)
    kept: Span | None = None
    for look in [*seen, last, *seen]:
        kept = merged(kept, look)
    assert kept is not None
    assert rows(kept, days=ALL_DAYS, zone=zone) == rows(last, days=ALL_DAYS, zone=zone)


@given(mine=st.lists(some_spans(), max_size=5), ours=st.lists(some_spans(), max_size=5), now=instants)
def test_environments_and_shared_resources_add_up_to_the_total(
    mine: list[Span], ours: list[Span], now: datetime
) -> None:
    """Each amount is rounded by itself, so the total is exactly the sum of all rows; and no span is in two of
    them.
    """
    shared = Where("acme+staging", BERLIN, US)
    of_shared = day_rows(shared, ours, days=ALL_DAYS, prices=PRICES, now=now)
    everything = [*rows(*mine, days=ALL_DAYS, now=now), *of_shared]
    total = sum(row.micros or 0 for row in everything)
    named = {name: sum(r.micros or 0 for r in everything if r.environment == name)
             for name in ("staging", "acme+staging")}  # fmt: skip
    assert sum(named.values()) == total
    seconds = sum(_whole(s, now) * p.milli for s in (*mine, *ours) for p in s.parts)
    assert sum(r.used for r in everything if r.item != ON) == seconds


def test_prices_are_those_of_the_region_alone() -> None:
    span = task("2026-11-03 10:00", "2026-11-03 11:00")
    found = day_rows(Where("staging", UTC, "eu-north-1"), [span], days=[DAY], prices=PRICES, now=NOW)
    assert set(paid(found).values()) == {None}
    assert not day_rows(Where("staging", UTC, US), [], days=[DAY], prices=Prices(), now=NOW)
