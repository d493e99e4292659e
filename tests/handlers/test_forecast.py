"""`/env forecast`: the next seven days of what the actor may see."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.ports.store import CatalogChange
from handlers.typed.reading import read
from handlers.typed.room import Room
from handlers.typed.values import Names, Parsed
from handlers.words.errors import Unanswered
from policies.access.grants import Grant
from policies.access.people import Role
from policies.schedule.rows import ScheduleRow
from policies.times.moments import plain
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import DEV, NIA, OLU, VIC, environment, service

WEEK = "Mon-Fri 08:00-20:00 Europe/Berlin"
SINCE = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def scheduled(stage: Stage) -> Stage:
    """Monday 10:00 in Berlin."""
    rows = (
        ScheduleRow("staging", WEEK, since=SINCE),
        ScheduleRow("qa-*", "Sat 10:00-12:00 UTC", "observe", since=SINCE),
    )
    stage.store.catalog.write(CatalogChange(put_schedules=rows))
    return stage


def table(stage: Stage, who: object = DEV) -> tuple[tuple[str, ...], ...]:
    told = stage.ask("forecast", who=who)
    return telling.table(told).rows if telling.table(told) else ()


def test_each_environment_i_may_see_is_shown_day_by_day(stage: Stage, golden: Golden) -> None:
    observed, acted = table(stage)
    assert (observed[0], acted[0]) == ("qa-eu", "staging")
    assert observed[1:] == golden
    assert acted[2] == golden


def test_an_environment_i_may_not_see_is_not_shown(stage: Stage, golden: Golden) -> None:
    assert [row[0] for row in table(stage, VIC)] == ["staging"]
    assert stage.ask("forecast", who=NIA).headline == golden


def test_an_override_moves_the_next_transition(stage: Stage) -> None:
    stage.ask("keep", "staging", arguments={"words": "until 23:00"})
    row = table(stage, VIC)[0]
    assert "Dev until 23:00" in plain(row[1])
    assert "off 23:00" in row[2]


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Mon-Fri Apr-Sep 08:00-20:00 Europe/Berlin", set()),
        ("3,5 08:00-20:00 Europe/Berlin", {("Tue 3", "on 08:00"), ("Thu 5", "off 20:00")}),
        ("Mon-Fri start 08:00 Europe/Berlin", {("Tue 3", "on 08:00"), ("Fri 6", "on 08:00")}),
        ("Tue 08:00-20:00, Wed stop 21:00 Europe/Berlin", {("Tue 3", "off 20:00"), ("Wed 4", "off 21:00")}),
    ],
    ids=["another season", "days of the month", "starts alone", "one side beside a window"],
)
def test_a_forecast_reads_all_that_a_schedule_can_say(
    stage: Stage, text: str, seen: set[tuple[str, str]]
) -> None:
    row = ScheduleRow("staging", text, since=SINCE)
    stage.store.catalog.write(CatalogChange(put_schedules=(row,)))
    told = table(stage, VIC)[0][2]
    days = [day.partition(": ") for day in told.removesuffix(" (Europe/Berlin)").split(" · ")]
    found = {(day, edge) for day, _, edges in days for edge in edges.split(", ")}
    assert seen <= found and (seen or "on 08:00" not in told), told


def test_environments_without_a_schedule_are_counted(stage: Stage, golden: Golden) -> None:
    stage.store.catalog.write(CatalogChange(put_environments=(environment("bare"),)))
    (bare,) = telling.notes(stage.ask("forecast", who=OLU))
    assert bare == golden


def fleet(stage: Stage, count: int) -> None:
    names = [f"pr-{n:03}" for n in range(count)]
    for name in names[:5]:
        for n in range(15):
            stage.world.aws(name).services.put(service(f"web-{n}"))
    stage.store.catalog.write(
        CatalogChange(
            put_environments=tuple(environment(name) for name in names),
            put_schedules=(ScheduleRow("pr-*", "Mon-Fri 08:00-18:00 UTC", since=SINCE),),
        )
    )


def test_the_forecast_says_when_a_large_fleet_will_really_be_down(stage: Stage, golden: Golden) -> None:
    fleet(stage, 100)
    told = stage.ask("forecast", who=OLU)
    (late,) = telling.notes(told)
    assert late == golden


def test_a_fleet_whose_services_aws_does_not_tell_is_said_to_be_uncounted(
    stage: Stage, golden: Golden
) -> None:
    fleet(stage, 10)
    for n in range(5):
        stage.world.aws(f"pr-{n:03}").script.fail("members", Unanswered("No answer."))
    [note] = telling.notes(stage.ask("forecast", who=OLU))
    assert note == golden


def test_more_than_a_page_is_behind_a_button(stage: Stage, golden: Golden) -> None:
    fleet(stage, 30)
    told = stage.ask("forecast", who=OLU)
    assert told.headline == golden
    assert len(telling.table(told).rows) == 20
    [more] = telling.offers(told)
    assert more.label == "12 more"
    rest = stage.press(more, who=OLU)
    assert [row[0] for row in telling.table(rest).rows][-2:] == ["qa-eu", "staging"]


def test_a_schedule_that_never_changes_says_so(stage: Stage) -> None:
    lone = Grant(NIA.id, Role.VIEWER, "lit")
    stage.store.catalog.write(
        CatalogChange(
            put_environments=(environment("lit"),),
            put_grants=(lone,),
            put_schedules=(ScheduleRow("lit", "always", since=SINCE),),
        )
    )
    assert table(stage, NIA) == (("lit", "up by schedule", "nothing changes (UTC)"),)


def test_one_environment_can_be_named(stage: Stage, golden: Golden) -> None:
    told = stage.ask("forecast", "staging", who=DEV)
    assert told.headline == golden
    assert [row[0] for row in telling.table(told).rows] == ["staging"]
    assert telling.notes(told) == ()


def test_a_named_environment_without_a_schedule_is_said_to_have_none(stage: Stage, golden: Golden) -> None:
    stage.store.catalog.write(CatalogChange(put_environments=(environment("bare"),)))
    assert stage.ask("forecast", "bare", who=OLU).headline == golden


def test_a_named_environment_that_i_may_not_view_is_one_that_does_not_exist(stage: Stage) -> None:
    unknown, hidden = stage.ask("forecast", "no-such", who=VIC), stage.ask("forecast", "qa-eu", who=VIC)
    assert telling.status(hidden) == telling.status(unknown) == "not found"
    assert hidden.headline == unknown.headline.replace("no-such", "qa-eu")


def test_a_named_environment_is_told_of_the_fleet_that_it_stops_with_and_of_no_other(stage: Stage) -> None:
    fleet(stage, 30)
    assert telling.notes(stage.ask("forecast", "staging", who=OLU)) == ()
    (late,) = telling.notes(stage.ask("forecast", "pr-007", who=OLU))
    assert late.startswith("30 environments stop at 18:00")
    told = stage.ask("forecast", "pr-007", who=OLU)
    assert ([row[0] for row in telling.table(told).rows], telling.offers(told)) == (["pr-007"], ())


def typed(line: str, here: str = "") -> Parsed:
    found = read(line, Room(REGISTRY, "/env", Names(frozenset({"staging", "qa-eu"}), here=here)))
    assert isinstance(found, Parsed), found
    return found


@pytest.mark.parametrize("line", ["forecast staging", "staging forecast", "forecast environment=staging"])
def test_the_environment_is_typed_before_or_after(line: str) -> None:
    parsed = typed(line)
    assert (parsed.operation, parsed.environment) == ("forecast", "staging")


def test_without_a_name_all_are_told_of_in_the_channel_of_one_too() -> None:
    parsed = typed("forecast", here="staging")
    assert (parsed.operation, parsed.environment) == ("forecast", "")
