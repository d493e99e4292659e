"""Who could grant what somebody lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies.access.granting import Granter, able, active, owner_first, ungranted
from policies.access.grants import Grant
from policies.access.people import Home, Role, SlackAccount
from policies.service.environment import ClusterPick, Environment, Tier

NOW = datetime(2026, 3, 2, tzinfo=UTC)
STAGING = Environment(
    "staging", Tier.NONPRODUCTION, "111122223333", "eu-west-1", ClusterPick("staging"), "C0STAGING", "orders"
)
PRODUCTION = replace(STAGING, name="production", tier=Tier.PRODUCTION)
ADMIN = Grant("slack:T0:U0ADA", Role.ADMIN)
HOME = Home("T0")


@pytest.mark.parametrize(
    ("grant", "place", "group_admins", "counts"),
    [
        (ADMIN, STAGING, False, True),
        (replace(ADMIN, role=Role.OPERATOR), STAGING, False, False),
        (replace(ADMIN, pattern="qa-*"), STAGING, False, False),
        (ADMIN, PRODUCTION, False, False),
        (replace(ADMIN, pattern="production"), PRODUCTION, False, True),
        (replace(ADMIN, until=NOW), STAGING, False, False),
        (replace(ADMIN, until=NOW + timedelta(seconds=1)), STAGING, False, True),
        (Grant("group:T0:S0", Role.ADMIN), STAGING, False, False),
        (Grant("group:T0:S0", Role.ADMIN), STAGING, True, True),
        (Grant("console:root", Role.ADMIN), STAGING, False, True),
    ],
)
def test_only_an_admin_with_a_grant_in_force_could_give_a_grant(
    grant: Grant, place: Environment, group_admins: bool, counts: bool
) -> None:
    found = able([grant, grant], place, now=NOW, group_admins=group_admins)
    assert found == ((grant.subject,) if counts else ())


@pytest.mark.parametrize(
    ("account", "there"),
    [
        (SlackAccount("T0", "U0ADA"), True),
        (None, True),
        (SlackAccount("T0", "U0ADA", deleted=True), False),
        (SlackAccount("T0", "U0ADA", guest=True), False),
        (SlackAccount("T0", "U0ADA", bot=True), False),
        (SlackAccount("T0", "U0ADA", missing=True), False),
        (SlackAccount("T1", "U0ADA"), False),
    ],
)
def test_somebody_who_is_not_let_in_cannot_give_a_grant(account: SlackAccount | None, there: bool) -> None:
    assert active(account, HOME) == there


def test_the_owner_comes_first_and_the_others_keep_their_order() -> None:
    ada, olu, group = Granter("Ada", "U0ADA"), Granter("Olu", "U0OLU"), Granter("the group S0")
    assert owner_first([group, ada, olu], "U0OLU") == (olu, group, ada)
    assert owner_first([group, ada, olu], "U0DEV") == (group, ada, olu)
    assert owner_first([group, ada, olu], "") == (group, ada, olu)


def test_whoever_sees_an_environment_is_told_who_can_give_the_missing_grant() -> None:
    said = ungranted(STAGING, ["Ada", "Olu"])
    assert (said.rule, said.reason) == ("access.none", "no grant on `staging`")
    assert said.told == "You have no grant on `staging`; Ada or Olu can give one."
    assert ungranted(STAGING, []).told == "You have no grant on `staging`, and nobody here can give one."
