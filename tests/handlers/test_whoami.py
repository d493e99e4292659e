"""`/env whoami`: what the actor may do, and the grant behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.ports.store import CatalogChange
from policies.access.grants import Grant
from policies.access.people import Role
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, NIA, PRODUCTION, ROOT, TEAM, World


def test_whoami_names_the_role_and_the_reason_for_each_environment(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("whoami")
    assert answer.headline == "You are Dev."
    assert telling.table(answer).columns == ("Environment", "You are", "Because")
    assert [r[:2] for r in telling.table(answer).rows] == [("qa-eu", "developer"), ("staging", "developer")]
    assert [r[2] for r in telling.table(answer).rows] == golden


def test_production_is_said_to_be_closed_until_it_is_opened(
    stage: Stage, world: World, golden: Golden
) -> None:
    def production() -> str:
        answer = stage.ask("me", who=ADA)
        return telling.table(answer).rows[0][1]

    assert production() == golden
    opened = replace(PRODUCTION, open_to=frozenset({"restart"}))
    world.store.catalog.write(CatalogChange(put_environments=(opened,)))
    assert production() == "admin"


def test_a_grants_group_and_end_are_shown(stage: Stage, world: World, golden: Golden) -> None:
    world.people.members = {"S0ORDERS": frozenset({"U0NIA"})}
    grant = Grant(f"group:{TEAM}:S0ORDERS", Role.OPERATOR, "qa-*", until=START + timedelta(hours=4))
    world.store.catalog.write(CatalogChange(put_grants=(grant,)))
    answer = stage.ask("whoami", who=NIA)
    (row,) = telling.table(answer).rows
    assert row[:2] == ("qa-eu", "operator")
    assert row[2] == golden


def test_whoever_has_no_grant_is_told_so(stage: Stage, golden: Golden) -> None:
    assert stage.ask("whoami", who=NIA).headline == golden


def test_a_console_user_is_named_as_one(stage: Stage, golden: Golden) -> None:
    assert stage.ask("whoami", who=ROOT).headline == golden
