"""`/env stop` with a role that may not do all of it: nothing begins, and what is lacking is named."""

from __future__ import annotations

import pytest

from handlers.ports.aws import Moves
from handlers.words.errors import Denied
from handlers.words.result import Reply
from policies.capacity.stopping import LACKING
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import DATABASE, FullStage, Night
from tests.handlers.world import OLU, service


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def stop(stage: FullStage) -> Reply:
    return stage.sure("stop", "staging", who=OLU)


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("ecs:UpdateService", "orders-api"),
        ("application-autoscaling:RegisterScalableTarget", "web"),
        ("rds:StopDBInstance", DATABASE),
        ("rds:StartDBInstance", DATABASE),
    ],
)
def test_nothing_begins_if_a_permission_is_lacking(
    stage: FullStage, world: Night, action: str, on: str
) -> None:
    world.aws().permissions.denied.add(action)
    answer = stop(stage)
    assert (telling.status(answer), telling.rule(answer)) == ("not possible", LACKING)
    assert f"lacks `{action}` on `{on}`" in answer.headline
    assert (world.lit(), world.saved(), stage.operations()) == (True, False, [])


def test_only_permissions_for_what_moves_are_checked(stage: FullStage, world: Night) -> None:
    stop(stage)
    [[shown], [moves]] = world.called("lacking")
    assert shown == moves == Moves(("orders-api", "web"), ("web",), (DATABASE,))


def test_the_stop_goes_on_if_iam_does_not_answer(stage: FullStage, world: Night) -> None:
    world.aws().script.fail("lacking", Denied("AWS did not allow the bot to ask.", "AccessDenied"))
    stop(stage)
    stage.finish()
    assert world.dark()


def test_lacking_permissions_are_told_one_by_one_and_in_part(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    world.aws().permissions.denied |= {"ecs:UpdateService", "rds:StopDBInstance"}
    for name in ("more", "much", "most"):
        world.aws().services.put(service(name))
    answer = stop(stage)
    assert (telling.status(answer), telling.rule(answer)) == ("not possible", LACKING)
    assert answer.headline == golden
