"""The catalog as values: what is wrong with it, and how two differ."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.access import Grant
from policies.catalog import Wanted, difference, from_json, mistakes, overlaps, to_json
from policies.environment import ClusterPick, Environment, TagPick, Tier
from policies.people import Role
from tests.policies.make import BEGAN, environment

ADA = Grant("slack:T0HOME:U0ADA", Role.ADMIN)
STAGING, QA = (
    environment(),
    environment("qa-eu", pick=TagPick(("qa",), "env", "eu"), open_to=frozenset({"restart"})),
)
WANTED = Wanted(
    (STAGING, QA), (ADA, Grant("slack:T0HOME:U0DEV", Role.DEVELOPER, "qa-*", until=BEGAN)), {"a": "b"}
)


def test_what_is_written_is_read_back_and_the_order_of_environments_does_not_matter() -> None:
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
    grant: Grant | None, current: Wanted
) -> None:
    found = mistakes(Wanted((STAGING,), (grant,) if grant else ()), current)
    assert any("at least one person as admin" in said for said in found)


def test_an_environment_made_in_slack_is_not_taken_over_by_its_name() -> None:
    current = Wanted((replace(STAGING, origin="slack"), QA), (ADA,))
    assert mistakes(WANTED, current) == (
        "environment 'staging' was made in Slack; remove it there or rename this one",
    )
    assert difference(current, WANTED).put_environments == ()


def test_a_group_is_admin_only_if_the_setting_allows_it() -> None:
    group = Grant("group:T0HOME:S0TEAM", Role.ADMIN)
    assert len(mistakes(Wanted((), (ADA, group)), Wanted())) == 1
    assert mistakes(Wanted((), (ADA, group), {"group_admins": "true"}), Wanted()) == ()


def test_a_name_that_is_none_is_a_mistake() -> None:
    assert mistakes(Wanted((environment("QA_1"),), (ADA,)), Wanted()) == (
        "environment 'QA_1': names are [a-z0-9-]",
    )


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
def test_rules_that_pick_the_same_services_overlap(one: Environment, other: Environment, count: int) -> None:
    assert len(overlaps((one, other))) == len(overlaps((other, one))) == count


def test_no_difference_is_no_lines() -> None:
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


def test_environments_and_settings_made_in_slack_are_kept_and_shown() -> None:
    mine = replace(STAGING, name="pr-1", origin="slack")
    current = Wanted(
        (mine,), (ADA,), {"a": "b", "colour": "blue", "size": "1"}, frozenset({"colour", "size"})
    )
    found = difference(current, Wanted((), (ADA,), {"size": "2"}))
    assert (found.remove_environments, found.remove_settings, found.put_settings) == ((), ("a",), {})
    assert found.lines == ("- setting a",)
    assert found.kept == (
        "environment pr-1 (nonproduction, cluster staging), from slack",
        "setting colour = blue, from slack",
        "setting size = 1, from slack (not 2, as the file says)",
    )


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
def test_a_grant_that_changes_in_place_is_shown_as_a_change_and_not_as_a_gift(
    after: Grant, said: str
) -> None:
    found = difference(Wanted(grants=(ADA,)), Wanted(grants=(after,)))
    assert found.lines == (f"~ grant on * to slack:T0HOME:U0ADA ({said})",)
    assert (found.put_grants, found.remove_grants) == ((after,), ())
