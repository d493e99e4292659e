"""`/env orphans`: what may be orphaned among the environments that the actor may view, with buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.findings import Look
from policies.access.grants import Grant
from policies.access.people import Role
from policies.cost.money import MILLION
from policies.orphans.answers import Answer, Reply
from policies.orphans.evidence import Judged, Measured, Owner, Standing
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover
from tests import telling
from tests.golden import Golden
from tests.handlers.orphaned import LOST, found
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
    VIC,
    World,
    environment,
    service,
)

MINE = (*GRANTS, Grant(DEV.id, Role.DEVELOPER, "pr-*"), Grant(VIC.id, Role.VIEWER, "pr-*"))


PRICES = ("price list 2026-03-01",)


@pytest.fixture
def world() -> World:
    return World().catalogue(STAGING, QA, PRODUCTION, LOST, grants=MINE)


def looked(world: World, *names: str) -> None:
    for name in names:
        world.store.book.orphans.looks.put(Look(name, world.clock.at - timedelta(hours=3)))


def test_a_finding_shows_why_what_speaks_against_it_and_what_it_costs(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.clock.at += timedelta(days=1)
    idle = {"owner": Owner(Standing.DEACTIVATED, "Rex", "U0REX"), "optimizer": Judged(False, world.clock.at)}
    found(
        world,
        evidence=idle
        | {"image": world.clock.at - timedelta(days=4), "cpu": Measured(20, 14, world.clock.at)},
    )
    looked(world, "staging", "qa-eu")
    answer = stage.ask("orphans")
    assert answer.headline == golden
    assert telling.notes(answer) == golden
    assert [(o.label, o.operation, o.environment) for o in telling.offers(answer)] == [
        ("Keep 30 days", "retain", "pr-142"),
        ("Assign owner", "assign", "pr-142"),
        ("Stop it", "stop", "pr-142"),
        ("Not mine", "disown", "pr-142"),
    ]


def test_an_orphan_that_costs_nothing_is_not_said_to_cost_about_nothing(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world, evidence={"monthly": 0})
    assert telling.notes(stage.ask("orphans"))[0] == golden


def test_unknown_evidence_is_named_and_not_taken_for_zero(stage: Stage, world: World, golden: Golden) -> None:
    found(world, evidence={"monthly": None, "requests": None})
    assert telling.notes(stage.ask("orphans")) == golden


def test_only_findings_i_may_view_are_shown(stage: Stage, world: World, golden: Golden) -> None:
    found(world, environment("secret", owner=""))
    looked(world, "staging", "qa-eu", "pr-142")
    answer = stage.ask("orphans")
    assert answer.headline == golden
    assert telling.offers(answer) == ()
    assert "secret" not in repr(answer)


def test_the_answer_says_if_nothing_was_looked_at_yet(stage: Stage, world: World, golden: Golden) -> None:
    answer = stage.ask("orphans")
    assert (answer.headline, telling.notes(answer)) == golden


def test_whoever_may_view_nothing_is_told_so(stage: Stage, golden: Golden) -> None:
    assert stage.ask("orphans", who=NIA).headline == golden


def test_each_button_names_its_own_finding_and_a_button_shows_more(
    stage: Stage, world: World, golden: Golden
) -> None:
    many = tuple(environment(f"pr-{n}", owner="") for n in range(7))
    world.catalogue(*many, grants=MINE)
    for n, place in enumerate(many):
        found(world, place, evidence={"monthly": n * MILLION})
    first = stage.ask("orphans")
    assert first.headline == golden
    labels = [o.label for o in telling.offers(first)]
    assert (labels[0], labels[-1], len(labels)) == ("Keep 30 days: pr-6", "2 more", 21)
    second = stage.press(telling.offers(first)[-1])
    assert [o.environment for o in telling.offers(second)] == ["pr-1"] * 4 + ["pr-0"] * 4


def test_an_answered_finding_is_shown_with_the_answer_and_without_buttons(
    stage: Stage, world: World, golden: Golden
) -> None:
    now = world.clock.at
    kept = Answer("op-1", Reply.KEPT, now, DEV.id, "Dev", now + timedelta(days=30), "a demo on Friday")
    found(world, answer=kept)
    others = {
        "staging": replace(kept, reply=Reply.OWNED, about="Olu"),
        "qa-eu": replace(kept, reply=Reply.STOPPED, by_name="Olu"),
    }
    for place in (STAGING, QA):
        found(world, place, answer=others[place.name])
    answer = stage.ask("orphans")
    assert (answer.headline, telling.notes(answer)) == golden
    assert telling.offers(answer) == ()


@pytest.mark.parametrize("days", [1, 15])
def test_a_finding_says_who_was_asked_and_until_when(
    stage: Stage, world: World, golden: Golden, days: int
) -> None:
    asked = world.clock.at - timedelta(days=days)
    said = Answer("op-1", Reply.NOT_MINE, asked, DEV.id, "Dev", asked)
    found(world, asked=asked, grace_end=asked + timedelta(days=14), denied=(said,))
    assert telling.notes(stage.ask("orphans")) == golden(name=f"{days} days")


def test_leftovers_are_shown_only_to_admins_of_the_installation(
    stage: Stage, world: World, golden: Golden
) -> None:
    now = world.clock.at
    left = [
        Leftover("111122223333", "eu-west-1", "volume", "vol-1", "old-data", now, 200, 16 * MILLION, PRICES),
        Leftover("111122223333", "eu-west-1", "log group", "lg-1", "/old/api"),
    ]
    for each in left:
        world.store.memory.findings[each.key] = Finding(each.key, now, now, leftover=each)
    ada = stage.ask("orphans", who=ADA)
    assert telling.table(ada) == golden
    assert telling.notes(ada)[-2:] == golden(name="never deleted")
    for who in (OLU, DEV, VIC):
        assert "vol-1" not in repr(stage.ask("orphans", who=who))
        assert telling.tables(stage.ask("orphans", who=who)) == ()


def test_the_stop_button_asks_first_and_needs_the_usual_role(stage: Stage, world: World) -> None:
    world.aws("pr-142").services.put(service("web"))
    found(world)
    stop = telling.offers(stage.ask("orphans"))[2]
    assert telling.status(stage.press(stop)) == "refused"
    mine = telling.offers(stage.ask("orphans", who=OLU))[2]
    assert telling.status(stage.press(mine, who=OLU)) == "needs confirmation"
    assert stage.operations() == []
