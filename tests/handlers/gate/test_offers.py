"""Buttons and confirmations: bound, decided for whoever presses, good for the plan that was shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import StoreLost
from handlers.words.message import Offer
from handlers.words.operation import Operation
from handlers.words.plan import Plan
from policies.access.people import Role
from tests import telling
from tests.golden import Golden
from tests.handlers.kinds import Scripted, step
from tests.handlers.stage import Stage
from tests.handlers.world import NIA, OLU, STAGING, VIC, World


def offer(stage: Stage, **fields: Any) -> Offer:
    """A button to restart orders-api in staging, as it was shown."""
    generation = fields.pop("generation", 1)
    given = {"label": "Restart", "operation": "restart", "environment": "staging", "target": "orders-api"}
    made = Offer(**(given | fields))
    return stage.store.offers.record([made], generation=generation, now=stage.world.clock.now())[0]


def test_the_offer_rules_over_whatever_came_with_the_press(stage: Stage) -> None:
    bound = offer(stage, arguments={"image": "same"})
    stage.ask(
        "redeploy",
        "production",
        "web",
        offer=bound.id,
        source="button",
        arguments={"image": "new"},
        confirmed="x",
    )
    opened = stage.operation()
    assert (opened.name, opened.environment, opened.target) == ("restart", "staging", "orders-api")
    assert opened.arguments == {"image": "same"}
    assert opened.steps[0].step.kind == "stop task"
    assert opened.source == "button"


def test_an_offer_is_decided_for_whoever_pressed(stage: Stage, world: World) -> None:
    bound = offer(stage)
    assert telling.rule(stage.press(bound, who=VIC)) == "access.role"
    assert telling.rule(stage.press(bound, who=NIA)) == "access.none", "who sees the button knows of it"
    assert telling.status(stage.press(bound, who=OLU)) == "running"
    assert stage.operation().actor_id == OLU.id


@pytest.mark.parametrize("known", [True, False])
def test_an_expired_or_unknown_button_is_too_old(
    stage: Stage, world: World, known: bool, golden: Golden
) -> None:
    bound = offer(stage)
    world.forward(3600)
    answer = stage.press(bound if known else replace(bound, id="offer-999"))
    assert (telling.status(answer), telling.rule(answer)) == ("out of date", "gate.offer")
    assert answer.headline == golden(name="why")
    assert stage.operations() == []


def test_a_button_for_one_use_is_used_once(stage: Stage, golden: Golden) -> None:
    bound = offer(stage)
    stage.press(bound)
    stage.finish()
    answer = stage.press(bound)
    assert telling.status(answer) == "out of date"
    assert answer.headline == golden
    assert len(stage.operations()) == 1
    assert stage.last().rule == "gate.offer"


def test_a_repeatable_button_may_be_used_again(stage: Stage) -> None:
    bound = offer(stage, once=False)
    for _ in range(2):
        assert telling.status(stage.press(bound)) == "running"
        stage.finish()
    assert len(stage.operations()) == 2


def test_a_button_of_an_older_environment_does_not_bind(stage: Stage, world: World, golden: Golden) -> None:
    bound = offer(stage)
    world.store.catalog.write(CatalogChange(put_environments=(replace(STAGING, region="eu-west-2"),)))
    answer = stage.press(bound)
    assert (telling.status(answer), telling.rule(answer)) == ("out of date", "gate.offer")
    assert answer.headline == golden
    assert stage.operations() == []


def test_a_double_click_restarts_once(stage: Stage, world: World) -> None:
    bound = offer(stage)
    first, second = stage.press(bound), stage.press(bound)
    assert (telling.status(second), telling.rule(second)) == ("busy", "gate.busy")
    assert telling.operation_of(second) == telling.operation_of(first)
    assert world.deploys() == 1


def test_offers_of_an_answer_are_bound_to_the_environment_they_concern(stage: Stage, world: World) -> None:
    world.aws().images.push("registry/orders-api:live", "sha256:" + "b" * 64)
    answer = stage.ask("restart", "staging", "orders-api")
    assert [o.environment for o in telling.offers(answer)] == ["staging", "staging"]
    stored = world.store.offers.find(telling.offers(answer)[0].id)
    assert stored is not None
    assert stored.generation == 1


def test_offers_that_cannot_be_kept_are_not_shown(stage: Stage, world: World) -> None:
    world.aws().images.push("registry/orders-api:live", "sha256:" + "b" * 64)

    def away(method: str) -> None:
        if method == "offers.record":
            raise StoreLost("It is gone.")

    world.store.before_call(away)
    answer = stage.ask("restart", "staging", "orders-api")
    assert (telling.status(answer), telling.offers(answer)) == ("failed", ())


def test_an_offer_that_cannot_be_read_does_nothing(stage: Stage, world: World) -> None:
    bound = offer(stage)

    def away(method: str) -> None:
        if method == "offers.find":
            raise StoreLost("It is gone.")

    world.store.before_call(away)
    assert telling.status(stage.press(bound)) == "failed"
    assert world.deploys() == 0


# confirmations


def confirmed(world: World, *plans: Plan) -> Stage:
    """An operation that has to be confirmed. Each plan is made in turn; the last one ever after."""
    made = list(plans)

    def run(*_: object, **__: object) -> Plan:
        return made.pop(0) if len(made) > 1 else made[0]

    declared = Operation("purge", "Purge", Role.DEVELOPER, run, changes=True, confirm=True, conflicts="probe")
    return Stage(world, operations=[declared], kinds=[Scripted()])


ONE = Plan("purging", (step("a"),), notes=("3 keys",))
OTHER = Plan("purging", (step("a"),), notes=("4,000 keys",))


def test_a_plan_to_be_confirmed_is_shown_and_not_carried_out(world: World, golden: Golden) -> None:
    stage = confirmed(world, ONE)
    shown = stage.ask("purge", "staging")
    assert (telling.status(shown), telling.notes(shown)) == ("needs confirmation", ("3 keys",))
    assert shown.headline == golden
    (button,) = telling.offers(shown)
    assert (button.label, button.plan_hash, button.once) == ("Purge now", ONE.hash, True)
    assert (stage.operations(), stage.entries()) == ([], [])


def test_the_plan_that_was_confirmed_is_carried_out(world: World) -> None:
    stage = confirmed(world, ONE)
    shown = stage.ask("purge", "staging")
    assert telling.status(stage.press(telling.offers(shown)[0])) == "succeeded"
    assert stage.operation().plan_hash == ONE.hash


def test_a_plan_that_differs_now_is_shown_again_and_not_carried_out(world: World, golden: Golden) -> None:
    stage = confirmed(world, ONE, OTHER)
    first = stage.ask("purge", "staging")
    again = stage.press(telling.offers(first)[0])
    assert telling.status(again) == "needs confirmation"
    assert again.headline == golden
    assert telling.notes(again) == ("4,000 keys",)
    assert stage.operations() == []
    assert telling.status(stage.press(telling.offers(again)[0])) == "succeeded"


def test_a_hash_sent_along_confirms_only_that_plan(world: World) -> None:
    stage = confirmed(world, ONE)
    assert telling.status(stage.ask("purge", "staging", confirmed=OTHER.hash)) == "needs confirmation"
    assert telling.status(stage.ask("purge", "staging", confirmed=ONE.hash)) == "succeeded"
