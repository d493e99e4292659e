"""What is done about a lost answer, unreadable facts, an operation found late and what this process does not
know.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Absent, Denied, NotNow, Throttled, Trouble, Unanswered
from handlers.words.plan import Step
from handlers.words.step import End, Repeat, StepState, Verdict
from policies.record.lifecycle import State
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.gate.plays import A_MINUTE, killed, play, states
from tests.handlers.kinds import Scripted, adopted, done, probe, step, undone, verdict, waiting
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed
from tests.handlers.world import World


@pytest.mark.parametrize("repeat", [Repeat.SAFE, Repeat.TOKEN])
def test_a_repeatable_step_killed_in_its_call_is_called_again(world: World, repeat: Repeat) -> None:
    kind = Scripted(repeat=repeat).says("act", "a", Killed(), {"request_ids": ["request-2"]})
    heir = killed(world, kind, step("a"))
    heir.tick()
    assert kind.acted() == ["a", "a"]
    assert kind.count("recover", "a") == 0
    heir.finish()
    assert heir.operation().state is State.SUCCEEDED
    assert heir.last().request_ids == ("request-2",)


def test_a_step_that_may_never_repeat_is_recovered_and_not_called_again(world: World) -> None:
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", Killed())
    kind.says("recover", "a", adopted("its effect was found", {"deployment": "ecs-svc/9"}))
    heir = killed(world, kind, step("a"))
    heir.finish()
    assert kind.acted() == ["a"]
    assert heir.operation().state is State.SUCCEEDED
    assert heir.operation().steps[0].evidence["deployment"] == "ecs-svc/9"


@pytest.mark.parametrize(
    ("found", "state", "summary"),
    [
        (undone("Nothing was done."), StepState.UNDONE, "Nothing was done."),
        (verdict(End.UNKNOWN, "Nobody can tell."), StepState.UNKNOWN, "Nobody can tell."),
    ],
)
def test_a_step_that_recovery_cannot_find_closes_as_interrupted(
    world: World, found: Verdict[Any], state: StepState, summary: str
) -> None:
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", Killed()).says("recover", "a", found)
    heir = killed(world, kind, step("a"))
    heir.tick()
    assert states(heir) == [state]
    assert (heir.operation().state, heir.operation().summary) == (State.INTERRUPTED, summary)


def test_recovery_may_wait_and_is_then_asked_again(world: World) -> None:
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", Killed())
    later = START + timedelta(seconds=45)
    kind.says("recover", "a", waiting(later, "looking"), undone("Nothing was done."))
    heir = killed(world, kind, step("a"))
    heir.tick()
    assert (heir.operation().steps[0].sentence, heir.operation().next_look) == ("looking", later)
    heir.forward(14)
    assert heir.operation().state is State.INTERRUPTED


def test_a_lost_answer_is_looked_for_by_the_same_process_too(world: World, golden: Golden) -> None:
    lost = Unanswered("AWS did not answer.", code="ReadTimeout", request_id="request-3")
    kind = Scripted(repeat=Repeat.NEVER).says("act", "a", lost).says("recover", "a", adopted("found", {}))
    stage = play(world, kind, step("a"))
    waiting = stage.operation().steps[0]
    assert waiting.sentence == golden
    assert (waiting.evidence["answer"], waiting.evidence["code"]) == ("lost", "ReadTimeout")
    stage.forward(2)
    assert kind.acted() == ["a"]
    assert stage.operation().state is State.SUCCEEDED
    assert stage.last().request_ids == ("request-3",)


def test_a_safe_call_that_is_never_answered_ends_at_its_deadline(world: World, golden: Golden) -> None:
    kind = Scripted(deadline=A_MINUTE).says("act", "a", Unanswered("AWS did not answer."))
    stage = play(world, kind, step("a"))
    stage.finish()
    assert stage.operation().state is State.INTERRUPTED
    assert stage.operation().summary == golden
    assert len(kind.acted()) > 2
    assert stage.operation().closed_at <= START + 2 * A_MINUTE  # type: ignore[operator]


@pytest.mark.parametrize("held", [Throttled("In 3 s."), NotNow("It is backing-up.")])
@pytest.mark.parametrize("first", [Killed(), Unanswered("AWS did not answer.")])
def test_a_call_that_may_have_happened_is_not_unbegun_by_one_that_did_not(
    world: World, first: Exception, held: Trouble
) -> None:
    """The call is repeated; if that never succeeds, nobody can tell."""
    kind = Scripted(deadline=A_MINUTE).says("act", "a", first, held)
    stage = killed(world, kind, step("a")) if isinstance(first, Killed) else play(world, kind, step("a"))
    stage.forward(5)
    waiting = stage.operation().steps[0]
    assert (waiting.state, waiting.answered) == (StepState.BEGAN, False)
    assert held.sentence in waiting.sentence
    for _ in range(25):
        stage.forward(3600)
    assert (states(stage), stage.operation().state) == ([StepState.UNKNOWN], State.INTERRUPTED)
    assert stage.operation().summary.endswith(held.sentence)


def test_a_call_that_may_have_happened_is_repeated_until_accepted(world: World) -> None:
    kind = Scripted().says("act", "a", Unanswered("AWS did not answer."), Throttled("In 3 s."), {})
    stage = play(world, kind, step("a"))
    stage.finish()
    assert (stage.operation().state, kind.acted()) == (State.SUCCEEDED, ["a"] * 3)


# facts that cannot be read


@pytest.mark.parametrize("error", [Throttled, Unanswered, Denied])
def test_facts_unreadable_after_the_call_are_waited_for_until_the_deadline(
    world: World, error: type[Trouble], golden: Golden
) -> None:
    kind = Scripted(repeat=Repeat.NEVER, deadline=A_MINUTE).says("look", "a", error("AWS is silent."))
    stage = play(world, kind, step("a"))
    assert stage.operation().steps[0].sentence == golden(name="waiting")
    stage.forward(60)
    assert stage.operation().state is State.RUNNING
    stage.forward(6)
    assert stage.operation().state is State.INTERRUPTED
    assert states(stage) == [StepState.UNKNOWN]
    assert stage.operation().summary == golden(name="ended")
    assert kind.acted() == ["a"]


def test_facts_unreadable_after_a_kill_are_waited_for_then_unknown(world: World) -> None:
    kind = Scripted(repeat=Repeat.NEVER, deadline=A_MINUTE).says("act", "a", Killed())
    heir = killed(world, kind.says("recover", "a", Unanswered("AWS is silent.")), step("a"))
    heir.tick()
    assert heir.operation().state is State.RUNNING
    heir.finish()
    assert (heir.operation().state, states(heir)) == (State.INTERRUPTED, [StepState.UNKNOWN])


def test_facts_readable_again_are_judged_as_if_nothing_had_happened(world: World) -> None:
    kind = Scripted().says("look", "a", Throttled("Too many calls."), done("done"))
    stage = play(world, kind, step("a"))
    stage.forward(5)
    assert stage.operation().state is State.SUCCEEDED


def test_a_changed_resource_that_is_gone_does_not_close_as_failed(world: World, golden: Golden) -> None:
    gone = Absent("The cluster is gone.")
    stage = play(world, Scripted().says("look", "a", gone), step("a"))
    assert (stage.operation().state, stage.operation().steps[0].state) == (
        State.INTERRUPTED,
        StepState.UNKNOWN,
    )
    assert stage.operation().summary == golden


@pytest.mark.parametrize("error", [Denied, Absent])
def test_facts_refused_before_the_call_end_the_step_uncalled(world: World, error: type[Trouble]) -> None:
    kind = Scripted().says("before", "a", error("No."))
    stage = play(world, kind, step("a"))
    assert stage.operation().state is State.FAILED
    assert kind.acted() == []


def test_facts_unreadable_before_the_call_are_read_again(world: World) -> None:
    kind = Scripted().says("before", "a", Throttled("Too many calls."), {"known": ["x"]})
    stage = play(world, kind, step("a"))
    assert (states(stage), kind.acted()) == ([StepState.PLANNED], [])
    stage.forward(5)
    assert stage.operation().state is State.SUCCEEDED
    assert stage.operation().steps[0].before["known"] == ["x"]


# found late


@pytest.mark.parametrize(("age", "state"), [(599, State.SUCCEEDED), (601, State.INTERRUPTED)])
def test_an_unbegun_operation_is_begun_up_to_ten_minutes_after(world: World, age: int, state: State) -> None:
    heir = _opened_and_killed(world, Scripted(), step("a"))
    heir.forward(age)
    assert heir.operation().state is state


def test_an_operation_found_too_late_is_not_begun(world: World, golden: Golden) -> None:
    kind = Scripted()
    heir = _opened_and_killed(world, kind, step("a"), step("b"), step("c", 0))
    heir.forward(601)
    assert kind.called == []
    assert states(heir) == [StepState.UNDONE, StepState.UNDONE, StepState.LEFT_OUT]
    assert heir.operation().summary == golden


def test_an_operation_found_late_but_begun_goes_on(world: World) -> None:
    kind = Scripted().says("look", "a", Killed(), done("a done"))
    heir = killed(world, kind, step("a"), step("b", 0))
    heir.forward(900)
    assert heir.operation().state is State.SUCCEEDED


def _opened_and_killed(world: World, kind: Scripted, *steps: Step) -> Stage:
    """Open an operation, then kill the process before any step began."""
    dying = Stage(world, operations=[probe(*steps)], kinds=[kind])

    def die(method: str) -> None:
        if method == "operations.take":
            raise Killed

    world.store.before_call(die)
    with pytest.raises(Killed):
        dying.ask("probe", "staging")
    world.store.before_call(str)
    return Stage(world, holder="two", operations=[probe(*steps)], kinds=[kind])


# what this process no longer knows


def test_an_unbegun_step_of_an_unknown_kind_was_not_done(world: World, golden: Golden) -> None:
    stage = play(world, Scripted(), step("a", kind="levitate"))
    assert stage.operation().state is State.INTERRUPTED
    assert stage.operation().summary == golden


def test_a_begun_step_of_an_unknown_kind_ends_as_unknown(world: World, golden: Golden) -> None:
    with pytest.raises(Killed):
        play(world, Scripted().says("act", "a", Killed()), step("a"))
    world.forward(31)
    older = Stage(world, holder="two")
    older.tick()
    assert states(older) == [StepState.UNKNOWN]
    assert older.operation().summary == golden


@pytest.mark.parametrize(
    ("said", "state"),
    [(Killed(), StepState.UNKNOWN), (None, StepState.UNDONE)],
)
def test_an_operation_closes_as_interrupted_if_its_environment_is_removed(
    world: World, said: Killed | None, state: StepState, golden: Golden
) -> None:
    kind = Scripted().says("act", "a", said) if said else Scripted()
    heir = killed(world, kind, step("a")) if said else _opened_and_killed(world, kind, step("a"))
    world.store.catalog.write(CatalogChange(remove_environments=("staging",)))
    heir.forward(31)
    assert (states(heir), heir.operation().state) == ([state], State.INTERRUPTED)
    assert heir.operation().summary == golden(name=state.value)
    assert kind.acted() == ["a"] * (said is not None)
