"""A shortcut on a message: the gate finds what the message tells of by its place, and asks why it failed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.ports.messages import MessageRow
from handlers.words.result import Answer, Refusal, Reply
from policies.access.people import Actor
from policies.record.lifecycle import FAILURES, State
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, NIA, VIC

HERE, TS = "C0STAGING", "1700000000.000100"


def stands(stage: Stage, operation_id: str, ts: str = TS, **row: str) -> None:
    """Put the message of an operation there."""
    kept = stage.store.messages.find(operation_id)
    assert isinstance(kept, MessageRow)
    stage.store.messages.shown(replace(kept, ts=ts, version_shown=kept.version_wanted, **row))  # type: ignore[arg-type]


def restarted(stage: Stage, state: State, target: str = "web", ts: str = TS, **row: str) -> str:
    """Restart a service, and let it have ended so."""
    stage.ask("restart", "staging", target)
    memory = stage.world.store.memory
    record = list(memory.operations.values())[-1]
    memory.operations[record.id] = replace(record, state=state)
    stands(stage, record.id, ts, **row)
    return record.id


def use(stage: Stage, ts: str = TS, *, who: Actor = DEV, channel: str = HERE) -> Reply:
    return stage.ask("why", who=who, channel=channel, message=ts, source="shortcut")


@pytest.mark.parametrize("state", sorted(FAILURES))
def test_it_asks_why_about_the_service_that_failed(stage: Stage, state: State) -> None:
    restarted(stage, state)
    answer = use(stage, who=VIC)
    assert isinstance(answer, Answer)
    assert "`web` in `staging`" in answer.headline


def test_the_captured_output_in_its_thread_tells_of_the_same(stage: Stage) -> None:
    restarted(stage, State.FAILED, detail_ts="1700000000.000200")
    assert "`web` in `staging`" in telling.headline(use(stage, "1700000000.000200"))


def test_several_failures_in_one_message_are_asked_about_as_their_environment(stage: Stage) -> None:
    for target in ("web", "orders-api"):
        restarted(stage, State.FAILED, target)
    answer = telling.headline(use(stage))
    assert "1 more is unhealthy" in answer


def test_of_several_operations_in_one_message_only_the_failed_one_is_asked_about(stage: Stage) -> None:
    restarted(stage, State.SUCCEEDED, "orders-api")
    restarted(stage, State.FAILED, "web")
    assert "`web` in `staging`" in telling.headline(use(stage))


@pytest.mark.parametrize("place", [(HERE, "1.2"), ("C0OPS", TS)], ids=["another message", "another channel"])
def test_on_another_message_it_says_what_it_is_for(
    stage: Stage, place: tuple[str, str], golden: Golden
) -> None:
    restarted(stage, State.FAILED)
    answer = use(stage, place[1], channel=place[0])
    assert isinstance(answer, Answer)
    assert answer.headline == golden(name="what for")


def test_on_a_success_it_says_what_it_is_for(stage: Stage, golden: Golden) -> None:
    restarted(stage, State.SUCCEEDED)
    assert telling.headline(use(stage)) == golden(name="what for")


def test_on_what_is_under_way_it_says_that_nothing_has_failed_yet(stage: Stage, golden: Golden) -> None:
    stage.ask("restart", "staging", "web")
    (record,) = stage.world.store.memory.operations.values()
    stands(stage, record.id)
    assert telling.headline(use(stage)) == golden


def test_whoever_may_not_view_the_environment_is_answered_as_if_there_were_none(stage: Stage) -> None:
    restarted(stage, State.FAILED)
    refused = use(stage, who=NIA)
    assert isinstance(refused, Refusal)
    (entry,) = stage.entries("refused")
    assert (entry.source, entry.operation) == ("shortcut", "why")
