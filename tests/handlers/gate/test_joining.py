"""Several operations of the same kind within a minute: each is answered and recorded as ever, and one message
tells of all."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.words.result import Report
from tests import telling
from tests.handlers.stage import Stage
from tests.handlers.world import OLU, World


@pytest.fixture
def stage() -> Stage:
    return Stage(World().catalogue())


def owners(stage: Stage) -> list[str]:
    """The target of the operation whose message tells of each operation, the oldest operation first."""
    by_id = {record.id: record.target for record in stage.operations()}
    rows = [stage.store.messages.find(record.id) for record in stage.operations()]
    return [by_id[row.joined or row.operation_id] for row in rows if row is not None]


def ask(stage: Stage, target: str, **rest: Any) -> Report:
    reply = stage.ask("restart", "staging", target, **rest)
    assert isinstance(reply, Report)
    return reply


def test_each_is_answered_and_recorded_as_if_it_were_alone(stage: Stage) -> None:
    first, second = ask(stage, "orders-api"), ask(stage, "web")
    assert ("`orders-api`" in telling.headline(first), "`web`" in telling.headline(second)) == (True, True)
    stage.finish()
    assert owners(stage) == ["orders-api", "orders-api"]
    assert {e.operation_id for e in stage.entries("started")} == {first.operation_id, second.operation_id}
    assert [e.target for e in stage.entries("closed")] == ["orders-api", "web"]


def test_each_is_shown_by_itself(stage: Stage) -> None:
    first, second = ask(stage, "orders-api"), ask(stage, "web")
    assert {first.operation_id, second.operation_id} <= set(stage.world.messages.shown)


def test_another_person_or_a_later_minute_has_a_message_of_its_own(stage: Stage) -> None:
    ask(stage, "orders-api")
    ask(stage, "web", who=OLU)
    stage.finish()
    stage.forward(60)
    ask(stage, "orders-api")
    assert (
        len({row.operation_id for row in stage.world.store.memory.messages.values() if not row.joined}) == 3
    )


def test_a_refused_one_leaves_the_message_as_it_is(stage: Stage) -> None:
    first = ask(stage, "orders-api")
    stage.ask("restart", "staging", "orders-api")
    assert [r.operation_id for r in stage.store.messages.together(first.operation_id)] == [first.operation_id]
