"""What one message says of several operations of the same kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from handlers.ports.store import OperationRecord
from handlers.tell import operation as tell
from handlers.tell import reply
from handlers.tell.together import captured, together
from handlers.words.message import Log, Message, Offer, Status
from handlers.words.plan import Step
from handlers.words.step import StepRecord, StepState
from policies.record.lifecycle import State
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.gate.rows import record
from tests.handlers.stage import REGISTRY

CAPTURED = {"title": "Log of the task", "lines": ["KeyError: DATABASE_URL"], "tail": True}
BROKE = {"cause": "exit code 1, DATABASE_URL is missing", "broke": True, "captured": [CAPTURED]}
TIMED = {"timed": True}


def restart(
    name: str, state: State = State.RUNNING, said: str = "", left: dict[str, Any] | None = None
) -> OperationRecord:
    """Of one service, as far as ``state``; one that has ended did so after 38 s."""
    ends = {State.RUNNING: StepState.BEGAN, State.SUCCEEDED: StepState.DONE}
    end = ends.get(state, StepState.FAILED)
    step = StepRecord(0, Step("deploy", name), end, sentence=said, evidence=left or {})
    closed = START + timedelta(seconds=38) if state.ended else None
    return record(step, id=f"op-{name}", target=name, state=state, summary=said, closed_at=closed)


def told(*records: OperationRecord, name: str = "restart") -> Message:
    declared, now = REGISTRY.named(name), START + timedelta(seconds=50)
    return together(records, [tell.report(r, declared, now=now) for r in records], declared)


def read(said: Message) -> Sequence[str]:
    return (said.status.value, telling.headline(said), *telling.notes(said))


RUNS = restart("worker", said="1 of 2 new tasks healthy")
WELL = restart("orders-api", State.SUCCEEDED, "healthy after 38 s", TIMED)
FAILED = restart("web", State.FAILED, "failed: tasks failed to start", BROKE)


def test_one_alone_is_told_as_ever() -> None:
    declared = REGISTRY.named("restart")
    assert told(WELL) == reply.message(tell.report(WELL, declared, now=START + timedelta(seconds=50)))


def test_as_long_as_one_runs_they_are_under_way_each_with_its_own_sign(golden: Golden) -> None:
    said = told(WELL, FAILED, RUNS)
    assert said.status is Status.RUNNING
    assert read(said) == golden


def test_all_well_is_one_sentence(golden: Golden) -> None:
    said = told(WELL, restart("web", State.SUCCEEDED, "healthy after 12 s", TIMED))
    assert said.status is Status.SUCCEEDED
    assert read(said) == golden


def test_the_worst_leads_once_all_have_ended_cause_first(golden: Golden) -> None:
    said = told(WELL, FAILED, restart("worker", State.UNCHANGED, "nothing had to change"))
    assert said.status is Status.FAILED
    assert read(said) == golden


def test_what_failed_and_was_done_again_is_told_by_its_last_try(golden: Golden) -> None:
    again = restart("web", State.SUCCEEDED, "healthy after 12 s", TIMED)
    said = told(FAILED, again)
    assert said.status is Status.SUCCEEDED
    assert read(said) == golden


def test_several_of_another_verb_agree_in_number(golden: Golden) -> None:
    done = [replace(restart(n, State.SUCCEEDED, "done", TIMED), name="redeploy") for n in ("web", "worker")]
    assert telling.headline(told(*done, name="redeploy")) == golden


def test_each_has_an_audit_entry_in_the_menu_under_a_name_of_its_own() -> None:
    said = told(WELL, FAILED, restart("web", State.SUCCEEDED))
    assert [name for _, name in said.operations] == ["orders-api", "web", "web (2)"]
    assert [one for one, _ in said.operations] == ["op-orders-api", "op-web", "op-web"]
    assert said.operation == ""


def test_a_button_says_of_which_service_it_is() -> None:
    declared, now = REGISTRY.named("restart"), START
    undo = (Offer("Undo", "restart", "staging"),)
    reports = [replace(tell.report(r, declared, now=now), offers=undo) for r in (WELL, FAILED)]
    said = together((WELL, FAILED), reports, declared)
    assert [offer.label for offer in said.offers] == ["Undo: orders-api", "Undo: web"]
    assert [offer.label for offer in together((WELL,), reports[:1], declared).offers] == ["Undo"]


def test_what_was_captured_is_for_the_thread_and_says_of_which_service() -> None:
    assert not any(isinstance(block, Log) for block in told(WELL, FAILED).blocks)
    (log,) = captured(FAILED, told(FAILED), beside=True)
    assert (log.title, log.lines) == ("web: Log of the task", ("KeyError: DATABASE_URL",))
    (alone,) = captured(FAILED, told(FAILED), beside=False)
    assert alone.title == "Log of the task"
