"""Whole hours of what is paid for by its use; every figure is worked out by hand next to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from policies.cost.by_use import (
    GIB,
    HOUR,
    ByUse,
    at_least,
    averaged,
    heard,
    hours_before,
    milli,
    rated,
    stored,
    used,
)
from policies.cost.continuing import continued, kept_as_they_are
from policies.cost.prices import Price, Prices, PriceSource
from policies.cost.rolling import Where, day_rows
from policies.cost.spans import Kind, Part, Span, merged

AT = datetime(2026, 11, 30, 10, 20, tzinfo=UTC)
SEVEN, EIGHT, NINE = (datetime(2026, 11, 30, hour, tzinfo=UTC) for hour in (7, 8, 9))
STORAGE = ByUse("arn storage", "staging", "events", Kind.DATABASE, "rds.storage.aurora", "aurora.storage")
DAY = date(2026, 11, 30)


def micros(item: str, usd: str, per: str, *spans: object) -> list[tuple[str, int | None]]:
    """Return the micros of that day, by item."""
    price = Price(
        "us-east-1", item, Decimal(usd), DAY, PriceSource.TABLE, "month" if per == "month" else "hour"
    )
    where = Where("staging", UTC, "us-east-1")
    rows = day_rows(where, spans, days=[DAY], prices=Prices.of([price]), now=AT + HOUR)  # type: ignore[arg-type]
    return [(row.item, row.micros) for row in rows]


def test_an_hour_is_read_once_it_is_over_and_its_points_have_come() -> None:
    assert hours_before(AT) == (SEVEN, EIGHT, NINE)
    assert hours_before(AT - timedelta(minutes=6))[-1] == EIGHT
    assert hours_before(AT.astimezone(timezone(timedelta(hours=5, minutes=30)))) == (SEVEN, EIGHT, NINE)


def test_forty_gigabytes_for_three_hours_are_a_part_of_a_month() -> None:
    """40 GB x 0.10 USD x 3 h / 730 h = 0.016438 USD; one hour is 5,479.45 micros."""
    spans = used(STORAGE, stored(dict.fromkeys((SEVEN, EIGHT, NINE), 40.0 * GIB), AT, stopped=False), AT)

    assert [(s.begin, s.until, s.ended) for s in spans] == [(h, h + HOUR, True) for h in (SEVEN, EIGHT, NINE)]
    assert {s.parts for s in spans} == {(Part("rds.storage.aurora", 40_000),)}
    assert micros("rds.storage.aurora", "0.10", "month", *spans) == [("rds.storage.aurora", 16_438)]


def test_half_a_unit_for_an_hour_and_two_for_half_an_hour_are_one_and_a_half() -> None:
    """(0.5 x 1 h + 2 x 0.5 h) x 0.12 USD = 0.18 USD."""
    half = {EIGHT + timedelta(minutes=m): 0.5 for m in range(60)}
    two = {NINE + timedelta(minutes=m): 2.0 for m in range(30)}
    amounts = averaged(half | two, AT)

    assert amounts == {EIGHT: 500, NINE: 1_000}
    capacity = replace(STORAGE, item="aurora.acu.aurora-postgresql", unknown="aurora.serverless")
    found = micros("aurora.acu.aurora-postgresql", "0.12", "hour", *used(capacity, amounts, AT))
    assert found == [("aurora.acu.aurora-postgresql", 180_000)]


def test_requests_are_a_rate_and_a_little_cache_is_paid_as_its_minimum() -> None:
    """7.2 million ECPU in an hour are 2,000 a second: 2,000 x 3,600 x 0.0000000023 USD = 0.01656 USD. 20 MB
    of Valkey are paid as 0.1 GB: 0.1 x 0.084 USD x 3 h = 0.0252 USD.
    """
    requests = rated({NINE: 7_200_000.0}, AT)
    held = at_least(stored(dict.fromkeys((SEVEN, EIGHT, NINE), 20e6), AT, stopped=False), 100)

    assert (requests, set(held.values())) == ({NINE: 2_000_000}, {100})
    ecpu, gb = (
        replace(STORAGE, kind=Kind.CACHE, item=i) for i in ("cache.ecpu.valkey", "cache.stored.valkey")
    )
    hourly = str(Decimal("0.0000000023") * 3_600)
    assert micros(ecpu.item, hourly, "hour", *used(ecpu, requests, AT)) == [(ecpu.item, 16_560)]
    assert micros(gb.item, "0.084", "hour", *used(gb, held, AT)) == [(gb.item, 25_200)]


def test_two_cache_nodes_for_three_and_a_half_hours_are_seven_node_hours() -> None:
    """7 h x 0.0128 USD = 0.0896 USD."""
    node = Span("arn 001", "staging", "sessions", Kind.CACHE, (), SEVEN - HOUR, NINE + HOUR / 2)
    nodes = [
        replace(node, id=f"arn {n}", parts=(Part("cache.cache.t4g.micro.valkey", 1_000),)) for n in (1, 2)
    ]

    found = micros("cache.cache.t4g.micro.valkey", "0.0128", "hour", *nodes)

    assert found == [("cache.cache.t4g.micro.valkey", 89_600)]


def test_the_newest_hour_without_a_figure_is_reported_and_has_no_price() -> None:
    known, unknown = used(STORAGE, {EIGHT: 40_000}, AT)

    assert (known.begin, known.parts) == (EIGHT, (Part("rds.storage.aurora", 40_000),))
    assert (unknown.id, unknown.parts, unknown.ended) == (
        "arn storage",
        (Part("aurora.storage", 1_000),),
        False,
    )
    assert unknown.begin == unknown.until == AT
    later = replace(unknown, until=AT + HOUR / 4)
    assert micros("rds.storage.aurora", "0.10", "month", later) == [("aurora.storage", None)]


def test_an_hour_without_use_is_no_span_and_no_doubt() -> None:
    assert used(STORAGE, {SEVEN: 0, EIGHT: 0, NINE: 0}, AT) == ()
    assert milli(0.0) == 0 and milli(0.000_01) == 1


def test_a_resource_made_within_an_hour_is_counted_from_then_on() -> None:
    new = replace(STORAGE, since=NINE + timedelta(minutes=40))

    [span] = used(new, {SEVEN: 1, EIGHT: 1, NINE: 40_000}, AT)

    assert (span.begin, span.until) == (NINE + timedelta(minutes=40), NINE + HOUR)
    assert used(replace(STORAGE, since=AT - timedelta(minutes=5)), {}, AT) == ()


def test_a_resource_with_later_points_did_not_run_before_and_is_no_doubt() -> None:
    """A resource that started at 10:00 has no points of the hour before."""
    points = {NINE + HOUR + timedelta(minutes=m): 2.0 for m in range(5)}

    assert heard(points, AT) and not heard({EIGHT: 2.0}, AT)
    assert averaged(points, AT) == {}
    assert used(STORAGE, {}, AT, silent=not heard(points, AT)) == ()


def test_a_stopped_cluster_holds_what_it_held_for_as_long_as_aws_leaves_it_stopped() -> None:
    before = {NINE - timedelta(days=7): 40.0 * GIB, NINE - timedelta(days=9): 1.0 * GIB}

    assert stored(before, AT, stopped=True)[NINE] == 40_000
    assert stored({NINE - timedelta(days=9): 40.0 * GIB}, AT, stopped=True) == {}
    assert stored(before, AT, stopped=False) == {}


def test_an_unknown_hour_between_two_known_ones_held_what_was_held_before() -> None:
    assert stored({SEVEN: 40.0 * GIB, NINE + HOUR: 50.0 * GIB}, AT, stopped=False) == dict.fromkeys(
        (SEVEN, EIGHT, NINE), 40_000
    )


def test_all_looks_at_the_same_hour_are_one_span() -> None:
    [first] = used(STORAGE, {NINE: 40_000}, AT)
    [again] = used(STORAGE, {NINE: 41_000}, AT + HOUR / 4)

    assert first.id == again.id
    assert merged(first, again) == first
    assert continued([again], [first]) == (again,)
    assert kept_as_they_are([first], AT) == ()
