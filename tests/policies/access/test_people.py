"""Who is let in at all (facts/slack 7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.access.decision import Allowed, Refused
from policies.access.people import (
    Actor,
    ClockActor,
    ConsoleUser,
    Home,
    Role,
    SlackAccount,
    SlackPerson,
    actor_name,
    admit,
)
from tests.golden import Golden

HOME = Home("T0HOME")
DEV = SlackAccount("T0HOME", "U0DEV", "Dev")


def test_an_active_internal_person_is_let_in() -> None:
    assert isinstance(admit(DEV, HOME), Allowed)


@pytest.mark.parametrize(
    ("account", "rule"),
    [
        (None, "people.unknown"),
        (replace(DEV, missing=True), "people.unknown"),
        (replace(DEV, team="T0OTHER"), "people.external"),
        (replace(DEV, stranger=True), "people.external"),
        (replace(DEV, team="T0OTHER", deleted=True, guest=True), "people.external"),
        (replace(DEV, deleted=True), "people.deactivated"),
        (replace(DEV, bot=True), "people.bot"),
        (replace(DEV, guest=True), "people.guest"),
        (replace(DEV, email_confirmed=False), "people.unconfirmed"),
    ],
)
def test_anyone_else_is_refused_with_the_most_telling_reason(account: SlackAccount | None, rule: str) -> None:
    made = admit(account, HOME)
    assert isinstance(made, Refused)
    assert made.rule == rule
    assert made.told


def test_another_team_of_the_same_organisation_is_let_in_but_a_stranger_of_it_is_not() -> None:
    grid = Home("T0HOME", "E0ORG")
    assert isinstance(admit(replace(DEV, team="T0OTHER", enterprise="E0ORG"), grid), Allowed)
    assert not isinstance(admit(replace(DEV, team="T0OTHER", enterprise="E0ELSE"), grid), Allowed)
    assert not isinstance(admit(replace(DEV, team="T0OTHER", enterprise=""), HOME), Allowed)
    assert not isinstance(admit(replace(DEV, enterprise="E0ORG", stranger=True), grid), Allowed)


ORGS = replace(DEV, user="W0DEV", enterprise="E0ORG", teams=frozenset({"T0HOME"}))
ELSEWHERE = replace(ORGS, team="T0BRANCH", teams=frozenset({"T0BRANCH"}))


@pytest.mark.parametrize(
    ("account", "home", "rule"),
    [
        (ORGS, Home("E0ORG", "E0ORG"), "people.internal"),
        (ELSEWHERE, Home("E0ORG", "E0ORG"), "people.internal"),
        (replace(ORGS, team="E0ORG", teams=frozenset()), Home("E0ORG", "E0ORG"), "people.internal"),
        (replace(ORGS, enterprise="E0ELSE"), Home("E0ORG", "E0ORG"), "people.external"),
        (replace(ORGS, enterprise="", teams=frozenset()), Home("E0ORG", "E0ORG"), "people.external"),
        (replace(ORGS, guest=True), Home("E0ORG", "E0ORG"), "people.guest"),
        (ORGS, Home("E0ORG", "E0ORG", "T0HOME"), "people.internal"),
        (ORGS, Home("T0HOME", "E0ORG", "T0HOME"), "people.internal"),
        (replace(ORGS, team="T0BRANCH"), Home("T0HOME", "E0ORG", "T0HOME"), "people.internal"),
        (ELSEWHERE, Home("E0ORG", "E0ORG", "T0HOME"), "people.external"),
        (replace(ORGS, team="T0BRANCH"), Home("T0HOME"), "people.external"),
    ],
)
def test_an_organisation_lets_in_all_its_people_or_those_of_one_workspace(
    account: SlackAccount, home: Home, rule: str
) -> None:
    assert admit(account, home).rule == rule


def test_somebody_from_another_workspace_of_the_organisation_is_told_why(golden: Golden) -> None:
    refused = admit(ELSEWHERE, Home("T0HOME", "E0ORG", "T0HOME"))
    assert isinstance(refused, Refused)
    assert refused.told == golden


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from([None, True, False]))
def test_only_an_account_without_any_flaw_is_let_in(
    deleted: bool, bot: bool, guest: bool, stranger: bool, confirmed: bool | None
) -> None:
    account = replace(
        DEV, deleted=deleted, bot=bot, guest=guest, stranger=stranger, email_confirmed=confirmed
    )
    assert isinstance(admit(account, HOME), Allowed) is not (
        deleted or bot or guest or stranger or confirmed is False
    )


def test_roles_are_read_by_name_and_a_wrong_name_is_answered_with_all_roles() -> None:
    assert Role.of(" Operator ") is Role.OPERATOR
    assert [role.word for role in Role] == ["viewer", "developer", "operator", "admin"]
    with pytest.raises(ValueError, match="viewer, developer, operator, admin"):
        Role.of("root")


@pytest.mark.parametrize(
    ("actor", "name"),
    [
        (SlackPerson("T", "U0DEV", "Dev"), "Dev"),
        (SlackPerson("T", "U0DEV"), "U0DEV"),
        (ConsoleUser("root"), "root (terminal)"),
        (ConsoleUser("serve"), "serve"),
        (ConsoleUser("arn:aws:sts::111122223333:assumed-role/Developers/dev"), "dev (terminal)"),
        (ConsoleUser("arn:aws:iam::111122223333:user/people/olu"), "olu (terminal)"),
        (ClockActor(), "the clock"),
    ],
)
def test_everyone_has_a_name_in_the_log(actor: Actor, name: str) -> None:
    assert actor_name(actor) == name
