"""The catalog as values: what is wrong with it, and how two differ."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies.access.grants import Grant
from policies.access.people import Role
from policies.catalog.difference import difference
from policies.catalog.mistakes import half_open, idle, mistakes, overlaps
from policies.catalog.schedules import effective, unfit, unmatched
from policies.catalog.values import Wanted, from_json, to_json
from policies.schedule.rows import ScheduleRow, Terms
from policies.service.approved import ApprovedTask
from policies.service.environment import AppConfig, ClusterPick, Environment, Flag, TagPick, Tier
from tests.golden import Golden
from tests.policies.make import BEGAN, environment

ADA = Grant("slack:T0HOME:U0ADA", Role.ADMIN)
STAGING, QA = (
    environment(),
    environment("qa-eu", pick=TagPick(("qa",), "env", "eu"), open_to=frozenset({"restart"})),
)
WANTED = Wanted(
    (STAGING, QA), (ADA, Grant("slack:T0HOME:U0DEV", Role.DEVELOPER, "qa-*", until=BEGAN)), {"a": "b"}
)


def test_a_written_catalog_is_read_back_whatever_the_order_of_environments() -> None:
    assert from_json(to_json(WANTED)).grants == WANTED.grants
    assert set(from_json(to_json(WANTED)).environments) == {STAGING, QA}
    assert to_json(replace(WANTED, environments=(QA, STAGING))) == to_json(WANTED)


def test_a_good_catalog_has_no_mistakes() -> None:
    assert mistakes(WANTED, Wanted()) == ()


@pytest.mark.parametrize(
    "grant",
    [
        None,
        replace(ADA, role=Role.OPERATOR),
        replace(ADA, subject="console:kim"),
        replace(ADA, subject="group:T0HOME:S0TEAM"),
        replace(ADA, until=BEGAN),
    ],
)
@pytest.mark.parametrize("current", [Wanted(), WANTED], ids=["the first", "a later one"])
def test_every_catalog_names_an_admin_who_is_a_person_and_stays_one(
    grant: Grant | None, current: Wanted, golden: Golden
) -> None:
    found = mistakes(Wanted((STAGING,), (grant,) if grant else ()), current)
    (nobody,) = (said for said in found if " person " in said)
    assert nobody == golden(name="nobody")


def test_an_environment_made_in_slack_is_not_taken_over_by_its_name(golden: Golden) -> None:
    current = Wanted((replace(STAGING, origin="slack"), QA), (ADA,))
    (said,) = mistakes(WANTED, current)
    assert said == golden
    assert difference(current, WANTED).put_environments == ()


def test_a_group_is_admin_only_if_the_setting_allows_it() -> None:
    group = Grant("group:T0HOME:S0TEAM", Role.ADMIN)
    assert len(mistakes(Wanted((), (ADA, group)), Wanted())) == 1
    assert mistakes(Wanted((), (ADA, group), {"group_admins": "true"}), Wanted()) == ()


def test_an_invalid_name_is_a_mistake(golden: Golden) -> None:
    (said,) = mistakes(Wanted((environment("QA_1"),), (ADA,)), Wanted())
    assert said == golden


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        (environment("a", pick=ClusterPick("c")), environment("b", pick=ClusterPick("c")), 1),
        (environment("a", pick=ClusterPick("c")), environment("b", pick=TagPick(("c",), "k", "v")), 1),
        (
            environment("a", pick=TagPick(("c",), "k", "v")),
            environment("b", pick=TagPick(("c",), "k", "w")),
            0,
        ),
        (
            environment("a", pick=TagPick(("c", "d"), "k", "v")),
            environment("b", pick=TagPick(("c",), "k", "v")),
            1,
        ),
        (
            environment("a", pick=TagPick(("c",), "k", "v"), tier=Tier.PRODUCTION),
            environment("b", pick=TagPick(("c",), "k", "w")),
            1,
        ),
        (
            environment("a", pick=ClusterPick("c")),
            environment("b", pick=ClusterPick("c"), account="2" * 12),
            0,
        ),
    ],
)
def test_environments_that_select_the_same_services_overlap(
    one: Environment, other: Environment, count: int
) -> None:
    assert len(overlaps((one, other))) == len(overlaps((other, one))) == count


def test_equal_catalogs_differ_in_no_line() -> None:
    found = difference(WANTED, WANTED)
    assert (found.lines, found.put_environments, found.put_grants) == ((), (), ())


def test_a_difference_touches_only_what_files_own() -> None:
    slack = Grant("slack:T0HOME:U0VIC", Role.VIEWER, origin="slack")
    current = replace(WANTED, grants=(*WANTED.grants, slack))
    found = difference(current, Wanted((replace(STAGING, owner="Ada"),), (ADA,), {}))
    assert [e.name for e in found.put_environments] == ["staging"]
    assert found.remove_environments == ("qa-eu",)
    assert [g.subject for g in found.remove_grants] == ["slack:T0HOME:U0DEV"]
    assert found.remove_settings == ("a",)
    assert len(found.kept) == 1
    assert "slack:T0HOME:U0VIC" in found.kept[0]


def test_environments_and_settings_made_in_slack_are_kept_and_shown(golden: Golden) -> None:
    mine = replace(STAGING, name="pr-1", origin="slack")
    current = Wanted(
        (mine,), (ADA,), {"a": "b", "colour": "blue", "size": "1"}, frozenset({"colour", "size"})
    )
    found = difference(current, Wanted((), (ADA,), {"size": "2"}))
    assert (found.remove_environments, found.remove_settings, found.put_settings) == ((), ("a",), {})
    assert found.lines == ("- setting a",)
    assert found.kept == golden


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (replace(ADA, role=Role.VIEWER), "role: admin -> viewer"),
        (replace(ADA, until=BEGAN), f"until: no end -> {BEGAN.isoformat(' ', 'seconds')}"),
        (
            replace(ADA, role=Role.VIEWER, until=BEGAN),
            f"role: admin -> viewer, until: no end -> {BEGAN.isoformat(' ', 'seconds')}",
        ),
    ],
)
def test_a_grant_that_changes_in_place_is_shown_as_a_change_and_not_as_new(after: Grant, said: str) -> None:
    found = difference(Wanted(grants=(ADA,)), Wanted(grants=(after,)))
    (line,) = found.lines
    assert line.startswith("~ grant ") and line.endswith(f" slack:T0HOME:U0ADA ({said})")
    assert (found.put_grants, found.remove_grants) == ((after,), ())


WEEK = "Mon-Fri 08:00-20:00 Europe/Berlin"
ON = ScheduleRow("staging", WEEK)
PRODUCTION = environment("production", tier=Tier.PRODUCTION, open_to=frozenset({"stop"}))


def scheduled(*rows: ScheduleRow) -> Wanted:
    return Wanted((STAGING, PRODUCTION), (ADA,), schedules=rows)


def test_schedules_databases_and_the_order_of_starting_are_read_back() -> None:
    terms = Terms(notice=timedelta(minutes=45), longest=timedelta(days=3))
    place = replace(STAGING, databases=("db", "cluster:aurora"), start_order=(("api",), ("web", "worker")))
    wanted = Wanted(
        (place,), (ADA,), schedules=(replace(ON, mode="observe", terms=terms), replace(ON, pattern="pr-*"))
    )
    read = from_json(to_json(wanted))
    assert read.environments == wanted.environments
    assert set(read.schedules) == set(wanted.schedules)


@pytest.mark.parametrize(
    "row",
    [
        replace(ON, text="Mon-Fri 08:00-20:00 IST"),
        replace(ON, text="Mon 09:00-09:00 UTC"),
        replace(ON, pattern="stagin"),
        replace(ON, pattern="production"),
    ],
    ids=["zone", "hours", "environment", "production"],
)
def test_an_invalid_or_misplaced_schedule_is_a_mistake(row: ScheduleRow, golden: Golden) -> None:
    [said] = mistakes(scheduled(row), Wanted())
    assert said.startswith("schedules: ")
    assert said == golden


def test_two_schedules_on_the_same_pattern_are_a_mistake(golden: Golden) -> None:
    rows = (replace(ON, pattern="pr-*"), replace(ON, pattern="pr-*", text="always"))
    (said,) = mistakes(scheduled(*rows), Wanted())
    assert said == golden


def test_a_pattern_that_covers_nothing_is_reported_but_is_no_mistake(golden: Golden) -> None:
    wanted = scheduled(replace(ON, pattern="pr-*"), replace(ON, pattern="prod*"), ON)
    assert mistakes(wanted, Wanted()) == ()
    one, other = unmatched(wanted.schedules, wanted.environments)
    assert "'pr-*'" in one and "'prod*'" in other
    assert one == golden


@pytest.mark.parametrize(
    ("sign", "before", "after"),
    [
        ("+", None, ON),
        ("-", ON, None),
        ("~", ON, replace(ON, text="always")),
        ("~", ON, replace(ON, mode="observe")),
        ("~", ON, replace(ON, terms=Terms(notice=timedelta(minutes=45)))),
        ("+", None, replace(ON, text="Mon-Fri stop 19:00 UTC", terms=Terms(postpone=timedelta(0)))),
    ],
    ids=["new", "gone", "hours", "mode", "terms", "stops only"],
)
def test_a_changed_schedule_is_one_line_with_its_hours(
    sign: str, before: ScheduleRow | None, after: ScheduleRow | None, golden: Golden
) -> None:
    current, wanted = scheduled(*filter(None, [before])), scheduled(*filter(None, [after]))
    found = difference(current, wanted)
    (line,) = found.lines
    assert line[0] == sign
    assert line == golden
    assert found.put_schedules == ((after,) if after else ())
    assert found.remove_schedules == ((before,) if not after and before else ())


def test_start_time_and_author_of_a_schedule_make_no_difference() -> None:
    stored = replace(ON, since=BEGAN, set_by="Ada")
    assert difference(scheduled(stored), scheduled(ON)).lines == ()


def test_schedules_from_slack_are_kept_and_shown_as_idle_if_a_file_overrides_them(golden: Golden) -> None:
    slack = replace(ON, text="always", origin="slack", set_by="Olu")
    other = replace(slack, pattern="pr-7", set_by="")
    found = difference(scheduled(slack, other), scheduled(ON))
    assert (found.put_schedules, found.remove_schedules) == ((ON,), ())
    assert len(found.lines) == 1
    assert found.kept == golden


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"terms": Terms(notice=timedelta(minutes=45))}, True),
        ({"text": "always"}, False),
        ({"mode": "observe"}, False),
    ],
)
def test_changed_terms_do_not_restart_a_schedule(changed: dict[str, Any], kept: bool) -> None:
    now = BEGAN + timedelta(days=1)
    wanted = replace(ON, since=now, **changed)
    assert effective(wanted, replace(ON, since=BEGAN)).since == (BEGAN if kept else now)
    assert effective(wanted, None).since == now


VIC = Grant("slack:T0HOME:U0VIC", Role.VIEWER, "staging")


@pytest.mark.parametrize(
    "grant",
    [
        replace(VIC, pattern="stagin"),
        replace(VIC, pattern="pr-*"),
        replace(VIC, pattern="produ*"),
        replace(VIC, until=BEGAN),
        replace(VIC, until=BEGAN - timedelta(days=900), pattern="stagin"),
    ],
)
def test_a_grant_that_gives_nothing_is_reported_with_the_reason(grant: Grant, golden: Golden) -> None:
    assert idle((ADA, grant), (STAGING, PRODUCTION), now=BEGAN) == golden
    assert mistakes(Wanted((STAGING, PRODUCTION), (ADA, grant)), Wanted()) == ()


@pytest.mark.parametrize(
    "grant",
    [
        VIC,
        replace(VIC, pattern="stag*"),
        replace(VIC, pattern="production"),
        replace(VIC, pattern="*"),
        replace(VIC, until=BEGAN + timedelta(seconds=1)),
    ],
)
def test_a_grant_that_gives_something_is_not_reported(grant: Grant) -> None:
    assert idle((ADA, grant), (STAGING, PRODUCTION), now=BEGAN) == ()
    assert idle((replace(VIC, pattern="*"),), (), now=BEGAN) == ()


GAP = "Sun-Fri 00:00-23:59 Europe/Berlin"
LAST_YEAR = f"{WEEK} except 2024-12-24"


@pytest.mark.parametrize(
    ("before", "after", "refused", "told"),
    [
        (None, GAP, ["did you mean"], []),
        (None, LAST_YEAR, ['"2024-12-24" is over'], []),
        (None, "stop 2025-12-24T08:00 UTC", ['"stop 2025-12-24T08:00" is over'], []),
        (GAP, GAP, [], ["did you mean"]),
        (LAST_YEAR, LAST_YEAR, [], ['"2024-12-24" is over']),
        # An edited line is refused for what is new in it, and what it said before is still told.
        (LAST_YEAR, f"{LAST_YEAR}, 2026-12-24", [], ['"2024-12-24" is over']),
        (LAST_YEAR, f"{LAST_YEAR}, 2024-12-31", ['"2024-12-31" is over'], ['"2024-12-24" is over']),
        (WEEK, GAP, ["did you mean"], []),
        ("no schedule any more", GAP, ["did you mean"], []),
        (WEEK, "no schedule", [], []),
        (WEEK, WEEK, [], []),
    ],
)
def test_a_new_mistake_in_a_schedule_is_refused_and_an_old_one_only_reported(
    before: str | None, after: str, refused: list[str], told: list[str]
) -> None:
    current = [replace(ON, text=before)] if before else []
    found = unfit([replace(ON, text=after)], current, BEGAN)
    for said, wanted in ((found.refused, refused), (found.told, told)):
        assert [want in each for each, want in zip(said, wanted, strict=True)] == [True] * len(wanted)
        assert all(each.startswith("staging: ") for each in said)


def test_a_mistake_set_in_slack_does_not_excuse_the_same_mistake_in_a_file() -> None:
    slack = replace(ON, text=GAP, origin="slack")
    assert unfit([replace(ON, text=GAP)], [slack], BEGAN).refused


TASKS = (ApprovedTask("db-migrate", "web", "app", family="migrations"),)
STORED = (Flag("checkout", appconfig=AppConfig("a1", "e1", "p1", "checkout")),)


def production(*open_to: str, **fields: Any) -> Environment:
    return environment("production", tier=Tier.PRODUCTION, open_to=frozenset(open_to), **fields)


@pytest.mark.parametrize(
    "where",
    [
        production("run", tasks=TASKS),
        production("flag", flags=STORED),
        production("keep"),
        production("pause", "restart"),
    ],
    ids=["run", "flag", "keep", "pause"],
)
def test_production_open_to_a_change_and_closed_to_its_button_is_told(
    where: Environment, golden: Golden
) -> None:
    assert half_open((where,)) == golden


@pytest.mark.parametrize(
    "where",
    [
        environment(tasks=TASKS, flags=STORED),
        production(),
        production("restart", "start", "stop"),
        production("run", "end", "flag", "withdraw", "keep", "pause", "resume", tasks=TASKS, flags=STORED),
        production("run", "flag", flags=(Flag("checkout", "/app/checkout"),)),
    ],
    ids=["not production", "closed", "no such button", "open to both", "nothing that leads to one"],
)
def test_nothing_is_told_where_every_button_does_something(where: Environment) -> None:
    assert half_open((where,)) == ()
