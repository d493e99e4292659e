"""Budgets: each share is told once a month in the channel it concerns, and nothing is stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.clock.budgets import AGAIN, EVERY, BudgetClock
from handlers.ports.ledger import Watched
from handlers.ports.store import CatalogChange
from handlers.words.errors import Trouble, Unsendable
from handlers.words.message import Message
from policies.cost.budgets import Budget, BudgetRow
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.spans import Source
from policies.cost.usage import ON, UsageRow
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Tier
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import World, environment

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
USD = 1_000_000
ROW = BudgetRow("staging", Budget(500 * USD))


class Kept:
    """A world with budgets, and what its environments cost."""

    def __init__(self, *rows: BudgetRow, stored: World | None = None) -> None:
        self.world = stored or World().catalogue(
            environment("staging"),
            environment("qa-eu", channel="C0QA"),
            environment("qa-us", channel="C0QA"),
            environment("production", tier=Tier.PRODUCTION),
        )
        self.world.clock.at = NOW
        self.world.store.catalog.write(CatalogChange(put_budgets=rows))
        self.posts = FakePosts()
        self.clock = self.process("one")

    def process(self, holder: str) -> BudgetClock:
        return BudgetClock(Stage(self.world, holder=holder).parts, self.posts)

    def cost(
        self,
        name: str,
        usd: float,
        *,
        day: date = TODAY,
        item: str = "fargate.vcpu.x86",
        source: Source = Source.SEEN,
    ) -> None:
        """Let the environment cost this much in all on that day, all of it while on."""
        rows = [
            UsageRow(name, "", day, ON, 86_400, None, source=source),
            UsageRow(name, "web", day, item, 1, round(usd * USD), "price list 2026-11-15", source),
        ]
        self.world.store.book.ledger.days.put(name, [day], rows)

    def look(self, clock: BudgetClock | None = None) -> list[Message]:
        """Look after a while; return what is newly told."""
        before = len(self.posts.posted)
        self.world.forward(EVERY.total_seconds())
        (clock or self.clock).tick()
        return [said for _, _, said in self.posts.posted[before:]]

    def wait(self, span: timedelta) -> None:
        self.world.forward(span.total_seconds())


def test_nothing_is_told_below_the_first_share() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 249.99)
    assert kept.look() == []


def test_a_reached_share_is_told_once_with_what_could_be_stopped(golden: Golden) -> None:
    kept = Kept(replace(ROW, people=("U0ADA",)))
    kept.cost("staging", 262)
    (said,) = kept.look()
    assert said.headline == golden
    assert telling.notes(said) == golden
    assert [(o.operation, o.environment, o.label) for o in said.offers] == [
        ("stop", "staging", "Stop staging")
    ]
    assert all(offer.id for offer in said.offers)
    assert said.people == ("U0ADA",)
    assert [channel for channel, _, _ in kept.posts.posted] == ["C0STAGING"]
    assert kept.look() == []
    assert kept.world.aws("staging").script.calls == []


def test_each_further_share_is_told_and_skipped_shares_are_not(golden: Golden) -> None:
    kept = Kept(ROW)
    kept.cost("staging", 410)
    assert len(kept.look()) == 1
    kept.cost("staging", 499.99)
    assert kept.look() == []
    kept.cost("staging", 620)
    (said,) = kept.look()
    assert said.headline == golden
    assert kept.look() == []


def test_a_new_process_and_a_second_holder_do_not_repeat_a_warning() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 300)
    assert len(kept.look()) == 1
    assert kept.look(kept.process("heir")) == []
    kept.cost("staging", 450)
    assert len(kept.look(kept.process("heir"))) == 1
    assert kept.look() == []


def test_a_warning_that_slack_did_not_take_is_told_later_and_once() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 300)
    kept.posts.silent = True
    assert kept.look() == []
    kept.posts.silent = False
    kept.wait(AGAIN)
    assert len(kept.look()) == 1
    kept.wait(AGAIN)
    assert kept.look() == []


def test_a_process_that_ended_between_claim_and_message_loses_nothing() -> None:
    """The process is killed before Slack is asked: the next holder tells the warning after a while."""
    kept = Kept(ROW)
    kept.cost("staging", 300)

    def killed(name: str) -> None:
        if name == "offers.record":
            raise KeyboardInterrupt

    kept.world.store.before_call(killed)
    with pytest.raises(KeyboardInterrupt):
        kept.look()
    kept.world.store.before_call(str)
    heir = kept.process("heir")
    assert kept.look(heir) == []
    kept.wait(AGAIN)
    assert len(kept.look(heir)) == 1


class Deaf(FakePosts):
    """A Slack whose channel is gone."""

    def post(self, channel: str, said: Message) -> str:
        raise Unsendable("The channel is archived.", retry_helps=False)


def test_posting_to_a_gone_channel_is_given_up() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 300)
    told: list[str] = []
    parts = replace(Stage(kept.world).parts, on_defect=lambda what, _error: told.append(what))
    deaf = BudgetClock(parts, Deaf())
    for _ in range(5):
        kept.wait(AGAIN)
        deaf.tick()
    assert told == ["the warning of a budget in C0STAGING"]


def test_another_company_is_told_only_what_the_catalog_allows() -> None:
    rows = (BudgetRow(pattern, Budget(500 * USD)) for pattern in ("qa-*", "qa-eu"))
    kept = Kept(ROW, *rows)
    allowed = environment("qa-eu", channel="C0QA", shared_channel=True)
    kept.world.store.catalog.write(CatalogChange(put_environments=(allowed,)))
    kept.posts.external |= {"C0STAGING", "C0QA"}
    for name in ("staging", "qa-eu", "qa-us"):
        kept.cost(name, 260)
    (said,) = kept.look()
    assert [channel for channel, _, _ in kept.posts.posted] == ["C0QA"]
    assert said.headline.startswith("`qa-eu` has spent 260 USD")
    assert "qa-us" not in str(said)
    kept.wait(AGAIN)
    assert kept.look() == []


def test_a_lost_store_fails_the_beat_and_the_warning_comes_later() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 300)

    def lost(name: str) -> None:
        if name == "budget_warnings.of":
            raise Trouble("The database did not answer.", retry_helps=True)

    kept.world.store.before_call(lost)
    with pytest.raises(Trouble):
        kept.look()
    kept.world.store.before_call(str)
    kept.clock.tick()
    assert len(kept.posts.posted) == 1


def test_a_month_begins_in_the_environments_own_zone() -> None:
    tokyo = World().catalogue(environment("staging", time_zone="Asia/Tokyo"))
    kept = Kept(ROW, stored=tokyo)
    kept.cost("staging", 300)
    assert len(kept.look()) == 1
    kept.world.clock.at = datetime(2026, 11, 30, 14, 50, tzinfo=UTC)
    assert kept.look() == []
    kept.cost("staging", 300, day=date(2026, 12, 1))
    kept.world.clock.at = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert len(kept.look()) == 1


def test_another_amount_is_another_budget() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 600)
    assert len(kept.look()) == 1
    kept.world.store.catalog.write(CatalogChange(put_budgets=(replace(ROW, budget=Budget(1_000 * USD)),)))
    (said,) = kept.look()
    assert "1,000 USD" in said.headline


def test_a_pattern_is_one_budget_for_all_environments_it_covers(golden: Golden) -> None:
    kept = Kept(BudgetRow("qa-*", Budget(500 * USD)))
    kept.cost("qa-eu", 200)
    kept.cost("qa-us", 220)
    (said,) = kept.look()
    assert said.headline == golden
    assert telling.notes(said) == golden
    assert [offer.environment for offer in said.offers] == ["qa-us", "qa-eu"]
    assert [channel for channel, _, _ in kept.posts.posted] == ["C0QA"]


def test_a_budget_over_several_channels_is_told_in_each_with_its_own_environments() -> None:
    kept = Kept(BudgetRow("*", Budget(500 * USD)))
    for name in ("staging", "qa-eu", "production"):
        kept.cost(name, 100)
    kept.look()
    told = {channel: [o.environment for o in said.offers] for channel, _, said in kept.posts.posted}
    assert told == {"C0PRODUCTION": [], "C0QA": ["qa-eu", "qa-us"], "C0STAGING": ["staging"]}


def test_a_budget_includes_only_what_its_own_environments_share() -> None:
    kept = Kept(BudgetRow("qa-*", Budget(500 * USD)))
    for name in ("qa-eu+qa-us", "qa-eu+staging"):
        kept.cost(name, 260)
    (said,) = kept.look()
    assert "260 USD" in said.headline


@pytest.mark.parametrize(
    ("running", "stop", "offered"), [(1, True, ["staging"]), (0, True, []), (1, False, [])]
)
def test_an_environment_that_is_off_or_not_to_be_proposed_has_no_button(
    running: int, stop: bool, offered: list[str]
) -> None:
    kept = Kept(replace(ROW, stop=stop))
    kept.cost("staging", 300)
    seen = Sighting("staging", NOW, (ServiceSeen("web", running, running),))
    kept.world.store.book.ledger.sightings.put(seen)
    (said,) = kept.look()
    assert [offer.environment for offer in said.offers] == offered


def test_the_months_end_is_forecast_by_the_schedule(golden: Golden) -> None:
    """28 days at 24 USD, on all day: 1 USD an hour. 15 days would be 360; the schedule leaves 105.9 hours."""
    kept = Kept(ROW)
    for back in range(1, 29):
        kept.cost("staging", 24, day=TODAY - timedelta(days=back))
    row = ScheduleRow("staging", "Mon-Fri 08:00-18:00 UTC", since=NOW)
    kept.cost("staging", 0)
    scheduled = kept.world.store.catalog
    scheduled.write(CatalogChange(put_schedules=(row,)))
    (said,) = kept.look()
    assert said.headline == golden
    assert telling.notes(said)[0] == golden


def test_a_warning_says_what_has_no_price() -> None:
    kept = Kept(ROW)
    kept.cost("staging", 300)
    rows = [UsageRow("staging", "web", TODAY - timedelta(days=1), "spot.vcpu.arm", 1, None)]
    kept.world.store.book.ledger.days.put("staging", [TODAY - timedelta(days=1)], rows)
    (said,) = kept.look()
    assert any("no price is known" in note for note in telling.notes(said))


def test_the_clock_looks_every_few_minutes_even_after_going_back() -> None:
    kept = Kept(ROW)
    kept.clock.tick()
    kept.cost("staging", 300)
    kept.wait(EVERY - timedelta(seconds=1))
    kept.clock.tick()
    assert not kept.posts.posted
    kept.world.clock.at = NOW - timedelta(hours=1)
    kept.clock.tick()
    assert len(kept.posts.posted) == 1


def test_a_budget_of_removed_environments_is_told_nowhere() -> None:
    kept = Kept(BudgetRow("pr-*", Budget(USD)))
    kept.cost("pr-7", 300)
    assert kept.look() == []


def test_a_warning_says_that_the_price_of_windows_is_uncertain(golden: Golden) -> None:
    kept = Kept(ROW)
    row = UsageRow("staging", "legacy", TODAY, "fargate.vcpu.windows", 1, 262 * USD)
    kept.world.store.book.ledger.days.put("staging", [TODAY], [row])
    (said,) = kept.look()
    assert [note for note in telling.notes(said) if "Windows" in note] == golden


def test_a_warning_names_its_prices_with_their_day_and_what_is_left_out(golden: Golden) -> None:
    kept = Kept(ROW)
    kept.cost("staging", 262, item="spot.vcpu.x86")
    (said,) = kept.look()
    assert telling.notes(said)[-2:] == golden


@pytest.mark.parametrize("case", ["back-filled", "one day", "a gap", "a late begin", "well known"])
def test_a_warning_says_what_the_figure_and_the_forecast_rest_on(golden: Golden, case: str) -> None:
    """On 16 November the forecast rests on the 28 days before."""
    kept = Kept(ROW)
    begun = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
    away = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
    filled = {"back-filled": range(7, 29), "one day": range(28, 29)}.get(case, range(0))
    known = range(1, 7) if case in ("back-filled", "a late begin") else range(1, 29)
    for back in known:
        kept.cost("staging", 20, day=TODAY - timedelta(days=back))
    for back in filled:
        kept.cost("staging", 20, day=TODAY - timedelta(days=back), source=Source.INSIGHTS)
    kept.cost("staging", 240)
    long = NOW - timedelta(days=60)
    begin = begun if case in ("back-filled", "a late begin") else long
    stretches = [Watched("staging", begin, NOW)]
    if case == "a gap":
        stretches = [Watched("staging", long, away), Watched("staging", away + timedelta(hours=5), NOW)]
    kept.world.store.memory.watched["staging"] = stretches
    (said,) = kept.look()
    assert telling.notes(said)[1:-1] == golden


def test_the_cost_of_a_database_is_forecast_from_the_days_on_which_it_was_seen() -> None:
    """Seven watched days at 24 USD are 1 USD an hour; the 21 back-filled days before know no database. At
    noon on 16 November 348 hours are left, so the month costs 168 for these seven days, 240 for today and 348
    still to come: 756.
    """
    kept = Kept(ROW)
    for back in range(1, 29):
        kept.cost("staging", 0, day=TODAY - timedelta(days=back), source=Source.INSIGHTS)
    for back in range(1, 8):
        day = TODAY - timedelta(days=back)
        row = UsageRow("staging", "db", day, "rds.db.t4g.medium.postgres.single", 1, 24 * USD)
        kept.world.store.book.ledger.days.put("staging", [day], [row])
    kept.cost("staging", 240)
    week = datetime(2026, 11, 9, tzinfo=UTC)
    kept.world.store.memory.watched["staging"] = [Watched("staging", week, NOW)]
    (said,) = kept.look()
    assert "about 756" in telling.notes(said)[0]


def test_a_defect_in_one_budget_keeps_no_other_from_being_told() -> None:
    kept = Kept(ROW, BudgetRow("qa-*", Budget(100 * USD)))
    logged: list[str] = []
    parts = Stage(kept.world, on_defect=lambda what, _: logged.append(what)).parts
    clock = BudgetClock(parts, kept.posts)
    kept.cost("qa-eu", 90)
    kept.cost("staging", 300)

    def breaks(method: str) -> None:
        if method == "budget_warnings.of" and not logged:
            raise KeyError("no such thing")

    kept.world.store.before_call(breaks)
    told = kept.look(clock)
    assert len(told) == len(logged) == 1
    assert len(kept.look(clock)) == 1
