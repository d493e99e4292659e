"""`/env schedule`: the week and what comes next; and how a schedule is set and removed from Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.gate.advance import Advance
from handlers.gate.dispatch import Gate
from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied
from handlers.words.result import NotUnderstood, Reply
from policies.access.grants import Grant
from policies.access.people import Actor, Role
from policies.capacity.facts import Capacity, SavedCapacity
from policies.cost.fargate import EC2, TaskSize
from policies.schedule.rows import ScheduleRow, governing
from policies.schedule.schedule import Holidays, Schedule
from policies.schedule.words import ScheduleError
from policies.service.environment import Tier
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage, request
from tests.handlers.world import ADA, DEV, OLU, VIC, environment

WEEK = "Mon-Fri 08:00-20:00 Europe/Berlin"
SINCE = datetime(2026, 3, 1, 9, tzinfo=UTC)
ROW = ScheduleRow("staging", WEEK, since=SINCE)


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    """Monday 10:00 in Berlin."""
    stage.store.catalog.write(CatalogChange(put_schedules=(ROW,)))
    return stage


def fields(outcome: Reply) -> dict[str, str]:
    return {f.label: f.value for f in telling.fields(outcome)}


def set_(stage: Stage, when: str, *, on: str = "qa-eu", who: Actor = OLU) -> Reply:
    return stage.ask("reschedule", on, arguments={"when": when}, who=who)


def row_of(stage: Stage, name: str = "qa-eu") -> ScheduleRow | None:
    state = stage.store.catalog.read()
    place = state.environment(name)
    assert place is not None
    return governing(place, state.schedules)


def test_the_week_is_a_strip_with_what_comes_next_and_who_set_it(stage: Stage, golden: Golden) -> None:
    told = stage.ask("schedule", "staging", who=VIC)
    assert told.headline == golden
    [strip] = telling.logs(told)
    assert strip.title.startswith(WEEK)
    assert strip.title == golden
    assert len(strip.lines) == 8
    assert strip.lines[1] == golden
    assert fields(told) == golden


def test_an_override_is_shown_and_taken_into_account(stage: Stage, golden: Golden) -> None:
    stage.ask("keep", "staging", arguments={"words": 'until 23:00 "smoke test"'})
    told = stage.ask("schedule", "staging", who=VIC)
    assert told.headline == golden
    found = fields(told)
    assert found["Next"] == golden
    assert found["Override"] == golden
    assert [o.label for o in telling.offers(told)] == ["Undo"]


def test_a_schedule_that_only_observes_says_so(stage: Stage, golden: Golden) -> None:
    stage.store.catalog.write(
        CatalogChange(put_schedules=(ScheduleRow("qa-*", WEEK, "observe", since=SINCE),))
    )
    told = stage.ask("schedule", "qa-eu")
    assert told.headline == golden
    assert fields(told)["Next"] == golden
    assert fields(told)["Mode"] == golden
    assert fields(told)["Set by"] == golden


def test_transitions_that_are_far_apart_are_found(stage: Stage, golden: Golden) -> None:
    row = ScheduleRow("qa-eu", "Mon#1 08:00-20:00 Europe/Berlin", since=SINCE)
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    told = fields(stage.ask("schedule", "qa-eu"))
    assert told["Next"] == golden


def test_an_environment_without_a_schedule_says_how_to_set_one(stage: Stage, golden: Golden) -> None:
    told = stage.ask("schedule", "qa-eu")
    assert told.headline == golden
    assert telling.notes(told)[0] == golden


def test_the_question_shows_the_hours_and_what_the_schedule_says_now(stage: Stage, golden: Golden) -> None:
    shown = set_(stage, WEEK)
    assert (telling.status(shown), shown.headline) == ("needs confirmation", "Scheduling `qa-eu`:")
    hours, off, now, _ = telling.notes(shown)
    assert (hours, off, now) == golden
    assert [o.label for o in telling.offers(shown)] == ["Set this schedule"]
    assert row_of(stage) is None
    done = stage.press(telling.offers(shown)[0], who=OLU)
    assert telling.status(done) == "succeeded"
    assert f" {WEEK} " in done.headline
    row = row_of(stage)
    assert row == ScheduleRow("qa-eu", WEEK, since=stage.world.clock.now(), origin="slack", set_by="Olu")


def test_the_question_shows_the_cost(stage: Stage, golden: Golden) -> None:
    services = stage.world.aws("qa-eu").services
    for name in ("web", "orders-api"):
        services.put(stage.world.aws().services.known()[name])
    services.size(TaskSize("web", 0.5, 1))
    services.size(TaskSize("orders-api", 1, 2, bought=EC2))
    shown = set_(stage, WEEK)
    assert telling.notes(shown)[-1] == golden
    services.count("web", 6)  # no reason to show the plan again
    assert telling.status(stage.press(telling.offers(shown)[0], who=OLU)) == "succeeded"


def test_the_cost_of_an_environment_that_is_off_is_that_of_what_was_saved(stage: Stage) -> None:
    services = stage.world.aws("qa-eu").services
    services.put(stage.world.aws().services.known()["web"])
    awake = telling.notes(set_(stage, WEEK))[-1]
    saved = SavedCapacity({"web": Capacity(2)}, stop_id="op-1")
    stage.store.book.capacities.write("qa-eu", saved)
    services.count("web", 0)
    assert telling.notes(set_(stage, WEEK))[-1] == awake


def test_an_unreadable_cost_holds_up_no_schedule(stage: Stage, golden: Golden) -> None:
    stage.world.aws("qa-eu").script.fail("sizes", Denied("AWS did not allow it."))
    shown = set_(stage, WEEK)
    assert telling.notes(shown)[-1] == golden
    assert telling.offers(shown)


def test_a_schedule_that_is_down_now_says_so_and_offers_a_stop(stage: Stage, golden: Golden) -> None:
    stage.world.aws("qa-eu").services.put(stage.world.aws().services.known()["web"])
    shown = set_(stage, "Mon-Fri 11:00-20:00 Europe/Berlin")
    assert telling.notes(shown)[2] == golden
    assert [(o.label, o.operation) for o in telling.offers(shown)] == [
        ("Set this schedule", "reschedule"),
        ("Stop now", "stop"),
    ]


def test_only_the_schedule_that_was_shown_is_set(stage: Stage) -> None:
    """Between showing and pressing the schedule went down, which was not promised."""
    shown = set_(stage, WEEK)
    stage.world.clock.at += timedelta(minutes=50)
    assert telling.status(stage.press(telling.offers(shown)[0], who=OLU)) == "succeeded"
    later = set_(stage, "Mon-Fri 08:00-11:00 Europe/Berlin")
    stage.world.clock.at += timedelta(minutes=30)
    again = stage.press(telling.offers(later)[0], who=OLU)
    assert telling.status(again) == "needs confirmation"
    row = row_of(stage)
    assert row is not None
    assert row.text == WEEK


def test_the_hidden_argument_alone_confirms_nothing(stage: Stage) -> None:
    answer = stage.ask("reschedule", "qa-eu", arguments={"when": WEEK, "shown": "yes"}, who=OLU)
    assert telling.status(answer) == "needs confirmation"
    assert row_of(stage) is None


@pytest.mark.parametrize(
    ("when", "named"),
    [
        ("Mon-Fri 08:00-20:00 IST", '"IST"'),
        ("Mon-Fri 08:00-08:00 Europe/Berlin", '"08:00-08:00"'),
        ("weekdays", "has no hours"),
        ("", "is empty"),
        ("observe", "is empty"),
    ],
)
def test_a_text_that_is_no_schedule_gets_one_sentence_and_changes_nothing(
    stage: Stage, when: str, named: str
) -> None:
    answer = set_(stage, when)
    assert isinstance(answer, NotUnderstood)
    assert named in answer.headline
    assert (row_of(stage), stage.operations(), stage.entries()) == (None, [], [])


@pytest.mark.parametrize(
    "when",
    [
        "Sun-Fri 00:00-23:59 Europe/Berlin",
        "06:00-23:59, 00:00-01:00 Europe/Berlin",
        "observe Mon-Fri 08:00-10:00, Mon-Fri 10:01-20:00 Europe/Berlin",
        "Mon-Fri 08:00-08:05 Europe/Berlin",
        "2025-12-24T08:00/2025-12-26T20:00 Europe/Berlin",
        "stop 2025-12-24T08:00 Europe/Berlin",
        "Mon-Fri 08:00-20:00 Europe/Berlin except 2024-12-24",
    ],
)
def test_a_schedule_that_stops_everything_for_a_moment_or_is_over_is_refused(
    stage: Stage, when: str, golden: Golden
) -> None:
    answer = set_(stage, when)
    assert (telling.status(answer), telling.rule(answer)) == ("not understood", "schedule.unfit")
    assert answer.headline == golden
    assert row_of(stage) is None


def test_a_schedule_that_is_over_when_confirmed_is_refused(stage: Stage) -> None:
    shown = set_(stage, "Mon-Fri 08:00-20:00, 2026-03-02T06:00/2026-03-02T10:05 Europe/Berlin")
    stage.world.clock.at += timedelta(minutes=6)
    late = stage.press(telling.offers(shown)[0], who=OLU)
    assert telling.rule(late) == "schedule.unfit"
    assert row_of(stage) is None


@pytest.mark.parametrize(
    "when",
    [
        "Mon-Fri Nov-Apr 08:00-20:00 Europe/Berlin",
        "Mon-Fri start 08:00 Europe/Berlin",
        "Mon-Fri 08:00-20:00, Sat start 10:00, L stop 22:00 Europe/Berlin",
    ],
)
def test_seasons_and_rules_of_one_side_are_promised_set_and_shown(
    stage: Stage, when: str, golden: Golden
) -> None:
    shown = set_(stage, when)
    assert telling.notes(shown) == golden
    assert telling.status(stage.press(telling.offers(shown)[0], who=OLU)) == "succeeded"
    told = stage.ask("schedule", "qa-eu", who=OLU)
    assert (told.headline, fields(told), telling.logs(told)[0]) == golden


def test_production_is_refused_unless_the_catalog_says_so(stage: Stage) -> None:
    answer = set_(stage, WEEK, on="production", who=ADA)
    assert (telling.status(answer), telling.rule(answer)) == ("refused", "safeguards.production")
    half = environment("half", open_to=frozenset({"reschedule", "stop"}), tier=Tier.PRODUCTION)
    mine = Grant(OLU.id, Role.OPERATOR, "half")
    stage.store.catalog.write(CatalogChange(put_environments=(half,), put_grants=(mine,)))
    refused = set_(stage, WEEK, on="half")
    assert (telling.status(refused), telling.rule(refused)) == ("refused", "safeguards.schedule")
    assert row_of(stage, "half") is None


def test_a_schedule_owned_by_a_file_is_not_set_from_slack(stage: Stage, golden: Golden) -> None:
    for answer in (set_(stage, "always", on="staging"), stage.ask("unschedule", "staging", who=OLU)):
        assert telling.status(answer) == "not possible"
        assert answer.headline == golden(name="owner")
    assert row_of(stage, "staging") == ROW


def test_a_pattern_in_a_file_gives_way_to_a_name_and_is_named(stage: Stage, golden: Golden) -> None:
    stage.store.catalog.write(
        CatalogChange(put_schedules=(ScheduleRow("qa-*", WEEK, "observe", since=SINCE),))
    )
    shown = set_(stage, "always")
    assert telling.note(shown, "`qa-*`") == golden
    stage.press(telling.offers(shown)[0], who=OLU)
    row = row_of(stage)
    assert row is not None
    assert (row.text, row.origin) == ("always", "slack")


def test_a_schedule_may_only_observe(stage: Stage, golden: Golden) -> None:
    shown = set_(stage, f"observe {WEEK}")
    assert telling.notes(shown)[0].startswith(f"{WEEK} (observe)")
    assert telling.note(shown, "only observes") == golden
    stage.press(telling.offers(shown)[0], who=OLU)
    row = row_of(stage)
    assert row is not None
    assert row.mode == "observe"


def test_the_same_schedule_again_is_unchanged_and_keeps_its_beginning(stage: Stage) -> None:
    stage.press(telling.offers(set_(stage, WEEK))[0], who=OLU)
    before = row_of(stage)
    stage.world.clock.at += timedelta(hours=1)
    assert telling.status(set_(stage, "Mon-Fri 8:00-20:00 europe/berlin")) == "unchanged"
    assert row_of(stage) == before


def test_a_developer_sets_nothing(stage: Stage) -> None:
    assert telling.status(set_(stage, WEEK, who=DEV)) == "refused"
    assert row_of(stage) is None


def test_a_schedule_set_in_slack_is_removed_after_it_was_shown(stage: Stage, golden: Golden) -> None:
    stage.press(telling.offers(set_(stage, WEEK))[0], who=OLU)
    shown = stage.ask("unschedule", "qa-eu", who=OLU)
    assert telling.status(shown) == "needs confirmation"
    was, then = telling.notes(shown)
    assert was.startswith(f"{WEEK} (act)")
    assert then == golden
    done = stage.press(telling.offers(shown)[0], who=OLU)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert row_of(stage) is None
    assert telling.status(stage.ask("unschedule", "qa-eu", who=OLU)) == "unchanged"


def test_an_unknown_holiday_calendar_is_refused(stage: Stage, golden: Golden) -> None:
    def unknown(schedule: Schedule) -> Holidays:
        raise ScheduleError("there is no calendar of ZZ.")

    parts = replace(stage.parts, holidays=unknown)
    arguments = {"when": f"{WEEK} except holidays ZZ"}
    asked = request("reschedule", "qa-eu", arguments=arguments, who=OLU)
    answer = Gate(parts, Advance(parts)).handle(asked)
    assert telling.status(answer) == "not understood"
    assert answer.headline == golden
