"""`/env digest`, and posting the digest by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest

from handlers.ports.ledger import Sample
from handlers.ports.store import CatalogChange
from handlers.words.errors import Rejected
from handlers.words.message import Chart
from handlers.words.result import Answer
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.spans import Kind, Source, Span
from policies.cost.usage import ON, UsageRow
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.times.weeks import Week
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, NIA, STAGING, VIC, World, environment

WEEK = Week(2026, 9)
"""The week before the one in which the world's clock stands (Monday, 2 March)."""
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
DOLLAR = 1_000_000


@pytest.fixture
def posts() -> FakePosts:
    return FakePosts()


@pytest.fixture
def stage(world: World, posts: FakePosts) -> Stage:
    return Stage(world, posts=posts)


def paid(
    world: World,
    name: str,
    *weeks: int | None,
    service: str = "web",
    item: str = "fargate.vcpu.x86",
    **more: Any,
) -> None:
    """Put these dollars on the Tuesday of each week; the last one is the week that the digest tells of."""
    for ago, dollars in enumerate(reversed(weeks)):
        day = WEEK.first + timedelta(days=1 - 7 * ago)
        before = world.store.book.ledger.days.rows([name], day, day)
        micros = None if dollars is None else dollars * DOLLAR
        row = UsageRow(name, service, day, item, **{"used": 1, "micros": micros, **more})
        world.store.book.ledger.days.put(name, [day], [*before, row])


def looked(world: World, *names: str) -> None:
    """Have the meter look at these environments every half hour through the last five weeks."""
    for name in names:
        at = world.clock.at - timedelta(days=36)
        while at < world.clock.at:
            world.store.book.ledger.spans.record(Sample(name, at, ()))
            at += timedelta(minutes=30)


def chart(said: Any) -> Chart:
    (found,) = (block for block in said.blocks if isinstance(block, Chart))
    return found


def at_staging(stage: Stage, operation: str = "digest", **rest: Any) -> Any:
    return stage.ask(operation, channel="C0STAGING", **rest)


def test_a_digest_says_what_last_week_cost_and_how_that_changed(
    stage: Stage, world: World, golden: Golden
) -> None:
    paid(world, "staging", 10, 11, 12, 15)
    paid(world, "qa-eu", 4, 4, 4, 4)
    paid(world, "production", 900, 900, 900, 990)
    looked(world, "staging", "qa-eu")
    answer = stage.ask("digest")
    assert answer.headline == golden
    assert [(s.name, list(map(int, s.values))) for s in chart(answer).series] == [
        ("staging", [10, 11, 12, 15]),
        ("qa-eu", [4, 4, 4, 4]),
    ]
    assert chart(answer).categories == ("2 Feb", "9 Feb", "16 Feb", "23 Feb")
    assert "production" not in str(answer)
    assert stage.ask("week", who=ADA).headline == golden(name="of all")
    assert telling.notes(answer) == golden(name="notes")


def test_whoever_may_view_no_environment_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    assert stage.ask("digest", who=NIA).headline == golden


def test_a_digest_without_data_says_so_and_shows_no_chart(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("digest", who=VIC)
    assert answer.headline == golden
    assert isinstance(answer, Answer)
    assert not any(isinstance(block, Chart) for block in answer.blocks)
    assert telling.notes(answer) == golden(name="notes")


@pytest.mark.parametrize(
    ("staging", "qa", "drawn"),
    [
        ((9, 10, 11, 12), (1, 2, 3, 4), {"staging": 4, "qa-eu": 4}),
        ((9, 10, 11, 12), (3, 4), {"staging": 2, "qa-eu": 2}),
        ((9, 10, 11, 12), (4,), {"staging": 2}),
        ((12,), (4,), {"staging": 1, "qa-eu": 1}),
        ((10, 11, 12), (), {"staging": 3}),
    ],
)
def test_the_chart_has_the_weeks_that_are_known(
    stage: Stage, world: World, staging: tuple[int, ...], qa: tuple[int, ...], drawn: dict[str, int]
) -> None:
    paid(world, "staging", *staging)
    paid(world, "qa-eu", *qa)
    found = chart(stage.ask("digest"))
    assert {s.name: len(s.values) for s in found.series} == drawn
    assert len(found.categories) == max(drawn.values())
    assert found.categories[-1] == "23 Feb"


def test_movers_say_which_services_and_what_happened(stage: Stage, world: World, golden: Golden) -> None:
    paid(world, "staging", 5, 5, 5, 6)
    paid(world, "staging", 0, 0, 0, 28, service="worker")
    for ago, hours in ((1, 60), (0, 104)):
        day = WEEK.first + timedelta(days=2 - 7 * ago)
        world.store.book.ledger.days.put(
            "staging", [day], [UsageRow("staging", "", day, ON, hours * 3600, None)]
        )
    paid(world, "qa-eu", 20, 20, 20, 9)
    in_week = world.clock.at - timedelta(days=4)
    world.store.book.ledger.sightings.put(
        Sighting(
            "staging",
            world.clock.at,
            (ServiceSeen("worker", 2, 2, deployed=in_week), ServiceSeen("web", 1, 1)),
        )
    )
    world.store.book.overrides.put(
        Override("o-1", "staging", "up", in_week, in_week + timedelta(hours=4), actor_name="Dev")
    )
    assert telling.notes(stage.ask("digest"))[:2] == golden


def test_failures_are_counted_and_those_nobody_made_up_for_are_named(
    stage: Stage, world: World, golden: Golden
) -> None:
    for nth in (1, 3):
        world.aws().services.fail("deploy", Rejected("AWS refuses it."), nth=nth)
    for service in ("web", "web", "orders-api"):
        stage.ask("restart", "staging", service)
        stage.finish()
    world.forward(7 * 86_400)
    assert telling.fields(stage.ask("digest", who=VIC)) == golden
    world.forward(7 * 86_400)
    assert telling.fields(stage.ask("digest", who=VIC)) == golden(name="a week later")


def test_a_digest_tells_what_comes_this_week(stage: Stage, world: World, golden: Golden) -> None:
    row = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin except holidays DE", since=world.clock.at)
    world.store.catalog.write(CatalogChange(put_schedules=(row,)))
    world.store.book.overrides.put(
        Override("o-1", "staging", "up", world.clock.at, world.clock.at + timedelta(days=2), actor_name="Olu")
    )
    stage = Stage(world, holidays=frozenset({date(2026, 3, 5), date(2026, 4, 3)}))
    assert telling.fields(stage.ask("digest", who=VIC)) == golden


def test_a_digest_tells_what_is_planned_with_the_times_of_its_environment(
    stage: Stage, world: World, golden: Golden
) -> None:
    """In Berlin it is another day by then than in UTC."""
    row = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=world.clock.at)
    world.store.catalog.write(
        CatalogChange(put_schedules=(row,), put_environments=(replace(STAGING, time_zone="Europe/Berlin"),))
    )
    monday = datetime(2026, 3, 2, tzinfo=UTC)

    def planned(name: str, state: Literal["up", "down"], since: float, until: float) -> None:
        begins, ends = monday + timedelta(hours=since), monday + timedelta(hours=until)
        made = Override(name, "staging", state, begins, ends, actor_name="Dev", planned_at=world.clock.at)
        world.store.book.overrides.put(made)

    planned("another day in UTC", "up", 47.5, 53)
    planned("over days", "down", 100, 130)
    planned("next week", "up", 24 * 8, 24 * 8 + 2)
    planned("cancelled", "up", 60, 62)
    planned("in force", "up", 0, 23.5)
    overrides = world.store.book.overrides
    overrides.end("cancelled", world.clock.at, "Olu")
    overrides.begin("in force", world.clock.at)
    assert [f for f in telling.fields(stage.ask("digest", who=VIC)) if f.label != "Operations"] == golden


def test_a_gap_an_unknown_price_and_back_filled_days_are_named(
    stage: Stage, world: World, golden: Golden
) -> None:
    paid(world, "staging", 10, 10)
    paid(world, "staging", None, service="db", item="rds.db.odd.x.single")
    paid(world, "qa-eu", 4, 4, source=Source.INSIGHTS)
    paid(world, "production+staging", 5, 5)
    shared = Span("db", "production+staging", "db", Kind.DATABASE, (), world.clock.at, world.clock.at)
    world.store.book.ledger.spans.record(Sample("production+staging", world.clock.at, (shared,)))
    assert telling.notes(stage.ask("digest")) == golden


def test_the_cost_of_windows_is_uncertain_in_a_digest_too(stage: Stage, world: World, golden: Golden) -> None:
    paid(world, "staging", 1, 10, item="fargate.gb.windows")
    paid(world, "qa-eu", 4, 4)
    assert [note for note in telling.notes(stage.ask("digest")) if "Windows" in note] == golden


def test_the_most_expensive_are_drawn_and_all_can_be_had_as_csv(
    stage: Stage, world: World, golden: Golden
) -> None:
    many = tuple(environment(f"pr-{n:03}") for n in range(300))
    world.store.catalog.write(CatalogChange(put_environments=many))
    for n in range(300):
        paid(world, f"pr-{n:03}", n, n, n, n + 1)
    answer = stage.ask("digest", who=ADA)
    assert [s.name for s in chart(answer).series][-1] == golden
    csv = next(o for o in telling.offers(answer) if "CSV" in o.label)
    rows: list[str] = []
    while True:
        page = stage.press(csv, who=ADA)
        rows += [line for log in telling.logs(page) for line in log.lines[1:]]
        if not telling.offers(page):
            break
        (csv,) = telling.offers(page)
    assert len(rows) == 303
    assert rows[0] == "pr-299,2026-W09,300.00,299.00,1.00,in part"
    assert rows[-1].startswith("staging,2026-W09,,,,")
