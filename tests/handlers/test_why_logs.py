"""`/env why` shows lines of a log to whoever may read logs, and what it shows is recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.codec import encode
from handlers.words.errors import StoreLost
from handlers.words.message import Log
from handlers.words.result import Answer
from handlers.words.step import Left, StepState
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.past import deployed
from tests.handlers.stage import Stage
from tests.handlers.test_why import LACKS, failing
from tests.handlers.world import DEV, VIC, World

BOTH = pytest.mark.parametrize("target", ["orders-api", ""], ids=["a service", "the environment"])


@BOTH
def test_whoever_may_not_read_logs_gets_no_line_and_is_told_so(
    stage: Stage, world: World, golden: Golden, target: str
) -> None:
    failing(world)
    world.store.memory.settings["logs_role"] = "developer"
    answer = stage.ask("why", "staging", target, who=VIC)
    assert isinstance(answer, Answer)
    assert world.aws().script.count("last_lines") == 0
    assert LACKS not in repr(answer) and "DATABASE_URL is missing" not in repr(answer)
    assert "exit code 1" in telling.headline(answer)
    assert telling.notes(answer)[0] == golden(name="withheld")
    assert stage.entries("read") == []


@BOTH
def test_an_answer_that_quotes_a_log_is_recorded(stage: Stage, world: World, target: str) -> None:
    failing(world)
    world.store.memory.settings["logs_role"] = "developer"
    answer = stage.ask("why", "staging", target, who=DEV)
    assert "DATABASE_URL is missing" in repr(answer)
    (entry,) = stage.entries("read")
    assert (entry.operation, entry.environment, entry.target) == ("why", "staging", target or "*")
    assert (entry.actor, entry.decision) == (DEV.id, "allowed")


def test_where_nothing_is_quoted_nothing_is_recorded(stage: Stage, world: World) -> None:
    deployed(world.aws().services, 1)
    stage.ask("why", "staging", "orders-api", who=VIC)
    stage.ask("why", "staging", who=VIC)
    assert stage.entries("read") == []


def test_an_answer_that_cannot_be_recorded_is_not_given(stage: Stage, world: World) -> None:
    failing(world)

    def away(method: str) -> None:
        if method == "audit.append":
            raise StoreLost("It is gone.")

    world.store.before_call(away)
    assert LACKS not in repr(stage.ask("why", "staging", "orders-api", who=VIC))


def test_what_was_captured_earlier_is_withheld_in_the_same_way(
    stage: Stage, world: World, golden: Golden
) -> None:
    failing(world, tasks=())
    stage.ask("restart", "staging", "orders-api")
    memory = world.store.memory
    (record,) = memory.operations.values()
    logs = (Log("Log", (LACKS,), tail=True), Log("Why tasks stopped", ("2 tasks: exit code 1",)))
    left = encode(Left(captured=logs, cause="exit code 1, DATABASE_URL is missing"))
    step = replace(record.steps[0], state=StepState.FAILED, evidence=left, ended_at=world.clock.at)
    memory.operations[record.id] = replace(record, state=State.FAILED, steps=(step,))
    memory.settings["logs_role"] = "developer"

    hidden = stage.ask("why", "staging", "orders-api", who=VIC)
    assert "DATABASE_URL is missing" not in repr(hidden) and LACKS not in repr(hidden)
    assert [log.title for log in telling.logs(hidden)] == ["Why tasks stopped"]
    assert telling.offers(hidden) == ()
    assert telling.note(hidden, "captured") == golden
    assert stage.entries("read") == []

    shown = stage.ask("why", "staging", "orders-api", who=DEV)
    assert LACKS in repr(shown) and telling.offers(shown)
    assert [entry.operation for entry in stage.entries("read")] == ["why"]
