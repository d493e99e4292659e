"""The loop that advances operations: order, ends, looks, fences and being told to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Absent, Denied, Rejected, Throttled, Trouble
from handlers.words.step import End, Repeat, StepRecord, StepState, Verdict
from policies.record.lifecycle import State
from policies.service.environment import ClusterPick, Tier
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.gate.plays import A_MINUTE, play, states
from tests.handlers.kinds import Scripted, done, failed, probe, step, undone, verdict, waiting
from tests.handlers.stage import Stage
from tests.handlers.world import World

# order and ends


def test_a_step_begins_only_once_the_steps_before_it_are_done(world: World, golden: Golden) -> None:
    kind = Scripted().says("look", "a", waiting(START + A_MINUTE, "a goes on"), done("a done"))
    stage = play(world, kind, step("a"), step("b", 0), step("c"))
    assert kind.acted() == ["a", "c"]
    stage.forward(59)
    assert kind.acted() == ["a", "c"]
    stage.forward(1)
    assert kind.acted() == ["a", "c", "b"]
    assert stage.operation().state is State.SUCCEEDED
    assert stage.operation().summary == golden


def test_quick_steps_are_done_in_one_turn_one_after_the_other(world: World) -> None:
    kind = Scripted()
    stage = play(world, kind, step("a"), step("b", 0), step("c", 1))
    assert [c for c in kind.called if c[0] != "before"] == [
        (method, on) for on in ("a", "b", "c") for method in ("act", "look")
    ]
    assert stage.operation().state is State.SUCCEEDED


def test_steps_after_a_failed_step_are_left_out_and_the_others_go_on(world: World, golden: Golden) -> None:
    kind = Scripted().says("act", "a", Denied("AWS does not allow a."))
    stage = play(world, kind, step("a"), step("b", 0), step("c", 1), step("d"))
    assert states(stage) == [StepState.FAILED, StepState.LEFT_OUT, StepState.LEFT_OUT, StepState.DONE]
    assert kind.acted() == ["a", "d"]
    assert stage.operation().state is State.PARTIAL
    assert stage.operation().summary == golden


def test_an_operation_that_did_nothing_has_failed(world: World) -> None:
    stage = play(world, Scripted().says("act", "a", Rejected("No.")), step("a"), step("b", 0))
    assert stage.operation().state is State.FAILED


def test_a_plan_without_steps_changed_nothing(world: World, golden: Golden) -> None:
    stage = play(world, Scripted())
    assert stage.operation().state is State.UNCHANGED
    assert stage.operation().summary == golden
    assert stage.kinds() == ["started", "closed"]


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (done("said"), State.SUCCEEDED),
        (failed("said"), State.FAILED),
        (verdict(End.ROLLED_BACK, "said"), State.ROLLED_BACK),
        (verdict(End.SUPERSEDED, "said"), State.SUPERSEDED),
        (verdict(End.TIMED_OUT, "said"), State.TIMED_OUT),
        (undone("said"), State.INTERRUPTED),
        (verdict(End.UNKNOWN, "said"), State.INTERRUPTED),
    ],
)
def test_each_verdict_has_its_end(world: World, verdict: Verdict[Any], state: State) -> None:
    stage = play(world, Scripted().says("look", "a", verdict), step("a"))
    ended = stage.operation()
    assert (ended.state, ended.summary) == (state, "said")
    assert ended.steps[0].ended_at == START
    assert stage.last().outcome == state.value


def test_a_step_waits_for_our_empty_bucket_and_the_call_is_made_once(world: World) -> None:
    """AWS was never asked, so nothing failed: an empty bucket is a delay, not an end."""
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", Throttled("In 3 s.", retry_helps=True), {})
    stage = play(world, kind, step("a"))
    assert (stage.operation().state, stage.operation().steps[0].state) == (State.RUNNING, StepState.PLANNED)
    stage.forward(6)
    assert stage.operation().state is not State.FAILED
    assert stage.operation().steps[0].answered


def test_a_defect_in_a_step_ends_it_in_words_and_never_stops_the_others(world: World) -> None:
    kind = Scripted(repeat=Repeat.SAFE).says("look", "a", ValueError("a slip"))
    stage = play(world, kind, step("a"))
    assert "a defect here" in stage.operation().steps[0].sentence
    stage.forward(6)
    stage.forward(3600)
    assert stage.operation().state is State.INTERRUPTED


@pytest.mark.parametrize("change", ["tier", "cluster"])
def test_an_environment_that_changed_meanwhile_is_touched_no_further(
    world: World, change: str, golden: Golden
) -> None:
    kind = Scripted().says("look", "a", waiting(START + timedelta(seconds=5)), done("a done"))
    stage = play(world, kind, step("a"), step("b", 0))
    place = world.store.catalog.read().environment("staging")
    assert place is not None
    new = {"tier": Tier.PRODUCTION} if change == "tier" else {"pick": ClusterPick("elsewhere")}
    world.store.catalog.write(CatalogChange(put_environments=(replace(place, **new),)))
    stage.forward(10)
    assert kind.acted() == ["a"]
    assert [s.state for s in stage.operation().steps] == [StepState.DONE, StepState.UNDONE]
    assert stage.operation().steps[1].sentence == golden(name="why")


@pytest.mark.parametrize("error", [Denied, Throttled, Absent, Rejected])
def test_an_answer_that_nothing_happened_ends_the_step_at_once(world: World, error: type[Trouble]) -> None:
    said = error("AWS said no.", code="SomeException", request_id="request-7", retry_helps=True)
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", said)
    stage = play(world, kind, step("a"))
    assert (stage.operation().state, stage.operation().summary) == (State.FAILED, str(said))
    assert stage.operation().steps[0].evidence["code"] == "SomeException"
    assert stage.last().request_ids == ("request-7",)
    assert kind.acted() == ["a"]


# when to look again


def test_a_step_is_looked_at_again_when_the_verdict_says_and_not_before(world: World) -> None:
    kind = Scripted().says("look", "a", waiting(START + timedelta(seconds=40)), done("done"))
    stage = play(world, kind, step("a"))
    stage.forward(39)
    assert kind.count("look", "a") == 1
    stage.forward(1)
    assert stage.operation().state is State.SUCCEEDED


def test_the_first_look_waits_for_what_the_kind_says(world: World) -> None:
    kind = Scripted(first_look=timedelta(seconds=2))
    stage = play(world, kind, step("a"))
    assert kind.count("look", "a") == 0
    stage.forward(2)
    assert stage.operation().state is State.SUCCEEDED


def test_the_soonest_look_of_several_steps_counts(world: World) -> None:
    kind = Scripted(first_look=timedelta(seconds=2))
    kind.says("look", "a", waiting(START + timedelta(seconds=90)), done("done"))
    kind.says("look", "b", waiting(START + timedelta(seconds=20)), done("done"))
    stage = play(world, kind, step("a"), step("b"))
    stage.forward(2)
    assert stage.operation().next_look == START + timedelta(seconds=20)


def test_the_message_is_shown_after_each_turn(world: World) -> None:
    kind = Scripted().says("look", "a", waiting(START + timedelta(seconds=5)), done("done"))
    stage = play(world, kind, step("a"))
    before = len(world.messages.shown)
    stage.forward(5)
    assert world.messages.shown[before:] == [stage.operation().id]


# who holds it


def test_a_stale_holder_writes_nothing_and_stops_silently(world: World) -> None:
    """The lease ran out during the call; the next holder has taken over meanwhile."""
    kind = Scripted(repeat=Repeat.NEVER).says("recover", "a", undone("The heir said so."))
    steps = (step("a"), step("b"))
    heir = Stage(world, holder="two", operations=[probe(*steps)], kinds=[kind])

    def paused() -> dict[str, str]:
        world.forward(31)
        heir.tick()
        return {"answer": "of the stale one"}

    kind.says("act", "a", paused)
    stage = play(world, kind, *steps)
    assert states(stage) == [StepState.UNDONE, StepState.DONE]
    assert "answer" not in stage.operation().steps[0].evidence
    assert kind.acted() == ["a", "b"]
    assert stage.kinds() == ["started", "closed"]


def test_the_tick_leaves_an_operation_to_whoever_opens_it(world: World) -> None:
    kind = Scripted()
    stage = Stage(world, operations=[probe(step("a"))], kinds=[kind])
    acted_at_first_show: list[list[str]] = []

    def tick(_: str) -> None:
        if not acted_at_first_show:
            stage.tick()
            acted_at_first_show.append(kind.acted())

    world.messages.on_show = tick
    stage.ask("probe", "staging")
    assert acted_at_first_show == [[]]
    assert kind.acted() == ["a"]


def test_an_operation_has_one_turn_at_a_time_in_one_process(world: World) -> None:
    kind = Scripted()
    stage = Stage(world, operations=[probe(step("a"))], kinds=[kind])

    def again() -> dict[str, str]:
        assert not stage.advance.idle()
        stage.advance.once(stage.operation().id)
        return {}

    kind.says("act", "a", again)
    stage.ask("probe", "staging")
    assert kind.acted() == ["a"]
    assert stage.advance.idle()


def test_a_process_told_to_stop_finishes_the_call_in_hand_and_begins_no_other(world: World) -> None:
    kind = Scripted(first_look=timedelta(seconds=2))
    steps = (step("a"), step("b"))
    stage = Stage(world, operations=[probe(*steps)], kinds=[kind])
    kind.says("act", "a", _then(stage.advance.stop))
    stage.ask("probe", "staging")
    stage.forward(5)
    assert kind.acted() == ["a"]
    first, second = stage.operation().steps
    assert (first.state, first.answered) == (StepState.BEGAN, True)
    assert second.state is StepState.PLANNED
    stage.store.leases.release()
    heir = Stage(world, holder="two", operations=[probe(*steps)], kinds=[kind])
    heir.finish()
    assert kind.acted() == ["a", "b"]
    assert heir.operation().state is State.SUCCEEDED


def _then(do: Callable[[], None]) -> Callable[[], dict[str, str]]:
    def act() -> dict[str, str]:
        do()
        return {"request_ids": "r"}

    return act


def test_steps_act_as_the_person_who_asked_under_the_operations_id(world: World) -> None:
    stage = play(world, Scripted(), step("a"))
    name, actor, operation_id = world.scopes.bound[-1]
    assert (name, actor.id, operation_id) == ("staging", "slack:T0HOME:U0DEV", stage.operation().id)


def test_a_step_is_recorded_as_begun_before_the_call(world: World) -> None:
    kind = Scripted()
    stage = Stage(world, operations=[probe(step("a"))], kinds=[kind])
    seen: list[StepRecord] = []

    def act() -> dict[str, str]:
        seen.append(stage.operation().steps[0])
        return {}

    kind.says("before", "a", {"known": ["x"]}).says("act", "a", act)
    stage.ask("probe", "staging")
    (row,) = seen
    assert (row.state, row.before["known"], row.began_at, row.fence) == (StepState.BEGAN, ["x"], START, 1)


def test_a_closed_operation_is_never_taken_up_again(world: World) -> None:
    kind = Scripted()
    stage = play(world, kind, step("a"))
    stage.advance.once(stage.operation().id)
    assert stage.advance.due() == []
    assert (kind.acted(), stage.kinds()) == (["a"], ["started", "closed"])


def test_a_cancelled_lease_between_two_steps_is_noticed_at_the_next_write(world: World) -> None:
    """``mark`` is refused to a stale fence even if no other process has written yet."""
    kind = Scripted()
    stage = Stage(world, operations=[probe(step("a"))], kinds=[kind])

    def taken() -> dict[str, str]:
        memory = world.store.memory
        held = stage.operation()
        memory.operations[held.id] = replace(held, fence=held.fence + 1)
        return {}

    kind.says("act", "a", taken)
    stage.ask("probe", "staging")
    assert stage.operation().steps[0].answered is False
    assert stage.kinds() == ["started"]
