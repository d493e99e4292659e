"""Which operation is in the way, and how a request that comes again is answered."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.words.errors import Throttled
from handlers.words.operation import Target
from handlers.words.result import Answer, Reply
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.kinds import Scripted, probe, step, waiting
from tests.handlers.stage import Stage, request
from tests.handlers.world import OLU, VIC, World, service

FOREVER = waiting(START.replace(year=2027))


def endless() -> Scripted:
    return Scripted().says("look", "a", FOREVER)


def test_a_busy_answer_says_who_and_since_when_before_a_plan_is_made(
    stage: Stage, world: World, golden: Golden
) -> None:
    first = stage.ask("restart", "staging", "orders-api")
    world.forward(38)
    reads = len(world.aws().script.calls)
    answer = stage.ask("redeploy", "staging", "orders-api", who=OLU)
    assert telling.status(answer) == "busy"
    assert telling.operation_of(answer) == telling.operation_of(first)
    assert answer.headline == golden
    assert [c.method for c in world.aws().script.calls[reads:]] == ["members"]
    assert (stage.last().rule, stage.last().actor) == ("gate.busy", OLU.id)


def test_a_replay_of_the_opening_request_is_answered_with_the_operation(stage: Stage, world: World) -> None:
    asked = request("restart", "staging", "orders-api")
    first = stage.gate.handle(asked)
    world.forward(3)
    again = stage.gate.handle(asked)
    assert (telling.status(again), telling.operation_of(again)) == ("running", telling.operation_of(first))
    assert stage.kinds() == ["started"]
    stage.finish()
    late = stage.gate.handle(asked)
    assert (telling.status(late), telling.operation_of(late)) == ("succeeded", telling.operation_of(first))
    assert (stage.kinds(), world.deploys()) == (["started", "closed"], 1)


def test_the_replay_of_a_refusal_is_refused_and_recorded_once(stage: Stage) -> None:
    asked = request("restart", "staging", "orders-api", who=VIC)
    answers = {stage.gate.handle(asked).headline for _ in range(3)}
    assert len(answers) == 1
    assert stage.kinds() == ["refused"]


def test_a_request_refused_as_busy_does_not_act_when_replayed(
    stage: Stage, world: World, golden: Golden
) -> None:
    stage.ask("restart", "staging", "orders-api")
    late = request("restart", "staging", "orders-api", who=OLU)
    stage.gate.handle(late)
    stage.finish()
    again = stage.gate.handle(late)
    assert telling.status(again) == "unchanged"
    assert again.headline == golden
    assert world.deploys() == 1


def test_another_service_and_another_environment_are_free(stage: Stage, world: World) -> None:
    world.aws("qa-eu").services.put(service("orders-api"))
    for place, name in (("staging", "orders-api"), ("staging", "web"), ("qa-eu", "orders-api")):
        assert telling.status(stage.ask("restart", place, name, arguments={"image": "new"})) == "running"
    assert len(stage.running()) == 3


@pytest.mark.parametrize(
    ("first", "second", "free"),
    [
        ("web", "web", False),
        ("", "web", True),  # the operation only waits, and for another service
        ("web", "", False),
        ("", "", False),
        ("web", "orders-api", True),
    ],
)
def test_the_whole_environment_excludes_each_service_of_one_group(
    world: World, first: str, second: str, free: bool
) -> None:
    declared = probe(step("a"), target=Target.SERVICE_OR_ALL)
    stage = Stage(world, operations=[declared], kinds=[endless()])
    assert telling.status(stage.ask("probe", "staging", first)) == "running"
    answer = stage.ask("probe", "staging", second)
    assert telling.status(answer) == ("running" if free else "busy")


def test_an_operation_yet_to_act_on_the_environment_excludes_each_service(world: World) -> None:
    declared = probe(step("a"), target=Target.SERVICE_OR_ALL)
    full = Scripted().says("act", "a", Throttled("AWS is busy.", "ThrottlingException", retry_helps=True))
    stage = Stage(world, operations=[declared], kinds=[full])
    assert telling.status(stage.ask("probe", "staging")) == "running"
    assert telling.rule(stage.ask("probe", "staging", "web")) == "gate.busy"


def test_an_operation_of_another_group_does_not_exclude(world: World) -> None:
    kinds, other = [endless()], probe(step("a"), name="other", conflicts="other")
    stage = Stage(world, operations=[probe(step("a")), other], kinds=kinds)
    assert telling.status(stage.ask("probe", "staging")) == "running"
    assert telling.status(stage.ask("other", "staging")) == "running"
    assert telling.status(stage.ask("probe", "staging")) == "busy"


def test_a_lock_taken_while_the_plan_was_made_is_found_inside_the_opening(stage: Stage, world: World) -> None:
    rival, inner = Stage(world, holder="two"), world.aws().images.digests
    asked: list[Reply] = []

    def meanwhile(images: Any) -> Any:
        if not asked:
            asked.append(Answer(""))
            asked[0] = rival.ask("restart", "staging", "orders-api", who=OLU)
        return inner(images)

    world.aws().images.digests = meanwhile  # type: ignore[method-assign]
    answer = stage.ask("restart", "staging", "orders-api")
    assert telling.status(asked[0]) == "running"
    assert (telling.status(answer), telling.rule(answer)) == ("busy", "gate.busy")
    assert telling.operation_of(answer) == telling.operation_of(asked[0])
    assert (world.deploys(), stage.last().rule) == (1, "gate.busy")
