"""The step *stop task*: one task after the other, each after the last one's replacement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.stop_task import StopTask, one_at_a_time
from handlers.words.errors import Absent, Unanswered
from handlers.words.step import End, Repeat, StepRecord, StepState
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.rowed import Rowed, until
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, World, service, task

Place = Callable[[], Scope]
KIND = Rowed(StopTask())
FIRST = f"{1:032x}"
OURS, THEIRS = "ecs-svc/orders-api-0", "ecs-svc/theirs"


def begun(place: Scope) -> StepRecord:
    step = one_at_a_time(service()).steps[0]
    before = KIND.before(place, step)
    record = StepRecord(0, step, StepState.BEGAN, before=before, began_at=place.now)
    return replace(record, evidence=KIND.act(place, record), answered=True)


def overtake(world: World) -> None:
    """Somebody else deploys: our deployment drains, theirs is PRIMARY and already strong."""
    facts = world.aws().services.known()["orders-api"]
    ours = replace(facts.deployments[0], status="ACTIVE")
    theirs = replace(facts.deployments[0], id=THEIRS)
    tasks = (*facts.tasks, task(21, THEIRS), task(22, THEIRS))
    world.aws().services.change("orders-api", deployments=(theirs, ours), tasks=tasks)


def test_each_running_task_is_a_step_after_the_previous_one() -> None:
    plan = one_at_a_time(service(desired=3))
    assert [s.arguments["task"] for s in plan.steps] == [f"{n:032x}" for n in (1, 2, 3)]
    assert [s.after for s in plan.steps] == [(), (0,), (1,)]
    assert {s.arguments["deployment"] for s in plan.steps} == {OURS}
    assert plan.notes == ()


def test_the_plan_is_the_same_while_the_tasks_and_their_deployment_are() -> None:
    later = service(at=service().at + timedelta(minutes=5), events=(), pending=1)
    assert one_at_a_time(later).hash == one_at_a_time(service()).hash
    other = replace(service(), tasks=(task(1, OURS), task(3, OURS)))
    assert one_at_a_time(other).hash != one_at_a_time(service()).hash


def test_without_a_running_deployment_no_task_is_stopped() -> None:
    assert one_at_a_time(service(deployments=(), tasks=(task(1, ""),))).steps == ()


def test_only_running_tasks_of_the_running_deployment_are_stopped() -> None:
    others = (
        task(3, "ecs-svc/other"),
        task(4, "ecs-svc/orders-api-0", last_status="STOPPED"),
        task(5, "ecs-svc/orders-api-0", last_status="PENDING"),
    )
    plan = one_at_a_time(replace(service(), tasks=(*others, *service().tasks)))
    assert [s.arguments["task"] for s in plan.steps] == [f"{n:032x}" for n in (1, 2)]


def test_one_task_means_a_gap_and_the_plan_says_so(golden: Golden) -> None:
    assert one_at_a_time(service(desired=1)).notes == golden


def test_a_service_without_tasks_has_nothing_to_stop() -> None:
    assert one_at_a_time(replace(service(), tasks=())).steps == ()


def test_stopping_a_stopped_task_changes_nothing_so_it_may_repeat() -> None:
    assert KIND.repeat is Repeat.SAFE


def test_ecs_is_told_who_asked_and_in_which_operation(world: World, place: Place) -> None:
    begun(place())
    (call,) = [c for c in world.aws().script.calls if c.method == "stop"]
    assert call.arguments == (FIRST, f"restarted by {DEV.id} (operation op-1)")


def test_the_step_is_done_when_the_replacement_is_healthy_not_when_the_task_is_gone(
    world: World, place: Place, golden: Golden
) -> None:
    record = begun(place())
    waiting = KIND.look(place(), record)
    assert waiting.end is End.WAITS
    assert until(waiting) == place().now + timedelta(seconds=5)
    facts = world.aws().services.known()["orders-api"]
    young = task(7, "ecs-svc/orders-api-0", health="UNKNOWN")
    world.aws().services.change("orders-api", tasks=(*facts.tasks, young))
    assert KIND.look(place(), record).end is End.WAITS
    world.aws().services.change("orders-api", tasks=(*facts.tasks, replace(young, health="HEALTHY")))
    done = KIND.look(place(), record)
    assert done.end is End.DONE
    assert done.sentence == golden
    assert done.left.after


def test_a_replacement_that_never_comes_times_out_with_what_was_seen(
    world: World, place: Place, golden: Golden
) -> None:
    record = begun(place())
    world.forward(901)
    late = KIND.look(place(), record)
    assert late.end is End.TIMED_OUT
    assert late.sentence == golden
    assert late.left.captured


def test_a_service_stopped_meanwhile_is_not_called_restarted(world: World, place: Place) -> None:
    record = begun(place())
    world.aws().services.change("orders-api", desired=0, tasks=())
    ended = KIND.look(place(), record)
    assert ended.end is End.SUPERSEDED
    assert ended.left.after


def test_a_deployment_made_after_the_task_was_stopped_supersedes_the_step(world: World, place: Place) -> None:
    record = begun(place())
    overtake(world)
    ended = KIND.look(place(), record)
    assert ended.end is End.SUPERSEDED
    assert THEIRS not in ended.sentence


def test_under_another_deployment_the_task_is_not_stopped(world: World, place: Place, golden: Golden) -> None:
    overtake(world)
    step = one_at_a_time(service()).steps[0]
    now = place()
    record = StepRecord(0, step, StepState.BEGAN, before=KIND.before(now, step), began_at=now.now)
    record = replace(record, evidence=KIND.act(now, record), answered=True)
    assert world.aws().script.count("stop") == 0
    ended = KIND.look(place(), record)
    assert ended.end is End.SUPERSEDED
    assert ended.sentence == golden


def test_a_deployment_between_two_tasks_leaves_the_others_running(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})
    overtake(world)
    stage.finish()
    ended = stage.operation()
    assert [s.state for s in ended.steps] == [StepState.SUPERSEDED, StepState.LEFT_OUT]
    assert (ended.state, world.aws().script.count("stop")) == (State.SUPERSEDED, 1)
    assert THEIRS not in ended.summary


def test_a_repeated_call_looks_again_before_it_stops_the_task(stage: Stage, world: World) -> None:
    world.aws().services.fail("stop", Unanswered("ECS did not answer."))
    stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})
    overtake(world)
    stage.finish()
    assert (stage.operation().state, world.aws().script.count("stop")) == (State.SUPERSEDED, 1)
    assert stage.operation().steps[0].state is StepState.SUPERSEDED


def test_a_repeated_call_stops_the_task_if_nothing_came_between(stage: Stage, world: World) -> None:
    world.aws().services.fail("stop", Unanswered("ECS did not answer."))
    stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})
    stage.finish()
    assert (stage.operation().state, world.aws().script.count("stop")) == (State.SUCCEEDED, 3)


def test_two_tasks_are_never_down_at_once(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})
    for _ in range(20):
        facts = world.aws().services.known()["orders-api"]
        assert sum(t.running for t in facts.tasks) >= 1
        assert world.aws().script.count("stop") <= 1
        stage.forward(5)
    world.move()
    stage.forward(5)
    assert world.aws().script.count("stop") == 2
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


def test_when_the_first_is_not_replaced_the_second_is_left_running(stage: Stage, world: World) -> None:
    stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})
    for _ in range(185):
        stage.forward(5)
    ended = stage.operation()
    assert [s.state for s in ended.steps] == [StepState.TIMED_OUT, StepState.LEFT_OUT]
    assert ended.state is State.TIMED_OUT
    assert world.aws().script.count("stop") == 1


def test_a_task_that_is_gone_already_fails_the_step_in_words(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.fail("stop", Absent("There is no such task any more."))
    answer = stage.ask("restart", "staging", "orders-api", arguments={"image": "same"})
    assert telling.status(answer) == "failed"
    assert answer.headline == golden
