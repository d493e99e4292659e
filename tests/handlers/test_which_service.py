"""An operation that needs a service, asked for without one: a button for each with which it can be meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.service.environment import Bound
from tests import telling
from tests.fakes.aws import steady
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import OLU, QA, STAGING, VIC, World


@pytest.fixture
def world() -> World:
    return World().catalogue(replace(STAGING, scale=(Bound("web", 0, 6),)), QA)


@pytest.fixture
def stage(world: World) -> Stage:
    return Stage(world)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("restart", {}),
        ("restart", {"image": "new"}),
        ("redeploy", {}),
        ("rollback", {"to": "41"}),
        ("scale", {"count": "3"}),
        ("scale", {"count": "30"}),
        ("logs", {"lines": "since 2h"}),
        ("diff", {}),
    ],
)
def test_a_button_for_each_of_a_few_asks_for_the_same(
    stage: Stage, operation: str, arguments: dict[str, str], golden: Golden
) -> None:
    answer = stage.ask(operation, "staging", arguments=arguments, who=OLU)
    assert telling.status(answer) == "not understood"
    assert (answer.headline, [offer.label for offer in telling.offers(answer)]) == golden
    assert stage.entries() == []
    for offer in telling.offers(answer):
        assert (offer.operation, dict(offer.arguments)) == (operation, arguments)


def test_the_button_asks_for_that_service(stage: Stage) -> None:
    answer = stage.ask("restart", "staging")
    stage.press(telling.offers(answer)[1])
    assert stage.operation().target == telling.offers(answer)[1].target == "web"


def test_of_more_than_a_few_the_names_are_listed(stage: Stage, world: World, golden: Golden) -> None:
    for number in range(5):
        world.aws().services.put(steady(f"worker-{number}"))
    answer = stage.ask("restart", "staging")
    assert (answer.headline, telling.offers(answer)) == golden


def test_whoever_may_not_do_it_is_told_that_first(stage: Stage) -> None:
    assert telling.rule(stage.ask("restart", "staging", who=VIC)) == "access.role"


def test_an_environment_without_services_says_so(stage: Stage, world: World, golden: Golden) -> None:
    for name in ("orders-api", "web"):
        world.aws().services.remove(name)
    assert stage.ask("restart", "staging").headline == golden
