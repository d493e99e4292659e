"""Tests of an operation's one message at any moment of its life, in whole sentences."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.ports.store import OperationRecord
from handlers.tell import operation as tell
from handlers.tell import reply
from handlers.words.message import Log
from handlers.words.operation import Reach
from handlers.words.plan import Step
from handlers.words.result import Report
from handlers.words.step import StepRecord, StepState
from policies.record.evidence import canonical
from policies.record.lifecycle import State
from policies.service.facts import Event
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.gate.rows import record
from tests.handlers.stage import REGISTRY, Stage
from tests.handlers.world import World, task

ACCOUNT = "1234" + "56789012"
UNREADABLE = (
    f"ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval "
    f"failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch "
    f"secret arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:staging/db-AbCdEf:password:: from secrets "
    f"manager: AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/staging-exec/0a1b is not "
    f"authorized to perform: secretsmanager:GetSecretValue on resource: "
    f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:staging/db-AbCdEf because of its policy"
)
FOR_ADMINS = (ACCOUNT, "staging-exec", "staging/db-AbCdEf", "arn:aws")


def step(position: int = 0, state: StepState = StepState.BEGAN, sentence: str = "", **f: Any) -> StepRecord:
    return StepRecord(position, Step("deploy", "orders-api"), state, sentence=sentence, **f)


def report(found: OperationRecord, *, now: datetime) -> Report:
    return tell.report(found, REGISTRY.named(found.name), now=now)


def said(found: OperationRecord, seconds: float = 35) -> str:
    return report(found, now=START + timedelta(seconds=seconds)).headline


def ended(
    state: State, summary: str, seconds: float = 35, steps: tuple[StepRecord, ...] = (), **fields: Any
) -> str:
    closed = START + timedelta(seconds=seconds)
    return said(record(*steps, state=state, summary=summary, closed_at=closed, **fields), 10_000)


def test_a_running_operation_says_what_is_being_done_and_how_far_it_is(golden: Golden) -> None:
    assert said(record(step())) == golden
    told = record(step(sentence="1 of 2 new tasks healthy"))
    assert said(told) == golden


def test_a_running_operation_says_each_thing_once_and_skips_ended_steps(golden: Golden) -> None:
    steps = (
        step(0, StepState.DONE, "replaced"),
        step(1, sentence="replacing"),
        step(2, sentence="replacing"),
    )
    assert said(record(*steps)) == golden
    (done,) = telling.fields(report(record(*steps), now=START))
    assert done.label == "Steps"
    assert done.value == golden


TIMED = {"timed": True}
BROKE = {"cause": "exit code 1, DATABASE_URL is missing", "broke": True}
ENDS: dict[str, tuple[State, str, dict[str, Any]]] = {
    "timed": (State.SUCCEEDED, "healthy after 12 s, done after 35 s", TIMED),
    "untimed": (State.SUCCEEDED, "replaced: 2 of 2 tasks healthy", {}),
    "broken": (State.FAILED, "failed: tasks failed to start; Essential container in task exited", BROKE),
    "failed twice": (
        State.FAILED,
        "failed, and the rollback failed too: no capacity",
        {"cause": "the rollback failed too: no capacity"},
    ),
    "failed unsaid": (State.FAILED, "failed", {"cause": ""}),
    "advice": (State.FAILED, "AWS does not allow it. Trying again will not help by itself.", {}),
    "rolled back": (State.ROLLED_BACK, "rolled back: tasks failed", {"cause": "tasks failed to start"}),
    "rolled back broken": (State.ROLLED_BACK, "rolled back: tasks failed", BROKE),
    "rolled back unsaid": (State.ROLLED_BACK, "rolled back", {"cause": ""}),
    "superseded": (State.SUPERSEDED, "superseded by another deployment, which somebody else made", {}),
    "timed out": (State.TIMED_OUT, "not settled after 35 s: 1 of 2 new tasks healthy", {}),
    "timed out broken": (State.TIMED_OUT, "not settled after 35 s: 1 of 2 new tasks healthy", BROKE),
    "interrupted": (State.INTERRUPTED, "AWS never began the deployment; nothing was done.", {}),
    "unchanged": (State.UNCHANGED, "nothing had to change", {}),
    "partial": (State.PARTIAL, "1 of 2 steps done. AWS said no.", {}),
    "cancelled": (State.CANCELLED, "cancelled by Olu: stop", {}),
    "cancelled unsaid": (State.CANCELLED, "", {}),
}
STEPS = {State.SUCCEEDED: StepState.DONE, State.UNCHANGED: StepState.DONE}


@pytest.mark.parametrize("end", ENDS)
def test_each_end_reads_well(end: str, golden: Golden) -> None:
    state, summary, left = ENDS[end]
    found = step(state=STEPS.get(state, StepState.FAILED), sentence=summary, evidence=left)
    assert ended(state, summary, steps=(found,)) == golden


ENDINGS = (
    State.PARTIAL,
    State.FAILED,
    State.SUPERSEDED,
    State.CANCELLED,
    State.TIMED_OUT,
    State.INTERRUPTED,
)
CHANGES = sorted(o.name for o in REGISTRY.operations.values() if o.changes)
OF_A_SERVICE = ("restart", "redeploy", "scale")


@pytest.mark.parametrize("name", CHANGES)
def test_every_change_reads_well_at_each_end(name: str, golden: Golden) -> None:
    declared = REGISTRY.named(name)
    assert declared is not None
    assert declared.verb is not None
    where: dict[str, Any] = {"environment": "staging" if declared.reach is Reach.ENVIRONMENT else ""}
    where |= {"target": "orders-api" if name in OF_A_SERVICE else "*", "name": name}
    done = step(state=StepState.DONE, sentence="`staging` is as asked.")
    broken = step(state=StepState.FAILED, sentence="the reason")
    assert [
        said(record(step(sentence="1 of 2 done"), **where)),
        ended(State.SUCCEEDED, done.sentence, steps=(done,), **where),
        *(ended(state, "the reason", steps=(broken,), **where) for state in ENDINGS),
    ] == golden


def test_the_cause_of_a_failure_comes_first_and_the_last_sighting_beneath() -> None:
    summary = "not settled after 15 m: 1 of 2 new tasks healthy"
    found = step(state=StepState.TIMED_OUT, sentence=summary, evidence=BROKE)
    late = report(record(found, state=State.TIMED_OUT, summary=summary, closed_at=START), now=START)
    assert late.headline.startswith(
        "`orders-api` failed to start in `staging`: exit code 1, DATABASE_URL is missing"
    )
    assert telling.notes(late) == (summary,)


def test_the_message_shows_neither_the_operation_id_nor_the_source(stage: Stage) -> None:
    stage.ask("restart", "staging", "orders-api")
    stage.finish()
    found = stage.operation()
    drawn = reply.message(report(found, now=START))
    assert found.id not in f"{drawn.headline}{drawn.blocks}{drawn.offers}"
    assert found.source not in f"{drawn.headline}{drawn.blocks}"
    assert drawn.operation == found.id


def test_the_whole_environment_and_the_installation_are_named_as_such(golden: Golden) -> None:
    assert ended(State.SUCCEEDED, "5 of 5 services done.", target="*", name="stop") == golden
    assert ended(State.SUCCEEDED, "5 changes applied.", environment="", target="*", name="apply") == golden


def test_notes_stand_beneath_the_headline_while_the_operation_runs() -> None:
    notes = ("One task at a time.",)
    found = report(record(step(), notes=notes), now=START)
    assert telling.notes(found) == notes
    assert found.operation_id == "op-1"
    assert telling.status(found) == "running"


def test_captured_logs_are_shown_once_the_operation_has_ended() -> None:
    captured = [
        {"title": "Why tasks stopped", "lines": ["exit code 1", 7]},
        "nonsense",
        {"lines": "none", "title": ""},
    ]
    steps = (step(state=StepState.FAILED, evidence={"captured": captured}), step(1, evidence={"captured": 3}))
    closed = record(*steps, state=State.FAILED, summary="failed", closed_at=START)
    assert telling.logs(report(closed, now=START)) == (Log("Why tasks stopped", ("exit code 1",)),)
    assert telling.logs(report(record(*steps), now=START)) == ()


def test_roles_secrets_and_accounts_are_left_to_the_record(golden: Golden) -> None:
    captured = [{"title": f"Log {ACCOUNT}", "lines": [UNREADABLE]}]
    failed = step(state=StepState.FAILED, sentence=UNREADABLE, evidence={"captured": captured})
    running = record(step(sentence=UNREADABLE), notes=(UNREADABLE,))
    ended = record(failed, state=State.FAILED, summary=UNREADABLE, closed_at=START)
    masked = telling.notes(report(running, now=START))[0]
    assert masked == golden
    for found in (report(running, now=START), report(ended, now=START)):
        assert not [word for word in FOR_ADMINS if word in repr(found)]
        assert masked in found.headline
    assert telling.logs(report(ended, now=START))[0].title == "Log (an account)"


def test_a_failed_deployment_names_no_role_but_its_audit_entry_does(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api")
    primary = world.aws().services.known()["orders-api"].primary
    assert primary is not None
    broken = task(
        9, primary.id, last_status="STOPPED", stop_code="TaskFailedToStart", stopped_reason=UNREADABLE
    )
    world.aws().services.change(
        "orders-api",
        tasks=(replace(broken, stopped_at=START),),
        deployments=(replace(primary, rollout="FAILED", rollout_reason=f"tasks failed: {UNREADABLE}"),),
        events=(Event(START, f"(service orders-api) {UNREADABLE}"),),
    )
    world.aws().logs.write("/staging/orders-api", f"ecs/app/{9:032x}", UNREADABLE)
    stage.forward(5)
    ended = stage.operation()
    shown = report(ended, now=world.clock.now())
    assert ended.state is State.FAILED
    assert len(telling.logs(shown)) == 3
    assert not [word for word in FOR_ADMINS if word in repr(shown)]
    entry = canonical(stage.last(), 1).decode()
    assert [word for word in FOR_ADMINS if word in entry] == [*FOR_ADMINS]
    assert UNREADABLE in stage.last().summary
    assert repr(stage.last().evidence).count(UNREADABLE) >= 3
