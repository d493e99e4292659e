"""The bill is asked for once a day, pays for no page twice, and never takes the unknown for zero."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.clock.billing import REACHES_BACK, Accounts, BillingClock, Terms
from handlers.ports.money import Activation, Asked, BillingQuery
from handlers.words.errors import Denied, StoreLost, Trouble
from policies.cost.billed import CLUSTER_TAG, ELSEWHERE, UNTAGGED, Tagged
from tests.bot.aws.stage import environment
from tests.fakes.billing import FakeBilling
from tests.fakes.book import FakeBook

MONDAY = datetime(2026, 11, 30, 7, tzinfo=UTC)
TODAY = MONDAY.date()
SUNDAY = TODAY - timedelta(days=1)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class Clock:
    at: datetime = MONDAY

    def now(self) -> datetime:
        return self.at


@dataclass
class Bench:
    clock: Clock = field(default_factory=Clock)
    billing: FakeBilling = field(default_factory=FakeBilling)
    book: FakeBook = field(default_factory=FakeBook)
    pages: int = 100
    keys: tuple[str, ...] = (CLUSTER_TAG,)

    def __post_init__(self) -> None:
        self.billing.active = {CLUSTER_TAG: Activation.ACTIVE}
        self.billing.lines = [[line("staging", 4_000_000), line("", 1_000_000), line("theirs", 2)]]
        self.billed = self.book.book.ledger.billed

    def fresh(self) -> BillingClock:
        """Return the clock of a process that remembers nothing."""
        accounts = Accounts(self.billing, self.billed, lambda: [environment("staging")], self.clock)
        return BillingClock(accounts, Terms(self.keys, self.pages))

    def asked(self) -> list[str]:
        return [method for method, _ in self.billing.asked]

    def query(self) -> BillingQuery:
        return self.billed.queries(self.clock.at.date())[-1]

    def amounts(self) -> dict[str, int]:
        return {row.owner: row.micros for row in self.billed.rows(date.min, date.max)}


def line(value: str, micros: int, day: date = SUNDAY, key: str = CLUSTER_TAG) -> Tagged:
    return Tagged(day, ((key, value),), micros)


def test_the_bill_is_kept_by_environment_and_unowned_spend_apart() -> None:
    bench = Bench()
    bench.fresh().tick()
    assert bench.amounts() == {"staging": 4_000_000, UNTAGGED: 1_000_000, ELSEWHERE: 2}
    assert (bench.query().state, bench.query().pages) == (Asked.ANSWERED, 2)


def test_the_period_ends_before_today_and_reaches_back_over_a_month() -> None:
    bench = Bench()
    bench.fresh().tick()
    assert bench.billing.periods == [(TODAY - REACHES_BACK, TODAY)]


def test_two_holders_and_a_restart_ask_once_a_day() -> None:
    bench = Bench()
    first, second = bench.fresh(), bench.fresh()
    for clock in (first, second, first, bench.fresh()):
        clock.tick()
    assert bench.asked() == ["tags", "bill"]
    bench.clock.at += timedelta(days=1)
    first.tick()
    assert bench.asked() == ["tags", "bill"] * 2


def test_only_the_first_query_is_made_at_any_hour() -> None:
    bench = Bench()
    bench.clock.at = MONDAY.replace(hour=1)
    bench.fresh().tick()
    assert bench.asked() == ["tags", "bill"]
    bench.clock.at += timedelta(days=1)
    bench.fresh().tick()
    assert len(bench.asked()) == 2
    bench.clock.at += timedelta(hours=5)
    bench.fresh().tick()
    assert len(bench.asked()) == 4


@pytest.mark.parametrize("method", ["tags", "bill"])
def test_a_query_whose_process_was_killed_is_not_paid_for_again_that_day(method: str) -> None:
    bench = Bench()

    def kill(asked: str) -> None:
        if asked == method:
            raise Killed

    bench.billing.before_answer = kill
    with pytest.raises(Killed):
        bench.fresh().tick()
    bench.billing.before_answer = str
    before = bench.asked()
    bench.fresh().tick()
    assert bench.asked() == before
    assert (bench.query().state, bench.query().pages) == (Asked.BEGUN, len(before))
    bench.clock.at += timedelta(days=1)
    bench.fresh().tick()
    assert bench.amounts()["staging"] == 4_000_000


def test_a_page_is_counted_before_it_is_paid_for() -> None:
    bench = Bench()
    counted: list[int] = []
    bench.billing.before_answer = lambda _: counted.append(bench.query().pages)
    bench.billing.lines = [[], [], [line("staging", 1)]]
    bench.fresh().tick()
    assert counted == [1, 2, 3, 4]


def test_a_bill_cut_off_by_the_cap_is_reported_and_shows_no_sum() -> None:
    bench = Bench(pages=2)
    bench.billing.lines = [[line("staging", 1)], [line("staging", 2)]]
    bench.fresh().tick()
    assert (bench.query().state, bench.query().pages) == (Asked.CAPPED, 2)
    assert bench.amounts() == {}


def test_only_pages_of_this_month_count_against_the_cap() -> None:
    bench = Bench(pages=3)
    bench.clock.at = datetime(2026, 11, 29, 7, tzinfo=UTC)
    bench.fresh().tick()
    bench.clock.at = datetime(2026, 11, 30, 7, tzinfo=UTC)
    bench.fresh().tick()
    assert (bench.query().state, bench.query().pages) == (Asked.CAPPED, 1)
    bench.clock.at = datetime(2026, 12, 1, 7, tzinfo=UTC)
    bench.fresh().tick()
    assert (bench.query().state, bench.query().pages) == (Asked.ANSWERED, 2)


@pytest.mark.parametrize("state", [Activation.INACTIVE, Activation.ABSENT])
def test_without_an_active_tag_the_bill_is_not_paid_for_and_nothing_is_shown_as_zero(
    state: Activation,
) -> None:
    bench = Bench()
    bench.billing.active = {CLUSTER_TAG: state}
    bench.fresh().tick()
    assert (bench.asked(), bench.query().state) == (["tags"], Asked.UNTAGGED)
    assert [tag.activation for tag in bench.query().tags] == [state]
    assert bench.amounts() == {}


def test_an_inactive_tag_is_left_out_of_the_query() -> None:
    bench = Bench(keys=("team", CLUSTER_TAG))
    bench.fresh().tick()
    assert bench.billing.asked[-1] == ("bill", (CLUSTER_TAG,))
    assert bench.query().state is Asked.ANSWERED


def test_an_account_that_may_not_list_tags_goes_by_the_tags_in_the_bill() -> None:
    bench = Bench()
    bench.billing.trouble = {"tags": Denied("AWS did not allow that.")}
    bench.fresh().tick()
    assert bench.query().state is Asked.ANSWERED
    untagged = Bench()
    untagged.billing.trouble = {"tags": Denied("AWS did not allow that.")}
    untagged.billing.lines = [[line("", 7)]]
    untagged.fresh().tick()
    assert (untagged.query().state, untagged.amounts()) == (Asked.UNTAGGED, {})


def test_a_refusal_is_kept_with_its_reason_and_earlier_figures_stay() -> None:
    bench = Bench()
    bench.fresh().tick()
    bench.clock.at += timedelta(days=1)
    bench.billing.trouble = {"bill": Trouble("AWS did not answer when asked to read the bill.")}
    bench.fresh().tick()
    assert bench.query() == replace(
        bench.query(), state=Asked.REFUSED, trouble="AWS did not answer when asked to read the bill."
    )
    assert bench.amounts()["staging"] == 4_000_000


def test_a_day_whose_bill_has_changed_is_corrected() -> None:
    bench = Bench()
    bench.fresh().tick()
    bench.clock.at += timedelta(days=1)
    bench.billing.lines = [[line("staging", 5_000_000)]]
    bench.fresh().tick()
    assert bench.amounts() == {"staging": 5_000_000}


def test_a_lost_store_is_no_refusal_of_aws() -> None:
    bench = Bench()

    def fail(method: str) -> None:
        if method == "billed.put":
            raise StoreLost("The database did not answer.")

    bench.book.memory.before_call = fail
    with pytest.raises(StoreLost):
        bench.fresh().tick()
    bench.book.memory.before_call = str
    bench.fresh().tick()
    assert (bench.asked(), bench.query().state) == (["tags", "bill"], Asked.BEGUN)


def test_without_a_setting_the_tags_are_those_by_which_environments_are_picked() -> None:
    bench = Bench(keys=())
    bench.fresh().tick()
    assert bench.billing.asked[0] == ("tags", (CLUSTER_TAG,))


def test_the_days_query_is_not_spent_before_there_is_an_environment() -> None:
    bench = Bench()
    accounts = Accounts(bench.billing, bench.billed, list, bench.clock)
    BillingClock(accounts, Terms((CLUSTER_TAG,), 100)).tick()
    assert bench.asked() == []
    bench.fresh().tick()
    assert bench.asked() == ["tags", "bill"]
