"""A new environment's history is filled in once, never over what the meter saw, wherever the process is
killed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from handlers.clock.backfill import AGAIN, AT_ONCE, PATIENCE, Archive, Backfill
from handlers.ports.ledger import Sample
from handlers.words.errors import StoreLost, Throttled
from policies.cost.fargate import ARM, TaskSize
from policies.cost.insights import QUARTER, Reserved
from policies.cost.prices import Price, PriceSource
from policies.cost.spans import Kind, Part, Source, Span
from policies.cost.usage import ON, UsageRow
from policies.service.environment import Environment
from tests.bot.aws.stage import environment
from tests.fakes.aws import FakeScopes, steady
from tests.fakes.book import FakeBook
from tests.still_clock import StillClock

BERLIN = ZoneInfo("Europe/Berlin")
STAGING = environment("staging", time_zone="Europe/Berlin")


class Killed(BaseException):
    """The process ends here."""


class Bench:
    def __init__(self, *places: Environment) -> None:
        self.places: Sequence[Environment] = places or (STAGING,)
        self.clock = StillClock()
        self.book = FakeBook()
        self.scopes = FakeScopes(now=self.clock.now, book=self.book.book)
        self.ledger = self.book.book.ledger
        for place in self.places:
            midnight = self.clock.now().astimezone(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
            start = midnight - timedelta(days=10)
            quarters = (start + n * QUARTER for n in range(96 * 10))
            points = [Reserved("web", at, 450_000, 900_000, 900) for at in quarters]
            self.scopes.aws(place.name).insights.points = points

    @property
    def today(self) -> date:
        return self.clock.now().astimezone(BERLIN).date()

    def fresh(self) -> Backfill:
        """Return the backfill of a process that remembers nothing."""
        return Backfill(Archive(self.ledger, self.scopes, lambda: self.places, self.clock))

    def looked(self, *begins: timedelta, name: str = "staging", whole: bool = True) -> None:
        """Let the meter look now and see tasks that began this long ago."""
        now = self.clock.now()
        spans = tuple(
            Span(f"{name}-{n}", name, "web", Kind.TASK, (Part("fargate.vcpu.x86", 500),), now - ago, now)
            for n, ago in enumerate(begins)
        )
        self.ledger.spans.record(Sample(name, now, spans, whole))

    def rows(self, name: str = "staging") -> list[UsageRow]:
        return list(self.ledger.days.rows([name], date.min, date.max))

    def days(self, name: str = "staging") -> list[date]:
        return sorted({row.day for row in self.rows(name)})


def test_the_days_before_the_meters_first_look_are_filled_whatever_ran_then() -> None:
    bench = Bench()
    bench.looked(timedelta(days=3))
    bench.fresh().tick()
    assert bench.days() == [bench.today - timedelta(days=n) for n in range(10, 0, -1)]
    assert {row.source for row in bench.rows()} == {Source.INSIGHTS}
    assert bench.ledger.backfills.done() == {"staging"}


def test_a_later_look_changes_no_filled_day() -> None:
    bench = Bench()
    bench.looked()
    bench.clock.advance(3 * 86_400)
    bench.looked()
    bench.fresh().tick()
    assert bench.days()[-1] == bench.today - timedelta(days=4)


def test_nothing_is_filled_before_the_meter_has_looked_at_the_whole_environment() -> None:
    bench = Bench()
    backfill = bench.fresh()
    backfill.tick()
    bench.looked(timedelta(hours=1), whole=False)
    backfill.tick()
    assert (bench.rows(), bench.scopes.aws("staging").insights.asked) == ([], [])
    bench.looked(timedelta(hours=1))
    backfill.tick()
    assert bench.rows()


def test_insights_are_asked_once_however_often_the_process_starts() -> None:
    bench = Bench()
    bench.looked()
    for _ in range(3):
        backfill = bench.fresh()
        backfill.tick()
        backfill.tick()
    assert len(bench.scopes.aws("staging").insights.asked) == 1


def test_insights_that_are_off_are_remembered_and_nothing_is_written() -> None:
    bench = Bench()
    bench.scopes.aws("staging").insights.points = []
    bench.looked()
    bench.fresh().tick()
    assert bench.rows() == []
    assert bench.ledger.backfills.done() == {"staging"}


def test_a_fleet_is_filled_in_several_beats() -> None:
    names = [f"qa-{n:02}" for n in range(AT_ONCE + 5)]
    bench = Bench(*(environment(name, time_zone="Europe/Berlin") for name in names))
    for name in names:
        bench.scopes.aws(name).insights.points = []
        bench.looked(name=name)
    backfill = bench.fresh()
    backfill.tick()
    assert len(bench.ledger.backfills.done()) == AT_ONCE
    backfill.tick()
    assert bench.ledger.backfills.done() == set(names)


def test_throttling_postpones_one_environment_and_no_other() -> None:
    bench = Bench(STAGING, environment("dev", time_zone="Europe/Berlin"))
    bench.looked()
    bench.looked(name="dev")
    bench.scopes.aws("staging").insights.trouble = Throttled("Too much is being asked of AWS just now.")
    backfill = bench.fresh()
    for _ in range(3):
        backfill.tick()
    assert bench.ledger.backfills.done() == {"dev"}
    assert len(bench.scopes.aws("staging").insights.asked) == 1
    bench.scopes.aws("staging").insights.trouble = None
    bench.clock.advance(AGAIN.total_seconds())
    backfill.tick()
    assert bench.ledger.backfills.done() == {"dev", "staging"}


@pytest.mark.parametrize("call", ["days.put", "backfills.record"])
@pytest.mark.parametrize("after", [False, True])
def test_a_backfill_killed_anywhere_ends_with_the_same_rows(call: str, after: bool) -> None:
    whole = Bench()
    whole.looked(timedelta(days=3))
    whole.fresh().tick()

    bench = Bench()
    bench.looked(timedelta(days=3))
    calls: list[str] = []

    def kill(method: str) -> None:
        if (calls[-1:] == [call]) if after else method == call:
            raise Killed
        calls.append(method)

    bench.book.memory.before_call = kill
    backfill = bench.fresh()
    try:
        backfill.tick()
        backfill.tick()
    except Killed:
        pass
    bench.book.memory.before_call = str
    bench.fresh().tick()
    assert bench.rows() == whole.rows()
    assert bench.ledger.backfills.done() == {"staging"}


def test_a_lost_store_fails_the_beat_and_the_backfill_is_repeated() -> None:
    bench = Bench()
    bench.looked()

    def fail(method: str) -> None:
        if method == "backfills.record":
            raise StoreLost("The database did not answer.")

    bench.book.memory.before_call = fail
    backfill = bench.fresh()
    with pytest.raises(StoreLost):
        backfill.tick()
    bench.book.memory.before_call = str
    backfill.tick()
    assert bench.ledger.backfills.done() == {"staging"}


def test_a_defect_in_one_history_keeps_no_other_environment_from_its_own() -> None:
    bench = Bench(STAGING, replace(STAGING, name="zoo"))
    for name in ("staging", "zoo"):
        bench.looked(name=name)
    bench.scopes.aws("staging").insights.points = [None]  # type: ignore[list-item]
    backfill = bench.fresh()
    with pytest.raises(AttributeError):
        backfill.tick()
    backfill.tick()
    assert bench.ledger.backfills.done() == {"zoo"}


def test_prices_of_the_list_go_before_those_of_the_table() -> None:
    bench = Bench()
    bench.looked()
    price = Price("eu-central-1", "fargate.vcpu.x86", Decimal("0.08"), bench.today, PriceSource.LIST)
    bench.ledger.prices.put([price])
    bench.fresh().tick()
    rows = [row for row in bench.rows() if row.item == "fargate.vcpu.x86"]
    assert {row.priced for row in rows} == {price.told}
    assert {row.micros for row in rows} == {960_000}  # half a vCPU for 24 h at 0.08 USD


def test_a_history_without_a_price_waits_an_hour_for_the_list() -> None:
    bench = Bench()
    bench.looked()
    services = bench.scopes.aws("staging").services
    services.put(steady("web"))
    services.size(TaskSize("web", 0.5, 1, architecture=ARM))
    backfill = bench.fresh()
    backfill.tick()
    assert bench.rows() == []
    bench.clock.advance(PATIENCE.total_seconds())
    backfill.tick()
    assert {row.micros for row in bench.rows() if row.item == "fargate.vcpu.arm"} == {None}
    assert [row for row in bench.rows() if row.item == ON]


def test_no_history_waits_for_prices_if_no_list_is_read() -> None:
    bench = Bench()
    bench.looked()
    services = bench.scopes.aws("staging").services
    services.put(steady("web"))
    services.size(TaskSize("web", 0.5, 1, architecture=ARM))
    archive = Archive(bench.ledger, bench.scopes, lambda: bench.places, bench.clock, timedelta(0))
    Backfill(archive).tick()
    assert {row.micros for row in bench.rows() if row.item == "fargate.vcpu.arm"} == {None}
