"""Everything captured from outside is redacted before it is stored: no row, entry or message has a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.words.errors import Denied, Unanswered
from handlers.words.result import Reply
from policies.record.evidence import canonical
from policies.record.lifecycle import State
from policies.service.facts import Container, Event
from tests import telling
from tests.fakes.aws import START
from tests.handlers.kinds import Scripted, failed, probe, step, waiting
from tests.handlers.stage import Stage
from tests.handlers.world import World, service, task

SECRET = "correct-horse-battery"
SAYS = f"DB_PASSWORD={SECRET}"


def written(stage: Stage) -> str:
    """Return everything that the database holds and everything that a message would say."""
    memory = stage.world.store.memory
    entries = [canonical(r.entry, r.seq).decode() for r in memory.entries]
    messages = [stage.parts.report(o) for o in stage.operations()]
    return repr([memory.operations, memory.offers, memory.deliveries, entries, messages])


def captured(answer: Reply) -> Mapping[str, tuple[str, ...]]:
    return {e.title: e.lines for e in telling.logs(answer)}


def test_a_failed_deployment_keeps_what_it_said_but_no_secret(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api")
    aws = world.aws()
    facts = aws.services.known()["orders-api"]
    primary = facts.primary
    assert primary is not None
    broken = task(
        9,
        primary.id,
        last_status="STOPPED",
        stop_code="EssentialContainerExited",
        stopped_reason=f"Essential container in task exited, {SAYS}",
        stopped_at=START,
        containers=(Container("app", exit_code=1, reason=SAYS),),
    )
    aws.services.change(
        "orders-api",
        tasks=(broken,),
        deployments=(replace(primary, rollout="FAILED", rollout_reason=f"tasks failed, {SAYS}"),),
        events=(Event(START, f"(service orders-api) {SAYS}"),),
    )
    aws.logs.write("/staging/orders-api", f"ecs/app/{9:032x}", "starting", f"cannot connect: {SAYS}", "bye")
    stage.forward(5)
    ended = stage.operation()
    assert ended.state is State.FAILED
    found = captured(stage.parts.report(ended))
    assert set(found) == {"Why tasks stopped", f"Log /staging/orders-api ecs/app/{9:032x}", "Last events"}
    assert "starting" in found[f"Log /staging/orders-api ecs/app/{9:032x}"]
    assert SECRET not in written(stage)
    assert "DB_PASSWORD" in written(stage), "what identifies the line stays"


@pytest.mark.parametrize(
    "script",
    [
        ("before", Denied(SAYS)),
        ("act", Denied(SAYS, code="X")),
        ("act", Unanswered(SAYS)),
        ("act", {"said": SAYS, "nested": [{"password": SECRET}]}),
        ("look", waiting(START, SAYS, {"line": SAYS})),
        ("look", failed(SAYS, {"captured": [{"title": "t", "lines": [SAYS]}]})),
        ("look", Denied(SAYS)),
    ],
    ids=lambda s: f"{s[0]} {type(s[1]).__name__}",
)
def test_no_step_writes_a_secret_whatever_the_answer(world: World, script: tuple[str, Any]) -> None:
    kind = Scripted(deadline=timedelta(seconds=10)).says(script[0], "a", script[1])
    stage = Stage(world, operations=[probe(step("a"))], kinds=[kind])
    answer = stage.ask("probe", "staging")
    assert SECRET not in written(stage)
    for _ in range(4):
        stage.forward(6)
    assert stage.operations()
    assert SECRET not in written(stage) + repr(answer)


def test_a_refusal_keeps_no_secret_that_was_typed(stage: Stage) -> None:
    stage.ask("keep", SAYS, arguments={"words": f"4h {SAYS}"})
    assert stage.kinds() == ["refused"]
    assert SECRET not in written(stage)


def test_facts_read_before_and_after_are_redacted_too(stage: Stage, world: World) -> None:
    world.aws().services.put(replace(service(), revision=f"arn:x?{SAYS}"))
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    entries = [canonical(r.entry, r.seq).decode() for r in world.store.memory.entries]
    assert len(entries) == 2
    assert SECRET not in "".join(entries)
