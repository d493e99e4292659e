"""Who may do what, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.access.decision import Allowed, Refused
from policies.access.grants import (
    Grant,
    console,
    decide,
    held,
    identity,
    installation,
    standing,
    subjects,
    visible,
)
from policies.access.people import ClockActor, ConsoleUser, Home, Role, SlackAccount, SlackPerson
from policies.service.environment import Tier
from tests.golden import Golden
from tests.policies.make import BEGAN, environment

DEV = SlackPerson("T0HOME", "U0DEV", "Dev", frozenset({"S0TEAM"}))
STAGING = environment()
PRODUCTION = environment("production", tier=Tier.PRODUCTION)
_NAMES = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
_PATTERNS = st.text(alphabet="abcdpr-*?[]!", min_size=1, max_size=12) | st.just("*")


@given(_NAMES, _PATTERNS, st.sampled_from(Role))
def test_a_pattern_never_matches_a_production_environment(name: str, pattern: str, role: Role) -> None:
    place = environment(name, tier=Tier.PRODUCTION)
    assert Grant("slack:T:U", role, pattern).covers(place) == (pattern == name)


@given(_NAMES)
def test_production_is_granted_by_its_full_name_alone(name: str) -> None:
    place = environment(name, tier=Tier.PRODUCTION)
    assert Grant("s", Role.ADMIN, name).covers(place)
    patterns = (f"{name}*", f"*{name}", "*", f"[{name[0]}]{name[1:]}", f"?{name[1:]}", name.upper() + "*")
    assert not any(Grant("s", Role.ADMIN, p).covers(place) for p in patterns)


@pytest.mark.parametrize("tier", ["production", "", "nonproduction ", "staging", None])
def test_an_unknown_tier_counts_as_production(tier: object) -> None:
    place = environment(tier=cast(Any, tier))
    assert place.production
    assert not Grant("s", Role.ADMIN, "*").covers(place)


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("qa-*", "qa-eu", True),
        ("qa-*", "qa", False),
        ("*", "staging", True),
        ("staging", "staging", True),
        ("staging", "staging-2", False),
        ("pr-???", "pr-142", True),
        ("STAGING", "staging", False),
    ],
)
def test_patterns_cover_other_environments(pattern: str, name: str, covered: bool) -> None:
    assert Grant("s", Role.VIEWER, pattern).covers(environment(name)) is covered


def test_a_person_has_their_own_grants_and_those_of_their_groups() -> None:
    assert subjects(DEV) == {"slack:T0HOME:U0DEV", "group:T0HOME:S0TEAM"}
    assert subjects(ConsoleUser("deploy")) == {"console:deploy"}
    assert subjects(ClockActor()) == frozenset()


INSIDE = SlackAccount("T0BRANCH", "W0DEV", enterprise="E0ORG", teams=frozenset({"T0BRANCH", "T0HOME"}))
WHOLE, ONE = Home("E0ORG", "E0ORG"), Home("T0HOME", "E0ORG", "T0HOME")


@pytest.mark.parametrize(
    ("account", "home", "named", "team"),
    [
        (SlackAccount("T0HOME", "U0DEV"), Home("T0HOME"), "T0ELSE", "T0HOME"),
        (INSIDE, WHOLE, "E0ORG", "E0ORG"),
        (INSIDE, WHOLE, "T0HOME", "T0HOME"),
        (replace(INSIDE, teams=frozenset({"T0BRANCH"})), WHOLE, "T0HOME", "E0ORG"),
        (INSIDE, WHOLE, "T0ELSE", "E0ORG"),
        (INSIDE, ONE, "E0ORG", "E0ORG"),
        (INSIDE, ONE, "T0HOME", "T0HOME"),
        (replace(INSIDE, enterprise="", teams=frozenset(), team="T0HOME"), ONE, "E0ORG", "E0ORG"),
    ],
)
def test_a_person_is_known_by_the_team_that_the_catalog_names(
    account: SlackAccount, home: Home, named: str, team: str
) -> None:
    assert identity(account, home, [Grant(f"slack:{named}:W0ADA", Role.ADMIN)]) == team
    assert identity(account, home, [Grant(f"group:{named}:S0OPS", Role.VIEWER)]) == team
    assert identity(account, home, [Grant("console:deploy", Role.ADMIN)]) == home.team


def test_a_grant_of_another_team_is_not_ours() -> None:
    assert held(DEV, [Grant("slack:T0OTHER:U0DEV", Role.ADMIN)], now=BEGAN) == ()


def test_a_grant_stops_exactly_at_its_end() -> None:
    grant = Grant(DEV.id, Role.OPERATOR, "*", until=BEGAN)
    assert held(DEV, [grant], now=BEGAN - timedelta(microseconds=1)) == (grant,)
    assert held(DEV, [grant], now=BEGAN) == ()


def test_a_group_gets_admin_only_if_the_setting_allows_it() -> None:
    group = "group:T0HOME:S0TEAM"
    grants = [Grant(group, Role.ADMIN), Grant(group, Role.OPERATOR)]
    assert [g.role for g in held(DEV, grants, now=BEGAN)] == [Role.OPERATOR]
    assert len(held(DEV, grants, now=BEGAN, group_admins=True)) == 2


def test_the_best_grant_counts() -> None:
    mine = [Grant("s", Role.VIEWER), Grant("s", Role.OPERATOR, "stag*"), Grant("s", Role.ADMIN, "qa-*")]
    found = standing(STAGING, mine)
    assert found is not None
    assert (found.role, found.grant) == (Role.OPERATOR, mine[1])
    assert standing(PRODUCTION, mine) is None


def test_people_see_only_environments_that_they_have_a_grant_on() -> None:
    mine = [Grant("s", Role.VIEWER, "qa-*"), Grant("s", Role.VIEWER, "production")]
    places = [STAGING, environment("qa-us"), PRODUCTION, environment("qa-eu")]
    assert [e.name for e in visible(places, mine)] == ["production", "qa-eu", "qa-us"]


@given(st.sampled_from(Role), st.sampled_from(Role))
def test_a_role_may_do_everything_that_lower_roles_may(has: Role, needed: Role) -> None:
    made = decide(STAGING, [Grant("s", has)], needed=needed)
    assert isinstance(made, Allowed) is (has >= needed)
    assert decide(STAGING, [], needed=needed).rule == "access.no-grant"


def test_a_refusal_names_the_needed_role_the_held_role_and_who_can_grant_it(golden: Golden) -> None:
    made = decide(STAGING, [Grant("s", Role.VIEWER)], needed=Role.DEVELOPER, granters=("Ada", "Olu"))
    assert isinstance(made, Refused)
    assert made.told == golden


def test_the_installation_is_only_for_grants_on_everything() -> None:
    assert isinstance(installation([Grant("s", Role.ADMIN)], needed=Role.ADMIN), Allowed)
    assert not isinstance(installation([Grant("s", Role.OPERATOR)], needed=Role.ADMIN), Allowed)
    assert not isinstance(installation([Grant("s", Role.ADMIN, "st*")], needed=Role.VIEWER), Allowed)


def test_a_console_user_needs_an_admin_grant_except_for_the_first_catalog() -> None:
    user = ConsoleUser("kim")
    mine = Grant("console:kim", Role.ADMIN)
    assert isinstance(console(user, [], now=BEGAN), Allowed)
    assert isinstance(console(user, [mine], now=BEGAN), Allowed)
    for grant in (
        replace(mine, subject="console:x"),
        replace(mine, role=Role.OPERATOR),
        replace(mine, pattern="a"),
    ):
        assert not isinstance(console(user, [grant], now=BEGAN), Allowed)
    assert not isinstance(console(user, [replace(mine, until=BEGAN)], now=BEGAN), Allowed)


def test_a_console_user_who_is_refused_is_told_both_ways_out(golden: Golden) -> None:
    made = console(ConsoleUser("kim"), [Grant(DEV.id, Role.ADMIN)], now=BEGAN)
    assert isinstance(made, Refused)
    told = made.told
    assert told == golden
    assert "LAMPLIGHTER_CATALOG_FILE" in told
