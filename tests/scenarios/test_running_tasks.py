"""`/env run` as people see it: a task that ends well, refusals, a button, and ``kill -9`` around RunTask."""

from __future__ import annotations

from tests.scenarios.killing import (
    PHASES,
    Call,
    Held,
    Phase,
    ensure_patient,
    hold,
    hold_in,
    kill,
    kill_at,
    release,
    start,
    told_to_its_end,
)
from tests.scenarios.stage import DEV, OLU, Stage, kinds_of

RUN = "/env run {} migrate"


def register(stage: Stage, *, seconds: float = 6) -> None:
    """Register the revision that is approved, and later ones, which run as long but are not approved."""
    told = {
        "family": "pool-migrate",
        "container": "job",
        "image": "orders:v1",
        "log": ["2 migrations applied"],
    }
    stage.world.order("definition.register", **told, seconds=seconds)


def test_an_approved_task_runs_to_its_end_and_what_is_not_approved_is_refused(stage: Stage) -> None:
    register(stage)
    place = stage.environment()
    stage.types(DEV, f"/env run {place} drop-everything")
    stage.hears(DEV, "`drop-everything` is not approved", "`migrate`")
    stage.types(DEV, f"/env run {place} migrate to=sideways")
    stage.hears(DEV, "`to` cannot be `sideways`", "head, base")
    stage.types(DEV, f"/env run {place} migrate up")
    stage.hears(DEV, "`up` is no parameter")
    assert stage.world.order("run.describe", cluster=place)["tasks"] == []

    stage.types(DEV, f"/env run migrate to=base in {place}")
    told = stage.message_of(place, "ran in", "exit code 0")
    (log,) = stage.thread_of(told)
    assert "running migrate --to base" in log.words and "2 migrations applied" in log.words
    entry = stage.closed(place)
    assert kinds_of(stage.audit(place)) == ["refused", "refused", "started", "closed"]
    assert entry.after["migrate"]["exit code"] == 0
    assert len(stage.world.order("run.describe", cluster=place)["tasks"]) == 1


def test_the_button_stops_a_task_that_runs(stage: Stage) -> None:
    register(stage, seconds=3_000)
    place = stage.environment()
    stage.types(DEV, RUN.format(place))
    message = stage.message_of(place, "is running in")
    stage.until("it can be stopped", lambda: "Stop task" in stage.message_of(place).buttons)
    stage.presses(OLU, stage.message_of(place), "Stop task")
    told = stage.message_of(place, "did not end well", "asked for by Olu")
    assert told.ts == message.ts
    stage.until("both are closed", lambda: kinds_of(stage.audit(place)).count("closed") == 2)


def test_a_kill_around_run_task_starts_one_task_all_the_same(stage: Stage) -> None:
    """The step has a token: an unanswered RunTask is called again, and is the same task."""
    register(stage)
    ensure_patient(stage)
    call = Call("ecs.RunTask", 1, 0, certain=False)
    held = [hold(stage, call, phase, text=RUN) for phase in PHASES]
    kill_at(stage, held)
    start(stage, lease_over=True)
    for one in held:
        entry = stage.closed(one.environment)
        assert entry.outcome == "succeeded", (str(one), entry)
        assert kinds_of(stage.audit(one.environment)) == ["started", "closed"]
        tasks = stage.world.order("run.describe", cluster=one.environment)["tasks"]
        assert len(tasks) == 1, f"{one}: {tasks}"
        told_to_its_end(stage, entry)
    assert stage.evidence.faults() == ()


def test_a_kill_around_stop_task_stops_the_task_all_the_same(stage: Stage) -> None:
    """An unanswered StopTask is called again, and a stopped task stays stopped. The run is looked at all the
    time, so StopTask need not be the last call before the kill.
    """
    register(stage, seconds=3_000)
    ensure_patient(stage)
    held = [_held_stop(stage, phase) for phase in PHASES]
    kill(stage)
    for one in held:
        release(stage, one.rule, drop=one.phase == "before_effect")
    start(stage, lease_over=True)
    for one in held:
        _stopped_once(stage, one.environment)
    assert stage.evidence.faults() == ()


def _held_stop(stage: Stage, phase: Phase) -> Held:
    """Run a task in a fresh environment, ask for its end, and wait until StopTask is held."""
    place, call = stage.environment(), Call("ecs.StopTask", 1, 0, certain=False)
    stage.types(DEV, RUN.format(place))
    stage.until("it can be stopped", lambda: "Stop task" in stage.message_of(place).buttons)
    held = hold_in(stage, place, call, phase, text="/env end {}", who=OLU)
    assert held.caught
    return held


def _stopped_once(stage: Stage, place: str) -> None:
    stage.until("both are closed", lambda: kinds_of(stage.audit(place)).count("closed") == 2)
    outcomes = {e.operation: e.outcome for e in stage.audit(place) if e.kind == "closed"}
    assert outcomes == {"run": "failed", "end": "succeeded"}
    assert kinds_of(stage.audit(place)).count("started") == 2
    assert len(stage.world.order("run.describe", cluster=place)["tasks"]) == 1
    told = stage.message_of(place, "did not end well", "asked for by Olu")
    assert "Stop task" not in told.buttons
