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
from handlers.words.result import Report
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


def keep(number: int, override: dict[str, Any], *offers: Offer) -> tuple[OperationRecord, Report]:
    """A keep that was set, with what its step left and the buttons of its report."""
    step = StepRecord(0, Step("override"), StepState.DONE, sentence="`staging` will be kept on.")
    left = {"override": {"state": "up", "zone": "Europe/Berlin", **override}}
    made = record(step, id=f"op-{number}", name="keep", target="*", state=State.SUCCEEDED, after=left)
    return made, replace(tell.report(made, REGISTRY.named("keep"), now=START), offers=offers)


PLANS = (
    {"since": "2026-03-03T05:30:00+00:00", "until": "2026-03-03T08:00:00+00:00"},
    {"since": "2026-03-07T09:00:00+00:00", "until": "2026-03-07T10:00:00+00:00"},
    {"since": "2026-03-24T05:30:00+00:00", "until": "2026-03-24T08:00:00+00:00"},
    {"until": "2026-03-02T22:00:00+00:00"},
)


def test_a_button_and_an_entry_of_the_menu_say_of_which_keep_they_are(golden: Golden) -> None:
    made = [
        keep(n, plan, Offer("Cancel" if "since" in plan else "Undo", "resume", "staging"))
        for n, plan in enumerate(PLANS)
    ]
    said = together([m[0] for m in made], [m[1] for m in made], REGISTRY.named("keep"))
    assert [offer.label for offer in said.offers] == golden(name="buttons")
    assert [name for _, name in said.operations] == golden(name="menu")


def test_the_only_button_says_of_which_keep_it_is_too() -> None:
    """The others are over: which of them goes on is not for the reader to find out."""
    made = [keep(0, PLANS[0]), keep(1, PLANS[1], Offer("Cancel", "resume", "staging"))]
    said = together([m[0] for m in made], [m[1] for m in made], REGISTRY.named("keep"))
    assert [offer.label for offer in said.offers] == ["Cancel 10:00 on Sat (Europe/Berlin)"]


def test_a_flag_and_a_pattern_name_their_audit_entry() -> None:
    flags = [replace(WELL, name="flag", target="*", arguments={"name": n}) for n in ("new-checkout", "dark")]
    assert [name for _, name in told(*flags, name="flag").operations] == ["new-checkout", "dark"]


def test_no_button_and_no_entry_is_longer_than_slack_takes_or_equal_to_another() -> None:
    """Service names may have 255 characters, and differ only in the middle."""
    names = [f"{'n' * 120}{middle}{'n' * 120}" for middle in "abc"]
    declared, undo = REGISTRY.named("restart"), (Offer("Undo", "restart", "staging"),)
    records = [replace(WELL, id=f"op-{name}", target=name) for name in names]
    reports = [replace(tell.report(r, declared, now=START), offers=undo) for r in records]
    said = together(records, reports, declared)
    for shown in (
        [o.label for o in said.offers],
        [f"Show the audit entry of {n}" for _, n in said.operations],
    ):
        assert len(set(shown)) == 3
        assert max(map(len, shown)) <= 75


def test_what_was_captured_is_for_the_thread_and_says_of_which_service() -> None:
    assert not any(isinstance(block, Log) for block in told(WELL, FAILED).blocks)
    (log,) = captured(FAILED, told(FAILED), beside=True)
    assert (log.title, log.lines) == ("web: Log of the task", ("KeyError: DATABASE_URL",))
    (alone,) = captured(FAILED, told(FAILED), beside=False)
    assert alone.title == "Log of the task"
