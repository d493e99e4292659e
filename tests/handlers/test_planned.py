"""`/env keep staging on Tue 06:30-09:00`: planned for later, shown first if anything is open, cancellable."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.result import Reply
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow, Terms
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, OLU, VIC

ROW = ScheduleRow("staging", "Mon-Fri 08:00-20:00 Europe/Berlin", since=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    """Monday 10:00 in Berlin; up until 20:00."""
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def keep(stage: Stage, words: str, **rest: Any) -> Reply:
    return stage.ask("keep", "staging", arguments={"words": words}, **rest)


def planned(stage: Stage) -> list[Override]:
    return list(stage.store.book.overrides.current(stage.world.clock.now()))


def test_a_keep_is_planned_for_later_and_can_be_cancelled(stage: Stage, golden: Golden) -> None:
    done = keep(stage, 'on Tue 06:30-09:00 "demo"')
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    [made] = planned(stage)
    assert (made.state, made.reason, made.actor, made.actor_name) == ("up", "demo", DEV.id, "Dev")
    assert made.since == datetime(2026, 3, 3, 5, 30, tzinfo=UTC)
    assert made.until == datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert (made.planned_at, made.begun_at) == (stage.world.clock.now(), None)
    [offer] = telling.offers(done)
    assert offer.label == "Cancel"
    cancelled = stage.ask(offer.operation, "staging", who=OLU, arguments=offer.arguments)
    assert telling.status(cancelled) == "succeeded"
    assert cancelled.headline == golden(name="cancelled")
    assert planned(stage) == []


def test_nothing_is_in_force_before_it_begins(stage: Stage) -> None:
    keep(stage, "until 23:00")
    keep(stage, "Tue 21:00-23:00", who=OLU)
    held, made = planned(stage)
    assert (held.holds(stage.world.clock.now()), held.ended_at) == (True, None)
    assert not made.holds(made.since)


@pytest.mark.parametrize(
    "words", ["tomorrow 6-9am", "06:30-07:30", "Mon 09:30-21:00", "from Sat until Sun 12:00"]
)
def test_what_is_guessed_is_shown_before_it_is_done(stage: Stage, words: str, golden: Golden) -> None:
    answer = keep(stage, words, who=OLU)
    assert telling.status(answer) == "needs confirmation"
    offers = telling.offers(answer)
    assert (answer.headline, [o.label for o in offers]) == golden
    assert planned(stage) == []
    assert telling.status(stage.press(offers[0], who=OLU)) == "succeeded"
    assert len(planned(stage)) == 1


def test_a_plan_that_overlaps_another_says_what_it_replaces_before_it_does(
    stage: Stage, golden: Golden
) -> None:
    keep(stage, 'Tue 06:30-09:00 "demo"')
    keep(stage, "Wed 06:30-09:00")
    first, other = planned(stage)
    answer = keep(stage, "Tue 05:00-07:00", who=OLU)
    assert telling.status(answer) == "needs confirmation"
    assert (answer.headline, telling.notes(answer)) == golden
    assert planned(stage) == [first, other]
    assert telling.status(stage.press(telling.offers(answer)[0], who=OLU)) == "succeeded"
    assert [(o.actor_name, o.since.hour) for o in planned(stage)] == [("Olu", 4), ("Dev", 5)]
    assert stage.store.book.overrides.find(first.id) == replace(
        first, ended_at=stage.world.clock.now(), ended_by="Olu"
    )


def test_a_plan_that_another_covers_is_not_made_twice(stage: Stage, golden: Golden) -> None:
    keep(stage, 'Tue 06:30-09:00 "demo"')
    answer = keep(stage, "Tue 06:45-08:30", who=OLU)
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert [o.label for o in telling.offers(answer)] == ["Cancel"]


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("today 08:00-12:00", "keep.time"),
        ("2026-04-06 06:30-09:00", "overrides.ahead"),
        ("from Tue 06:30 until 2026-03-11 09:00", "overrides.longest"),
    ],
)
def test_what_is_past_or_too_far_or_too_long_is_refused_whoever_asks(
    stage: Stage, words: str, rule: str, golden: Golden
) -> None:
    answer = keep(stage, words, who=OLU)
    assert telling.rule(answer) == rule
    assert answer.headline == golden
    assert (planned(stage), stage.operations()) == ([], [])


def test_how_far_ahead_is_a_term_of_the_schedule(stage: Stage) -> None:
    row = replace(ROW, terms=Terms(ahead=timedelta(days=2)))
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    assert telling.rule(keep(stage, "Sat 06:30-09:00")) == "overrides.ahead"


def test_a_long_plan_needs_an_operator_and_counts_from_the_end_of_the_window(stage: Stage) -> None:
    refused = keep(stage, "Sat 06:00-21:00")
    assert (telling.status(refused), telling.rule(refused)) == ("refused", "access.bounded")
    assert telling.status(keep(stage, "Sat 06:00-20:00")) == "succeeded"
    assert telling.status(keep(stage, "from Thu 10:00 until Fri 10:00")) == "succeeded"
    assert telling.status(keep(stage, "Sun 06:00-21:00", who=OLU)) == "succeeded"


def test_only_an_operator_plans_to_keep_an_environment_off(stage: Stage, golden: Golden) -> None:
    assert telling.status(keep(stage, "off Tue 12:00-14:00")) == "refused"
    done = keep(stage, "off Tue 12:00-14:00", who=OLU)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert [o.state for o in planned(stage)] == ["down"]


def test_a_viewer_plans_nothing(stage: Stage) -> None:
    assert telling.status(keep(stage, "Tue 06:30-09:00", who=VIC)) == "refused"
    assert planned(stage) == []


def test_nothing_is_planned_that_the_schedule_does_anyway_or_that_no_schedule_lets(
    stage: Stage, golden: Golden
) -> None:
    assert keep(stage, "Tue 09:00-12:00").headline == golden(name="anyway")
    bare = stage.ask("keep", "qa-eu", arguments={"words": "Tue 06:30-09:00"})
    assert telling.status(bare) == "unchanged"
    assert bare.headline == golden(name="no schedule")
    stage.store.catalog.write(CatalogChange(put_schedules=(replace(ROW, mode="observe"),)))
    assert keep(stage, "Tue 06:30-09:00").headline == golden(name="observes")
    assert planned(stage) == []


def test_production_is_closed_to_a_planned_keep(stage: Stage) -> None:
    answer = stage.ask("keep", "production", arguments={"words": "Tue 06:30-09:00"}, who=OLU)
    assert telling.status(answer) == "not found"
    assert planned(stage) == []


def test_resume_cancels_the_only_plan_and_asks_which_of_several(stage: Stage, golden: Golden) -> None:
    keep(stage, "Tue 06:30-09:00")
    assert telling.status(stage.ask("resume", "staging")) == "succeeded"
    assert planned(stage) == []
    keep(stage, "Tue 06:30-09:00")
    keep(stage, 'Wed 06:30-09:00 "demo"')
    answer = stage.ask("resume", "staging")
    assert telling.status(answer) == "needs confirmation"
    assert (answer.headline, telling.notes(answer), [o.label for o in telling.offers(answer)]) == golden
    stage.press(telling.offers(answer)[1])
    assert [o.since.day for o in planned(stage)] == [3]


def test_resume_ends_what_is_in_force_and_leaves_what_is_planned(stage: Stage) -> None:
    keep(stage, "until 23:00")
    keep(stage, "Wed 06:30-09:00")
    assert telling.status(stage.ask("resume", "staging")) == "succeeded"
    assert [o.since.day for o in planned(stage)] == [4]


def test_a_plan_is_told_wherever_its_environment_is(stage: Stage, golden: Golden) -> None:
    keep(stage, 'Tue 06:30-07:30 "demo"')
    assert telling.note(stage.ask("status", "staging"), "Planned") == golden(name="status")
    fields = {f.label: f.value for f in telling.fields(stage.ask("schedule", "staging"))}
    assert (fields["Next"], fields["Planned"]) == golden(name="schedule")
    assert telling.table(stage.ask("forecast")).rows == golden(name="forecast")


def test_nobody_lets_a_plan_begin_before_its_time(stage: Stage) -> None:
    keep(stage, "Tue 06:30-09:00")
    [made] = planned(stage)
    words = {"words": "on from 2026-03-03T06:30+0100 until 2026-03-03T09:00+0100", "begins": made.id}
    assert telling.status(stage.ask("keep", "staging", arguments=words)) == "unchanged"
    assert planned(stage) == [made]
