"""What ``handlers.ports.ledger`` promises: spans, time watched, days, prices, sightings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.ports.ledger import Ledger, Sample, Watched
from policies.cost.prices import Price, PriceSource
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.spans import Kind, Part, Source, Span
from policies.cost.usage import ON, Total, UsageRow
from tests.contracts.values import NOW, later

BERLIN = ZoneInfo("Europe/Berlin")
EVER = datetime(2000, 1, 1, tzinfo=UTC)
END = datetime(2100, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 3, 2)


@pytest.fixture
def ledger(store: Any) -> Ledger:
    return store.book.ledger  # type: ignore[no-any-return]


# Spans


def span(id: str = "task-1", until: float = 0, **kw: Any) -> Span:
    """A span of staging's service *web* that begins at ``NOW`` and was last seen so many minutes later."""
    given = {
        "environment": "staging",
        "service": "web",
        "kind": Kind.TASK,
        "parts": (Part("fargate.vcpu.x86", 250), Part("fargate.gb.x86", 500)),
        "begin": NOW,
        "until": later(minutes=until),
        "minimum": 60,
    }
    return Span(id=id, **{**given, **kw})


def look(minute: float, *spans: Span, **kw: Any) -> Sample:
    return Sample(**{"environment": "staging", "at": later(minutes=minute), "spans": spans, **kw})


def kept(ledger: Ledger, environment: str = "staging") -> Sequence[Span]:
    return ledger.spans.overlapping(environment, EVER, END)


def test_a_span_is_read_back_whole(ledger: Ledger) -> None:
    made = [
        span("task-1", 20, begin=NOW.astimezone(BERLIN), ended=True),
        span("db-1 2026", 20, begin=later(minutes=1), service="orders-db", kind=Kind.DATABASE, minimum=0),
        span("insights", 20, begin=later(minutes=2), source=Source.INSIGHTS, parts=(), service=""),
    ]
    assert ledger.spans.record(look(20, *made)) == NOW
    assert kept(ledger) == made


def test_the_same_sample_again_changes_nothing(ledger: Ledger) -> None:
    sample = look(20, span(until=20), span("task-2", 10, ended=True))
    assert ledger.spans.record(sample) == NOW
    before = kept(ledger), ledger.spans.watched(["staging"], EVER)
    assert ledger.spans.record(sample) is None
    assert (kept(ledger), ledger.spans.watched(["staging"], EVER)) == before


def test_a_span_that_goes_on_is_extended_and_updated(ledger: Ledger) -> None:
    ledger.spans.record(look(20, span(until=20)))
    assert ledger.spans.record(look(40, span(until=40))) == later(minutes=20)
    assert kept(ledger) == [span(until=40)]


def test_a_span_named_twice_in_one_sample_is_merged(ledger: Ledger) -> None:
    ledger.spans.record(look(20, span(until=15, ended=True), span(until=20)))
    assert kept(ledger) == [span(until=15, ended=True)]


def test_a_whole_look_loses_what_it_does_not_find_and_a_partial_look_loses_nothing(ledger: Ledger) -> None:
    ledger.spans.record(look(20, span(until=20), span("task-2", 20)))
    assert ledger.spans.record(look(40, span(until=40), whole=False)) == later(minutes=20)
    assert kept(ledger) == [span(until=40), span("task-2", 20)]
    ledger.spans.record(look(60, span(until=60)))
    assert kept(ledger) == [span(until=60), span("task-2", 20, ended=True, lost=True)]


def test_a_look_at_one_environment_takes_nothing_from_another(ledger: Ledger) -> None:
    elsewhere = span("task-9", 20, environment="qa-eu")
    ledger.spans.record(look(20, elsewhere, environment="qa-eu"))
    ledger.spans.record(look(40))
    assert kept(ledger, "qa-eu") == [elsewhere]


def test_a_span_that_another_environment_names_later_changes_hands_when_it_was_last_seen(
    ledger: Ledger,
) -> None:
    ledger.spans.record(look(20, span(until=20, environment="qa-eu"), environment="qa-eu"))
    assert ledger.spans.record(look(40, span(until=40))) == later(minutes=20)
    ledger.spans.record(look(50, environment="qa-eu"))
    ledger.spans.record(look(60, span(until=60)))

    [before], [after] = kept(ledger, "qa-eu"), kept(ledger)

    assert after == span(until=60, begin=later(minutes=20), minimum=0)
    assert replace(before, id="task-1") == span(until=20, environment="qa-eu", ended=True, minimum=0)


def test_a_look_that_is_written_late_takes_a_span_from_nobody(ledger: Ledger) -> None:
    ledger.spans.record(look(20, span(until=20, environment="qa-eu"), environment="qa-eu"))
    ledger.spans.record(look(20, span(until=20)))
    ledger.spans.record(look(10, span(until=10)))
    assert kept(ledger) == []
    assert kept(ledger, "qa-eu") == [span(until=20, environment="qa-eu")]


SAMPLES = [
    look(0, span("early", 0), span("long", 0)),
    look(50, span("early", 30, ended=True), span("long", 50), span("short", 50, begin=later(minutes=40))),
    look(110, span("long", 110), whole=False),
    look(120, span("long", 120), span("late", 120, begin=later(minutes=115))),
    look(250, span("long", 250)),
]
"""``short`` is gone at 120 and ``late`` at 250, both without an end. Nobody looked between 120 and 250."""


def test_samples_recorded_in_any_order_leave_the_same_spans(ledger: Ledger) -> None:
    """Each order is recorded in an environment of its own."""
    ends = set()
    for number, order in enumerate(permutations(SAMPLES)):
        name = f"env-{number}"
        for sample in order:
            mine = [replace(s, id=f"{name} {s.id}", environment=name) for s in sample.spans]
            ledger.spans.record(replace(sample, environment=name, spans=tuple(mine)))
        found = [replace(s, id=s.id.split()[1], environment="staging") for s in kept(ledger, name)]
        watched = ledger.spans.watched([name], EVER)
        ends.add((tuple(found), tuple((w.begin, w.until) for w in watched)))
    [(spans, stretches)] = ends
    assert spans == (
        span("early", 30, ended=True),
        span("long", 250),
        span("short", 50, begin=later(minutes=40), ended=True, lost=True),
        span("late", 120, begin=later(minutes=115), ended=True, lost=True),
    )
    assert stretches == ((NOW, later(minutes=50)), (later(minutes=120),) * 2, (later(minutes=250),) * 2)


def test_overlapping_spans_reach_into_the_given_time_and_are_sorted_by_beginning(ledger: Ledger) -> None:
    made = [
        span("before", 9, ended=True),
        span("b", 30),
        span("a", 30),
        span("after", 30, begin=later(minutes=20)),
    ]
    ledger.spans.record(look(30, *made))
    found = ledger.spans.overlapping("staging", later(minutes=10), later(minutes=20))
    assert [s.id for s in found] == ["a", "b"]
    assert ledger.spans.overlapping("qa-eu", EVER, END) == []


def test_shared_names_are_those_of_spans_that_several_share(ledger: Ledger) -> None:
    for name, until in (("a+b", 20), ("b+c", 60), ("a", 60), ("a_b", 60)):
        ledger.spans.record(look(until, span(f"of {name}", until, environment=name), environment=name))
    assert ledger.spans.shared(EVER) == ["a+b", "b+c"]
    assert ledger.spans.shared(later(minutes=20)) == ["b+c"]
    assert kept(ledger, "a+b") == [span("of a+b", 20, environment="a+b")]


def test_looks_that_are_near_enough_are_one_stretch_and_a_gap_stays_a_gap(ledger: Ledger) -> None:
    for minute in (0, 60, 121, 150):
        ledger.spans.record(look(minute))
    ledger.spans.record(look(0, environment="qa-eu"))
    first, second = (
        Watched("staging", NOW, later(hours=1)),
        Watched("staging", later(minutes=121), later(minutes=150)),
    )
    assert ledger.spans.watched(["staging"], EVER) == [first, second]
    assert ledger.spans.watched(["staging"], later(hours=1)) == [second]
    assert ledger.spans.watched(["staging", "qa-eu", "no such"], EVER) == [
        Watched("qa-eu", NOW, NOW),
        first,
        second,
    ]


def test_a_look_at_a_part_watches_nothing(ledger: Ledger) -> None:
    ledger.spans.record(look(20, span(until=20), whole=False))
    assert ledger.spans.watched(["staging"], EVER) == []


def test_a_late_look_closes_the_gap_it_lies_in(ledger: Ledger) -> None:
    for minute in (0, 110, 55):
        ledger.spans.record(look(minute))
    assert ledger.spans.watched(["staging"], EVER) == [Watched("staging", NOW, later(minutes=110))]


def test_many_spans_are_recorded_and_lost_in_one_look(ledger: Ledger) -> None:
    """There are more spans than one statement takes ids."""
    many = [span(f"task-{n:04}", 20, ended=n % 2 == 0) for n in range(1_201)]
    ledger.spans.record(look(20, *many))
    assert kept(ledger) == many
    ledger.spans.record(look(30, *(s for s in many if s.ended)))
    assert [s.lost for s in kept(ledger)] == [not s.ended for s in many]


# Days


def row(day: int = 0, item: str = "fargate.vcpu.x86", **kw: Any) -> UsageRow:
    """A row of staging's service *web*, so many days after Monday."""
    given = {
        "environment": "staging",
        "service": "web",
        "day": MONDAY + timedelta(days=day),
        "item": item,
        "used": 21_600_000,
        "micros": 279_360,
        "priced": "price list 2026-02-28",
    }
    return UsageRow(**{**given, **kw})


def put(ledger: Ledger, *rows: UsageRow) -> None:
    for name in sorted({r.environment for r in rows}):
        mine = [r for r in rows if r.environment == name]
        ledger.days.put(name, {r.day for r in mine}, mine)


def days(ledger: Ledger, *environments: str) -> Sequence[UsageRow]:
    return ledger.days.rows(environments or ["staging"], date.min, date.max)


def test_a_day_is_read_back_whole_and_in_order(ledger: Ledger) -> None:
    made = [
        row(environment="a-b"),
        row(environment="aB"),
        row(environment="ab", micros=None, priced=""),
        row(service="", item=ON, used=86_400, micros=None, priced=""),
        row(used=3_000_000_000_000, micros=-4_000_000_000_000),
        row(source=Source.INSIGHTS),
        row(service="worker", item="fargate.gb.x86"),
        row(1),
    ]
    put(ledger, *reversed(made))
    assert days(ledger, "staging", "ab", "aB", "a-b", "no such") == sorted(
        made, key=lambda r: (r.environment, r.day, r.service, r.item, r.source)
    )


def test_rows_are_those_of_the_days_asked_for_including_the_first_and_the_last(ledger: Ledger) -> None:
    put(ledger, *(row(n) for n in range(5)))
    found = ledger.days.rows(["staging"], MONDAY + timedelta(days=1), MONDAY + timedelta(days=3))
    assert found == [row(1), row(2), row(3)]
    assert ledger.days.rows([], date.min, date.max) == []
    assert ledger.days.sums([], date.min, date.max) == []


def test_putting_a_day_replaces_that_day_and_leaves_the_others(ledger: Ledger) -> None:
    put(ledger, row(0), row(0, service="gone"), row(1), row(0, environment="qa-eu"))
    ledger.days.put("staging", [MONDAY], [row(0, micros=1)])
    assert days(ledger, "staging", "qa-eu") == [row(0, environment="qa-eu"), row(0, micros=1), row(1)]
    ledger.days.put("staging", [MONDAY], [])
    assert days(ledger) == [row(1)]


def test_sums_join_a_days_services_by_item_source_and_price(ledger: Ledger) -> None:
    list_price, table = "price list 2026-02-28", "built-in table 2026-01-01"
    put(
        ledger,
        row(service="a", used=1, micros=10),
        row(service="b", used=2, micros=20),
        row(service="c", used=4, micros=None, priced=""),
        row(service="d", used=8, micros=None),
        row(service="e", used=16, micros=40, priced=table),
        row(service="f", used=32, micros=80, source=Source.INSIGHTS),
        row(1, service="a", used=64, micros=160),
        row(environment="qa-eu", used=128, micros=320),
    )
    assert ledger.days.sums(["staging", "qa-eu"], MONDAY, MONDAY) == [
        row(environment="qa-eu", service="", used=128, micros=320),
        row(service="", used=32, micros=80, source=Source.INSIGHTS),
        row(service="", used=4, micros=None, priced=""),
        row(service="", used=16, micros=40, priced=table),
        row(service="", used=11, micros=30, priced=list_price),
    ]


def test_totals_join_days_by_item_and_source_and_by_service_if_asked(ledger: Ledger) -> None:
    newer = "price list 2026-03-01"
    put(
        ledger,
        row(service="a", used=1, micros=10),
        row(1, service="a", used=2, micros=20, priced=newer),
        row(1, service="b", used=4, micros=None, priced=""),
        row(2, service="b", used=8, micros=40, source=Source.INSIGHTS),
        row(3, service="b", used=16, micros=80),
        row(environment="qa-eu", used=32, micros=None, priced=""),
    )
    ledger.days.put("staging", [MONDAY + timedelta(days=3)], [])
    cpu, last = "fargate.vcpu.x86", MONDAY + timedelta(days=9)
    tuesday, listed, seen = MONDAY + timedelta(days=1), "price list 2026-02-28", Source.SEEN
    back_filled = Total("staging", "", cpu, 8, 40, False, listed, Source.INSIGHTS, tuesday + timedelta(1), 1)
    assert ledger.days.totals(["staging", "qa-eu"], MONDAY, last) == [
        Total("qa-eu", "", cpu, 32, 0, True, "", seen, MONDAY, 1),
        back_filled,
        Total("staging", "", cpu, 7, 30, True, newer, seen, MONDAY, 2),
    ]
    assert ledger.days.totals(["staging"], MONDAY, last, services=True) == [
        replace(back_filled, service="b"),
        Total("staging", "a", cpu, 3, 30, False, newer, seen, MONDAY, 2),
        Total("staging", "b", cpu, 4, 0, True, "", seen, tuesday, 1),
    ]
    assert ledger.days.totals(["staging"], tuesday, tuesday) == [
        Total("staging", "", cpu, 6, 20, True, newer, seen, tuesday, 1)
    ]
    assert ledger.days.totals([], MONDAY, last) == []


def test_shared_days_are_found_by_their_joined_name(ledger: Ledger) -> None:
    put(ledger, row(environment="qa-eu+staging"), row(1, environment="a+b"), row(environment="ab"))
    tuesday = MONDAY + timedelta(days=1)
    assert ledger.days.shared(MONDAY, tuesday) == ["a+b", "qa-eu+staging"]
    assert ledger.days.shared(tuesday, date.max) == ["a+b"]
    assert ledger.days.shared(date.min, MONDAY - timedelta(days=1)) == []


def test_days_are_read_for_more_environments_than_one_statement_takes(ledger: Ledger) -> None:
    names = [f"env-{n:04}" for n in range(1_001)]
    for name in names[::100]:
        put(ledger, row(environment=name))
    assert [r.environment for r in days(ledger, *names)] == names[::100]
    assert [r.environment for r in ledger.days.sums(names, MONDAY, MONDAY)] == names[::100]


# Prices

PRICE = Price("eu-central-1", "fargate.vcpu.x86", Decimal("0.04656"), MONDAY, PriceSource.LIST)


def test_a_price_is_read_back_whole_to_its_last_digit(ledger: Ledger) -> None:
    made = [
        replace(PRICE, item="elb.application", usd=Decimal("0.0000000001"), source=PriceSource.TABLE),
        PRICE,
        replace(PRICE, item="rds.storage.gp3", usd=Decimal("0.1370"), per="month"),
        replace(PRICE, region="us-east-1", usd=Decimal("0.04048")),
    ]
    ledger.prices.put(made[::-1])
    assert ledger.prices.all() == made
    assert [str(p.usd) for p in ledger.prices.all()][2] == "0.1370"


def test_a_price_of_the_same_day_is_replaced_and_prices_of_other_days_stay(ledger: Ledger) -> None:
    ledger.prices.put([PRICE, replace(PRICE, as_of=MONDAY + timedelta(days=1))])
    ledger.prices.put([replace(PRICE, usd=Decimal("0.05"))])
    ledger.prices.put([])
    assert [(p.as_of, p.usd) for p in ledger.prices.all()] == [
        (MONDAY, Decimal("0.05")),
        (MONDAY + timedelta(days=1), Decimal("0.04656")),
    ]


# Sightings

SEEN = Sighting(
    "staging",
    NOW,
    (
        ServiceSeen("web", 2, 1, False, "ecs-svc/1", later(hours=-3), "web:7"),
        ServiceSeen("worker", 0, 0),
    ),
)


def test_a_sighting_is_read_back_whole(ledger: Ledger) -> None:
    never = Sighting("qa-eu", trouble="The role may not be taken on.")
    ledger.sightings.put(SEEN)
    ledger.sightings.put(never)
    assert list(ledger.sightings.all().items()) == [("qa-eu", never), ("staging", SEEN)]
    assert ledger.sightings.count() == 1, "nobody has seen qa-eu yet"


def test_a_sighting_earlier_than_the_kept_one_changes_nothing(ledger: Ledger) -> None:
    ledger.sightings.put(Sighting("staging", trouble="not yet"))
    for sighting, stands in (
        (SEEN, SEEN),
        (replace(SEEN, at=later(minutes=-1), services=()), SEEN),
        (Sighting("staging", trouble="not yet"), SEEN),
        (replace(SEEN, trouble="AWS does not answer."), replace(SEEN, trouble="AWS does not answer.")),
        (replace(SEEN, at=later(minutes=1)), replace(SEEN, at=later(minutes=1))),
    ):
        ledger.sightings.put(sighting)
        assert ledger.sightings.all() == {"staging": stands}
