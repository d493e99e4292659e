"""`/env redeploy`: what would be picked up, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import NEW, NEWER, OLD, TAG, World, service


def _image(world: World, image: str, digest: str = OLD) -> None:
    facts = service()
    world.aws().services.put(replace(facts, images=(replace(facts.images[0], image=image),)))
    world.aws().images.push(image, digest)


def test_a_moved_tag_is_deployed_with_the_digests_before_and_after(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().images.push(TAG, NEW)
    answer = stage.ask("redeploy", "staging", "orders-api")
    assert telling.status(answer) == "running"
    assert answer.headline == golden
    assert "is bbbbbbbbbbbb now" in telling.notes(answer)[0]
    stage.finish()
    assert (stage.operation().state, world.deploys()) == (State.SUCCEEDED, 1)
    assert stage.entries("started")[0].before["orders-api"]["digests"] == {"app": OLD}


@pytest.mark.parametrize(
    "image",
    [f"registry/orders-api@{OLD}", "registry/orders-api:1.4.2", TAG],
    ids=["digest", "version", "tag"],
)
def test_a_redeploy_without_news_says_why_and_offers_a_restart(
    stage: Stage, world: World, image: str, golden: Golden
) -> None:
    _image(world, image)
    answer = stage.ask("redeploy", "staging", "orders-api")
    assert telling.status(answer) == "unchanged"
    assert answer.headline == golden
    assert (world.deploys(), stage.operations()) == (0, [])
    (button,) = telling.offers(answer)
    assert telling.status(stage.press(button)) == "running"
    assert (stage.operation().name, world.deploys()) == ("restart", 1)


def test_a_digest_that_cannot_be_told_is_said_to_be_unknown(
    stage: Stage, world: World, golden: Golden
) -> None:
    _image(world, "elsewhere/x:live", "")
    answer = stage.ask("redeploy", "staging", "orders-api")
    assert (telling.status(answer), world.deploys()) == ("needs confirmation", 0)
    assert answer.headline == golden
    (button,) = telling.offers(answer)
    assert "`x:live`" in telling.notes(stage.press(button))[0]
    assert world.deploys() == 1


def test_images_that_cannot_be_told_are_named_next_to_a_moved_tag(stage: Stage, world: World) -> None:
    facts = service()
    side = replace(facts.images[0], container="side", image="elsewhere/x:live")
    world.aws().services.put(replace(facts, images=(*facts.images, side)))
    world.aws().images.push(TAG, NEW)
    answer = stage.ask("redeploy", "staging", "orders-api")
    assert "is bbbbbbbbbbbb now" in telling.notes(answer)[0]
    assert "`x:live`" in telling.notes(answer)[1]


def test_the_offered_restart_asks_if_the_tag_moves_before_the_press(stage: Stage, world: World) -> None:
    (button,) = telling.offers(stage.ask("redeploy", "staging", "orders-api"))
    world.aws().images.push(TAG, NEW)
    asked = stage.press(button)
    assert (telling.status(asked), world.deploys()) == ("needs confirmation", 0)
    assert "is bbbbbbbbbbbb now" in telling.notes(asked)[0]


def test_a_tag_that_moved_again_since_the_plan_is_shown_again(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().images.push(TAG, NEW)
    shown = stage.ask("restart", "staging", "orders-api")
    world.aws().images.push(TAG, NEWER)
    again = stage.press(telling.offers(shown)[0])
    assert telling.status(again) == "needs confirmation"
    assert again.headline == golden
    assert "is cccccccccccc now" in telling.notes(again)[0]
    assert world.deploys() == 0
    assert telling.status(stage.press(telling.offers(again)[0])) == "running"
    assert world.deploys() == 1


def test_a_tag_that_moved_back_meanwhile_leaves_nothing_to_deploy(stage: Stage, world: World) -> None:
    world.aws().images.push(TAG, NEW)
    shown = stage.ask("restart", "staging", "orders-api")
    world.aws().images.push(TAG, OLD)
    assert telling.status(stage.press(telling.offers(shown)[0])) == "unchanged"
    assert world.deploys() == 0


def test_a_service_that_others_deploy_is_refused_in_words(stage: Stage, world: World, golden: Golden) -> None:
    world.aws().services.change("orders-api", controller="CODE_DEPLOY")
    answer = stage.ask("redeploy", "staging", "orders-api")
    assert (telling.status(answer), stage.last().rule) == ("not possible", "safeguards.controller")
    assert answer.headline == golden
