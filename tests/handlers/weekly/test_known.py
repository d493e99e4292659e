"""Tests of what the digest says of how far a week is known, and of a source that does not answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from handlers.ports.ledger import Watched
from handlers.ports.store import CatalogChange
from handlers.tell.weekly_caveats import BROKEN
from handlers.words.errors import Trouble
from policies.cost.spans import Source
from policies.schedule.rows import ScheduleRow
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.test_digest import LONG_AGO, WEEK, paid
from tests.handlers.world import VIC, World


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


def test_a_gap_in_a_week_that_began_with_back_filled_days_is_reported(stage: Stage, world: World) -> None:
    """The meter began on the Wednesday and was away on the Friday."""
    paid(world, "staging", 5, source=Source.INSIGHTS)
    wednesday = datetime(2026, 2, 25, tzinfo=UTC)
    friday = wednesday + timedelta(days=2)
    begun = Watched("staging", wednesday, world.clock.at)
    world.store.memory.watched["staging"] = [begun]
    assert "Not watched all week" not in str(stage.ask("digest", who=VIC))
    again = Watched("staging", friday + timedelta(hours=9), world.clock.at)
    world.store.memory.watched["staging"] = [replace(begun, until=friday), again]
    assert "Not watched all week" in str(stage.ask("digest", who=VIC))


@pytest.mark.parametrize(
    ("after_midnight", "last_look", "whole"),
    [
        (timedelta(minutes=5), timedelta(minutes=-10), True),
        (timedelta(minutes=29), timedelta(minutes=-1), True),
        (timedelta(0), timedelta(minutes=-30), True),
        (timedelta(minutes=5), timedelta(minutes=-90), False),
        (timedelta(hours=9), timedelta(minutes=-10), False),
        (timedelta(hours=9), timedelta(hours=8), True),
    ],
)
def test_a_week_whose_next_look_is_still_to_come_was_watched_throughout(
    stage: Stage, world: World, after_midnight: timedelta, last_look: timedelta, whole: bool
) -> None:
    """Early on Monday the next look is still to come. More than an hour without a look is a gap."""
    monday = datetime.combine(WEEK.after.first, time(), UTC)
    world.clock.at = monday + after_midnight
    paid(world, "staging", 5, 5)
    for name in ("staging", "qa-eu"):
        since = monday - timedelta(days=30)
        world.store.memory.watched[name] = [Watched(name, since, monday + last_look)]
    assert ("Not watched all week" not in str(stage.ask("digest", who=VIC))) is whole


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ("spans.watched", "What it cost is not known: The disk is slow."),
        ("findings.all", "Orphans: Not known: The disk is slow."),
        ("records.ended", "Operations: Not known: The disk is slow."),
        ("overrides.current", "Next: Not known: The disk is slow."),
        ("audit.entries", "The head of the audit log is not known: The disk is slow."),
        ("claims.since", "Saved: Not known: The disk is slow."),
    ],
)
def test_a_section_says_that_its_source_does_not_answer(
    stage: Stage, world: World, lost: str, said: str
) -> None:
    paid(world, "staging", 10, 11, 12, 15)
    world.store.catalog.write(
        CatalogChange(put_schedules=(ScheduleRow("staging", "Mon-Fri 08:00-20:00 UTC", since=LONG_AGO),))
    )

    def breaks(method: str) -> None:
        if method == lost:
            raise Trouble("The disk is slow.")

    world.store.before_call(breaks)
    answer = stage.ask("digest")
    fields = [f"{field.label}: {field.value}" for field in telling.fields(answer)]
    assert said in (*fields, *telling.notes(answer))
    assert len([line for line in (*fields, *telling.notes(answer)) if "The disk is slow." in line]) <= 2
    assert "23 February to 1 March" in answer.headline


@pytest.mark.parametrize(
    "broken",
    [
        "spans.watched",
        "days.shared",
        "days.rows",
        "findings.all",
        "records.ended",
        "overrides.current",
        "audit.entries",
    ],
)
def test_a_section_reports_a_defect_of_the_bot_and_the_log_has_it(world: World, broken: str) -> None:
    logged: list[tuple[str, Exception]] = []
    stage = Stage(world, on_defect=lambda what, error: logged.append((what, error)))
    paid(world, "staging", 10, 11, 12, 15)

    def breaks(method: str) -> None:
        if method == broken:
            raise KeyError("no such thing")

    world.store.before_call(breaks)
    answer = stage.ask("digest")
    fields = [f"{field.label}: {field.value}" for field in telling.fields(answer)]
    assert BROKEN in str((*fields, *telling.notes(answer)))
    assert "23 February to 1 March" in answer.headline
    assert logged
    assert {type(error) for _, error in logged} == {KeyError}


def test_back_filled_weeks_are_compared_by_tasks_alone(stage: Stage, world: World, golden: Golden) -> None:
    """One environment has a back-filled week before; nobody watched the other on the Friday of that week."""
    paid(world, "staging", 5, source=Source.INSIGHTS)
    week_before = world.store.memory.usage.pop()
    world.store.memory.usage.append(replace(week_before, day=week_before.day - timedelta(days=7)))
    paid(world, "staging", 40, priced="price list 2026-03-01")
    paid(
        world,
        "staging",
        7,
        service="db",
        item="rds.db.t4g.medium.postgres.single",
        priced="price list 2026-03-01",
    )
    paid(world, "qa-eu", 4, 9, priced="price list 2026-03-01")
    since = world.clock.at - timedelta(days=30)
    friday = WEEK.first - timedelta(days=3)
    gone = datetime(friday.year, friday.month, friday.day, tzinfo=UTC)
    week = datetime(WEEK.first.year, WEEK.first.month, WEEK.first.day, tzinfo=UTC)
    world.store.memory.watched["staging"] = [Watched("staging", week, world.clock.at)]
    world.store.memory.watched["qa-eu"] = [
        Watched("qa-eu", since, gone),
        Watched("qa-eu", gone + timedelta(hours=9), world.clock.at),
    ]
    answer = stage.ask("digest")
    assert (answer.headline, telling.notes(answer)) == golden
