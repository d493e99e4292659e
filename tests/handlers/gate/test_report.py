"""What an operation's one message says, at any moment of its life, in whole sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.gate.outcome import Evidence, Field
from handlers.gate.plan import Step, StepRecord, StepState
from handlers.gate.report import report
from handlers.ports.store import OperationRecord
from policies.lifecycle import State
from tests.fakes.aws import START
from tests.handlers.gate.rows import record


def step(position: int = 0, state: StepState = StepState.BEGAN, sentence: str = "", **f: Any) -> StepRecord:
    return StepRecord(position, Step("deploy", "orders-api"), state, sentence=sentence, **f)


def said(found: OperationRecord, seconds: float = 35) -> str:
    return report(found, now=START + timedelta(seconds=seconds)).summary


def ended(state: State, summary: str, seconds: float = 35, **fields: Any) -> str:
    closed = START + timedelta(seconds=seconds)
    return said(record(state=state, summary=summary, closed_at=closed, **fields), 10_000)


def test_running_it_says_what_is_being_done_and_how_far_it_is() -> None:
    assert said(record(step())) == "Restarting `orders-api` in `staging` …"
    told = record(step(sentence="1 of 2 new tasks healthy"))
    assert said(told) == "Restarting `orders-api` in `staging`: 1 of 2 new tasks healthy"


def test_running_it_says_each_thing_once_and_nothing_of_steps_that_ended() -> None:
    steps = (
        step(0, StepState.DONE, "replaced"),
        step(1, sentence="replacing"),
        step(2, sentence="replacing"),
    )
    assert said(record(*steps)) == "Restarting `orders-api` in `staging`: replacing"
    assert report(record(*steps), now=START).fields == (Field("Steps", "1 of 3 done"),)


@pytest.mark.parametrize(
    ("state", "summary", "expected"),
    [
        (
            State.SUCCEEDED,
            "healthy after 12 s, done after 35 s",
            "Restart of `orders-api` in `staging`: healthy after 12 s, done after 35 s",
        ),
        (
            State.SUCCEEDED,
            "2 of 2 steps done. replaced: 2 of 2 tasks healthy",
            "Restart of `orders-api` in `staging`: 2 of 2 steps done. replaced: 2 of 2 tasks healthy"
            " (after 35 s)",
        ),
        (
            State.FAILED,
            "failed: Essential container in task exited (app: exit code 1)",
            "Restart of `orders-api` in `staging`: Essential container in task exited (app: exit code 1)"
            " (after 35 s)",
        ),
        (
            State.FAILED,
            "failed, and the rollback failed too: no capacity",
            "Restart of `orders-api` in `staging`: failed, and the rollback failed too: no capacity"
            " (after 35 s)",
        ),
        (
            State.FAILED,
            "AWS does not allow it. Trying again will not help by itself.",
            "Restart of `orders-api` in `staging`: AWS does not allow it. Trying again will not help by"
            " itself. Ended after 35 s.",
        ),
        (
            State.ROLLED_BACK,
            "rolled back: tasks failed to start",
            "Restart of `orders-api` in `staging`: tasks failed to start (after 35 s)",
        ),
        (State.ROLLED_BACK, "rolled back", "Restart of `orders-api` in `staging`: rolled back (after 35 s)"),
        (
            State.SUPERSEDED,
            "superseded by deployment `ecs-svc/9`, which somebody else made",
            "Restart of `orders-api` in `staging`: superseded by deployment `ecs-svc/9`, which somebody else"
            " made (after 35 s)",
        ),
        (
            State.TIMED_OUT,
            "not settled after 35 s: 1 of 2 new tasks healthy",
            "Restart of `orders-api` in `staging`: not settled after 35 s: 1 of 2 new tasks healthy",
        ),
        (
            State.INTERRUPTED,
            "Interrupted: AWS never began the deployment; nothing was done.",
            "Restart of `orders-api` in `staging`: AWS never began the deployment; nothing was done."
            " Ended after 35 s.",
        ),
        (State.UNCHANGED, "nothing had to change", None),
        (State.PARTIAL, "1 of 2 steps done. AWS said no.", None),
        (State.CANCELLED, "", "Restart of `orders-api` in `staging`: cancelled (after 35 s)"),
    ],
)
def test_each_end_reads_well(state: State, summary: str, expected: str | None) -> None:
    found = ended(state, summary)
    assert found == expected if expected else summary in found


def test_the_whole_environment_and_the_installation_are_named_as_such() -> None:
    assert ended(State.SUCCEEDED, "done", target="*") == "Restart of `staging`: done (after 35 s)"
    assert ended(State.SUCCEEDED, "5 changes applied.", environment="", target="*", name="apply") == (
        "Apply of this installation: 5 changes applied. Ended after 35 s."
    )


def test_who_asked_how_and_the_operations_id_are_always_there() -> None:
    found = report(record(step(), notes=("One task at a time.",)), now=START)
    assert found.notes == ("One task at a time.", "Asked by Dev (slash) · operation op-1")
    assert found.operation_id == "op-1"
    assert found.status == "running"


def test_what_was_captured_is_shown_once_it_has_ended() -> None:
    captured = [
        {"title": "Why tasks stopped", "lines": ["exit code 1", 7]},
        "nonsense",
        {"lines": "none", "title": ""},
    ]
    steps = (step(state=StepState.FAILED, evidence={"captured": captured}), step(1, evidence={"captured": 3}))
    closed = record(*steps, state=State.FAILED, summary="failed", closed_at=START)
    assert report(closed, now=START).evidence == (Evidence("Why tasks stopped", ("exit code 1", "7")),)
    assert report(record(*steps), now=START).evidence == ()
