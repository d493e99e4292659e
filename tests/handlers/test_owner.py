"""`/env owner staging`, `/env owner staging @dev`, *Assign owner* and *Not mine*: an owner is a contact and
has no rights from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.words.result import Choice, Reply, Unchanged
from policies.access.grants import Grant
from policies.access.people import Role, SlackAccount
from policies.orphans.answers import Reply as Said
from tests import telling
from tests.golden import Golden
from tests.handlers.orphaned import LOST, found, now_of, owned
from tests.handlers.stage import Stage
from tests.handlers.world import (
    ADA,
    DEV,
    GRANTS,
    NIA,
    OLU,
    PRODUCTION,
    QA,
    STAGING,
    TEAM,
    VIC,
    World,
    environment,
)

MINE = (*GRANTS, Grant(DEV.id, Role.DEVELOPER, "pr-*"), Grant(VIC.id, Role.VIEWER, "pr-*"))


@pytest.fixture
def world() -> World:
    world = World().catalogue(STAGING, QA, PRODUCTION, LOST, grants=MINE)
    people = world.people.accounts
    people["U0BOT"] = SlackAccount(TEAM, "U0BOT", "CI", bot=True)
    people["U0NONE"] = SlackAccount(TEAM, "U0NONE", missing=True)
    return world


def assign(stage: Stage, person: str = "<@U0VIC>", **rest: Any) -> Reply:
    return stage.ask("assign", "pr-142", arguments={"person": person} if person else {}, **rest)


def owner(world: World) -> tuple[str, str] | None:
    held = world.store.book.orphans.owners.all().get("pr-142")
    return (held.user, held.name) if held else None


# Whom to ask


def test_the_owner_is_shown_with_who_named_them(stage: Stage, world: World, golden: Golden) -> None:
    nobody = stage.ask("owner", "pr-142", who=VIC)
    assert (nobody.headline, telling.notes(nobody)) == golden(name="nobody")
    owned(world, "U0VIC", "Vic")
    known = stage.ask("owner", "pr-142", who=VIC)
    assert (known.headline, telling.notes(known)) == golden(name="set in Slack")
    assert stage.ask("owner", "staging", who=VIC).headline == golden(name="in the file")


@pytest.mark.parametrize("user", ["U0REX", "U0NONE", "U0WHO"])
def test_an_owner_who_has_left_is_called_so(stage: Stage, world: World, golden: Golden, user: str) -> None:
    world.catalogue(environment("pr-142", owner=user), grants=MINE)
    assert stage.ask("owner", "pr-142", who=VIC).headline == golden(name=user)
    refused = stage.ask("assign", "pr-142", arguments={"person": "<@U0VIC>"})
    assert refused.headline == golden(name=f"{user} stays")


def test_the_owner_of_production_is_shown_too(stage: Stage) -> None:
    assert telling.status(stage.ask("owner", "production", who=ADA)) == "answered"


# Naming an owner


def test_an_owner_is_named_remembered_and_audited(stage: Stage, world: World, golden: Golden) -> None:
    done = assign(stage)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert owner(world) == ("U0VIC", "Vic")
    assert stage.kinds() == ["started", "closed"]
    assert stage.last().after == {"owner": "U0VIC"}


def test_naming_an_owner_answers_the_finding(stage: Stage, world: World) -> None:
    found(world)
    assign(stage)
    answer = now_of(world).answer
    assert answer is not None
    assert (answer.reply, answer.about) == (Said.OWNED, "Vic")


def test_an_owner_gains_no_rights(stage: Stage, world: World) -> None:
    owned(world, "U0NIA", "Nia")
    assert telling.rule(stage.ask("restart", "pr-142", "web", who=NIA)) == "access.no-grant"
    owned(world, "U0VIC", "Vic")
    assert telling.rule(stage.ask("stop", "pr-142", who=VIC)) == "access.role"


def test_the_button_asks_who_and_offers_oneself(stage: Stage, world: World, golden: Golden) -> None:
    found(world)
    who = stage.press(telling.offers(stage.ask("orphans"))[1])
    assert isinstance(who, Choice)
    assert (who.headline, telling.notes(who), [o.label for o in who.offers]) == golden
    assert telling.status(stage.press(who.offers[0])) == "succeeded"
    assert owner(world) == ("U0DEV", "Dev")


@pytest.mark.parametrize(
    ("person", "rule"),
    [
        ("<@U0BOT>", "owners.bot"),
        ("<@U0GUS>", "owners.guest"),
        ("<@U0SID>", "owners.external"),
        ("<@U0REX>", "owners.deactivated"),
        ("<@U0NONE>", "owners.nobody"),
        ("<@U0WHO>", "owners.unknown"),
        ("@dev", "owners.nobody"),
        ("team-orders", "owners.nobody"),
        ("<!here>", "owners.nobody"),
        ("<!subteam^S0TEAM|@team>", "owners.nobody"),
        ("<#C0STAGING|staging>", "owners.nobody"),
        ("ada@acme.example", "owners.nobody"),
        ("", ""),
    ],
)
def test_a_person_who_cannot_answer_cannot_be_an_owner(
    stage: Stage, world: World, golden: Golden, person: str, rule: str
) -> None:
    """A bot, a guest, a stranger from a shared channel, somebody deactivated, nobody."""
    known = found(world)
    refused = assign(stage, person)
    assert telling.rule(refused) == rule
    assert refused.headline == golden(name=person or "nobody named")
    assert owner(world) is None
    assert now_of(world) == known
    assert stage.operations() == []


@pytest.mark.parametrize("press", [1, 3])
def test_a_button_on_a_finding_that_is_gone_changes_nothing(
    stage: Stage, world: World, golden: Golden, press: int
) -> None:
    """The buttons are *Assign owner* and *Not mine*; *Keep* does the same."""
    found(world)
    pressed = telling.offers(stage.ask("orphans"))[press]
    known = found(world, gone=world.clock.at)
    said = stage.press(pressed)
    assert isinstance(said, Unchanged)
    assert said.headline == golden(name="gone")
    assert (now_of(world), owner(world), stage.operations()) == (known, None, [])


def test_an_owner_in_the_catalog_file_is_changed_only_there(
    stage: Stage, world: World, golden: Golden
) -> None:
    refused = stage.ask("assign", "staging", arguments={"person": "<@U0VIC>"})
    assert telling.rule(refused) == "owners.file"
    assert refused.headline == golden
    assert world.store.book.orphans.owners.all() == {}


def test_only_a_developer_or_the_owner_changes_the_owner(stage: Stage, world: World) -> None:
    assert telling.rule(assign(stage, "<@U0VIC>", who=VIC)) == "access.role"
    owned(world, "U0VIC", "Vic")
    assert telling.status(assign(stage, "<@U0DEV>", who=VIC)) == "succeeded"
    assert owner(world) == ("U0DEV", "Dev")


def test_the_same_owner_again_changes_nothing(stage: Stage, world: World, golden: Golden) -> None:
    owned(world, "U0VIC", "Vic")
    again = assign(stage)
    assert telling.status(again) == "unchanged"
    assert again.headline == golden


def test_production_is_closed_to_assigning_an_owner(stage: Stage, world: World) -> None:
    refused = stage.ask("assign", "production", arguments={"person": "<@U0VIC>"}, who=ADA)
    assert telling.rule(refused) == "safeguards.production"


# Not mine


def test_an_owner_who_says_not_mine_is_no_longer_the_owner(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world)
    owned(world, "U0VIC", "Vic")
    done = stage.ask("disown", "pr-142", who=VIC)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert owner(world) is None
    (said,) = now_of(world).denied
    assert (said.by, now_of(world).answer) == (VIC.id, None)


def test_anybody_who_may_view_an_environment_may_say_they_do_not_know_it(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world)
    owned(world, "U0DEV", "Dev")
    deny = telling.offers(stage.ask("orphans", who=VIC))[3]
    done = stage.press(deny, who=VIC)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    assert owner(world) == ("U0DEV", "Dev"), "somebody else's stays"
    again = stage.press(deny, who=VIC)
    assert telling.status(again) == "unchanged"
    assert again.headline == golden(name="again")
    assert [said.by for said in now_of(world).denied] == [VIC.id]


def test_without_a_finding_only_the_owner_has_something_to_say(
    stage: Stage, world: World, golden: Golden
) -> None:
    assert stage.ask("disown", "pr-142").headline == golden
    owned(world, "U0DEV", "Dev")
    assert telling.status(stage.ask("disown", "pr-142")) == "succeeded"
    assert owner(world) is None


def test_an_owner_named_by_the_file_is_told_where_to_change_that(
    stage: Stage, world: World, golden: Golden
) -> None:
    place = environment("pr-142", owner="U0DEV")
    world.catalogue(replace(place), grants=MINE)
    found(world, place)
    done = stage.ask("disown", "pr-142")
    assert telling.status(done) == "succeeded"
    assert stage.operation().notes == golden
    assert telling.status(stage.ask("disown", "pr-142", who=OLU)) == "succeeded"
