"""`/env run`: what is approved runs once, its container decides how it ended; nothing else is run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.words.errors import Rejected, Throttled, Trouble, Unanswered
from handlers.words.result import Reply
from policies.record.lifecycle import State
from policies.service.running_once import Bought, Placement
from tests import telling
from tests.golden import Golden
from tests.handlers.approving import ApprovingWorld, defined
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, OLU, VIC


@pytest.fixture
def world() -> ApprovingWorld:
    return ApprovingWorld().approving()


@pytest.fixture
def stage(world: ApprovingWorld) -> Stage:
    return Stage(world)


def run(stage: Stage, task: str = "db-migrate", values: str = "", **rest: Any) -> Reply:
    given = {"task": task} | ({"values": values} if values else {})
    return stage.ask("run", "staging", arguments=given, **rest)


def shown(stage: Stage) -> Reply:
    return stage.parts.report(stage.operations()[0])


def test_an_approved_task_runs_once_with_the_network_of_its_service_and_its_own_tags(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    answer = run(stage)
    assert telling.status(answer) == "running"
    assert (answer.headline, telling.notes(answer)) == golden(name="runs")
    [order] = world.runs.orders
    assert order.revision.endswith("task-definition/orders-migrate:7")
    assert (order.command, order.container) == ((), "migrate")
    assert order.placement == Placement(
        "staging", "FARGATE", subnets=("subnet-1", "subnet-2"), security_groups=("sg-1",)
    )
    operation = stage.operation().id
    assert (order.token, order.started_by) == (f"{operation}-0", f"lamplighter/{operation}/0")
    assert order.tags == {
        "environment": "staging",
        "requester": "slack:T0HOME:U0DEV",
        "operation": operation,
    }

    stage.forward(5)
    world.write("applied 0042")
    world.runs.end({"migrate": 0})
    stage.finish()
    assert (stage.operation().state, len(world.runs.orders)) == (State.SUCCEEDED, 1)
    assert stage.operation().after["db-migrate"]["exit code"] == 0  # type: ignore[index,call-overload]
    ended = shown(stage)
    assert ended.headline == golden(name="ran")
    assert [log.lines for log in telling.logs(ended)] == [("applied 0042",)]
    assert telling.offers(ended) == ()


@pytest.mark.parametrize("nothing", ["", "unknown"])
def test_without_an_approved_name_nothing_runs_and_what_is_approved_is_named(
    stage: Stage, world: ApprovingWorld, nothing: str, golden: Golden
) -> None:
    answer = run(stage, nothing) if nothing else stage.ask("run", "staging")
    assert telling.rule(answer) == ("tasks.unapproved" if nothing else "")
    assert (answer.headline, telling.notes(answer)) == golden
    assert (world.runs.orders, stage.operations()) == ([], [])


def test_parameters_fill_whole_elements_and_defaults_the_rest(stage: Stage, world: ApprovingWorld) -> None:
    run(stage, "reindex", "index=orders since=2026-02-03")
    assert world.runs.orders[0].command == ("reindex", "--index", "orders", "2026-02-03")
    world.runs.end({"reindex": 0})
    stage.finish()
    run(stage, "reindex", "index=customers")
    assert world.runs.orders[1].command == ("reindex", "--index", "customers", "2026-01-01")


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ("", "tasks.missing"),
        ("index=secrets", "tasks.parameter"),
        ("index=orders since=--all", "tasks.parameter"),
        ('index=orders since="2026-01-01; rm -rf /"', "tasks.parameter"),
        ("index=orders shell=sh", "tasks.no-parameter"),
    ],
)
def test_a_parameter_outside_its_values_is_refused_before_aws_is_asked(
    stage: Stage, world: ApprovingWorld, values: str, rule: str, golden: Golden
) -> None:
    answer = run(stage, "reindex", values)
    assert telling.rule(answer) == rule
    assert answer.headline == golden
    assert world.aws().script.calls == []


def test_words_that_are_no_parameters_are_not_understood_and_leave_no_entry(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    told = [run(stage, "reindex", "index"), run(stage, "reindex", "index=orders index=orders")]
    assert [telling.status(answer) for answer in told] == ["not understood"] * 2
    assert [answer.headline for answer in told] == golden
    assert stage.kinds() == []


def test_a_revision_that_is_not_what_was_approved_is_refused_with_the_names_of_what_differs(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    by = "arn:aws:sts::111122223333:assumed-role/developer/dev"
    other = defined("orders-reindex", 4, "reindex", registered_by=by, task_role="arn:aws:iam::1:role/admin")
    main = replace(other.containers[0], image="elsewhere/orders:v4", entry_point=("sh", "-c"))
    world.runs.define(replace(other, containers=(main, replace(main, name="helper"))))
    answer = run(stage, "reindex", "index=orders")
    assert telling.rule(answer) == "tasks.differs"
    assert answer.headline == golden
    assert "elsewhere" not in answer.headline
    assert world.runs.orders == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda world: world.runs.define(defined("orders-migrate", 7, "migrate", active=False)), "inactive"),
        (lambda world: world.runs.forget(), "no-revision"),
        (lambda world: world.aws().services.remove("orders-api"), "no-service"),
    ],
    ids=["inactive", "absent", "no service"],
)
def test_what_cannot_run_is_refused(
    stage: Stage, world: ApprovingWorld, change: object, rule: str, golden: Golden
) -> None:
    change(world)  # type: ignore[operator]
    answer = run(stage)
    assert telling.rule(answer) == f"tasks.{rule}"
    assert answer.headline == golden


def test_production_is_closed_to_it_and_viewers_may_not(stage: Stage, world: ApprovingWorld) -> None:
    closed = stage.ask("run", "production", arguments={"task": "db-migrate"}, who=ADA)
    assert telling.rule(closed) == "safeguards.production"
    assert telling.rule(run(stage, who=VIC)).startswith("access.")
    assert world.runs.orders == []


def test_it_holds_the_lock_of_the_environment_until_its_task_has_ended(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    run(stage)
    stage.forward(5)
    second = run(stage, "reindex", "index=orders")
    stop = stage.ask("stop", "staging", who=OLU)
    assert [telling.rule(second), telling.rule(stop)] == ["gate.busy", "gate.busy"]
    assert second.headline == golden
    restart = stage.ask("restart", "staging", "web")
    assert telling.status(restart) == "running", "a service may be restarted while the task runs"
    world.runs.end({"migrate": 0})
    stage.finish()
    assert telling.status(run(stage, "reindex", "index=orders")) == "running"


def test_spot_capacity_is_copied_and_said(stage: Stage, world: ApprovingWorld, golden: Golden) -> None:
    spot = Placement("staging", providers=(Bought("FARGATE_SPOT", 1),), subnets=("subnet-1",))
    world.runs.place("orders-api", spot)
    assert telling.note(run(stage), "Spot") == golden
    assert world.runs.orders[0].placement == spot


@pytest.mark.parametrize(
    ("codes", "stopped"),
    [
        ({"migrate": 1}, {}),
        ({"migrate": None}, {"stop_code": "TaskFailedToStart", "stopped_reason": "CannotPullContainerError"}),
        ({"migrate": 0, "agent": 1}, {}),
        ({"migrate": 143, "agent": 2}, {}),
        ({"migrate": 0}, {"stop_code": "SpotInterruption", "stopped_reason": "Spot Task was interrupted."}),
    ],
    ids=["exit", "never ran", "sidecar", "sidecar first", "spot"],
)
def test_anything_but_its_own_exit_code_0_is_a_failure_with_its_cause(
    stage: Stage, world: ApprovingWorld, codes: dict[str, int | None], stopped: dict[str, str], golden: Golden
) -> None:
    plain = defined("orders-migrate", 7, "migrate")
    world.runs.define(
        replace(plain, containers=(*plain.containers, replace(plain.containers[0], name="agent")))
    )
    run(stage)
    stage.forward(5)
    world.write('ERROR relation "orders" does not exist')
    world.runs.end(codes, **stopped)
    stage.finish()
    assert stage.operation().state is State.FAILED
    ended = shown(stage)
    assert ended.headline == golden
    assert telling.logs(ended)
    assert telling.offers(ended) == ()


@pytest.mark.parametrize("code", [0, 143])
def test_a_sidecar_that_was_seen_to_end_first_is_a_failure_although_its_container_ends_with_0(
    stage: Stage, world: ApprovingWorld, code: int, golden: Golden
) -> None:
    plain = defined("orders-migrate", 7, "migrate")
    world.runs.define(
        replace(plain, containers=(*plain.containers, replace(plain.containers[0], name="agent")))
    )
    run(stage)
    stage.forward(5)
    world.runs.leave({"migrate": None, "agent": code})
    stage.forward(5)
    world.runs.end({"migrate": 0, "agent": code})
    stage.finish()
    assert stage.operation().state is State.FAILED
    assert shown(stage).headline == golden


def test_failures_with_an_answer_are_a_failure_and_the_retry_is_a_new_operation_with_a_new_token(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    world.runs.full = ("RESOURCE:CPU",)
    run(stage, "reindex", "index=orders")
    stage.forward(5)
    assert stage.operation().state is State.FAILED
    ended = shown(stage)
    assert ended.headline == golden
    (again,) = telling.offers(ended)
    assert (again.label, again.operation) == ("Try again", "run")
    assert again.arguments == {"task": "reindex", "values": "index=orders"}
    world.runs.full = ()
    stage.ask("run", "staging", arguments=again.arguments)
    tokens = {order.token for order in world.runs.orders}
    assert len(tokens) == 2
    assert telling.offers(shown(stage)) == (), "somebody asked again"


def test_a_message_offers_to_try_again_for_an_hour(stage: Stage, world: ApprovingWorld) -> None:
    world.runs.full = ("RESOURCE:CPU",)
    run(stage)
    stage.forward(5)
    assert telling.offers(shown(stage))
    stage.forward(3_600)
    assert telling.offers(shown(stage)) == ()


def test_a_lost_answer_is_asked_for_again_with_the_same_token(stage: Stage, world: ApprovingWorld) -> None:
    world.aws().services.fail("start", Unanswered("AWS did not answer."), after_effect=True)
    run(stage)
    stage.forward(5)
    assert (len(world.runs.orders), world.aws().script.count("start")) == (1, 2)
    world.runs.end({"migrate": 0})
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


@pytest.mark.parametrize("runs", [True, False], ids=["it runs", "it ended"])
def test_after_55_minutes_it_is_looked_for_and_never_sent_again(
    stage: Stage, world: ApprovingWorld, runs: bool
) -> None:
    for nth in range(1, 100):
        lost = Unanswered("AWS did not answer.")
        world.aws().services.fail("start", lost, nth=nth, after_effect=nth == 1)
    run(stage)
    if not runs:
        world.runs.end({"migrate": 0})
    for _ in range(11):
        stage.forward(299)
    sent = world.aws().script.count("start")
    stage.forward(60)
    stage.forward(10)
    assert world.aws().script.count("start") == sent
    assert world.aws().script.count("started") >= 1
    assert stage.operation().state is (State.TIMED_OUT if runs else State.INTERRUPTED)
    assert len(world.runs.orders) == 1


def test_throttling_and_trouble_before_the_send_only_delay_it(stage: Stage, world: ApprovingWorld) -> None:
    world.aws().services.fail("start", Throttled("Later.", "ThrottlingException", retry_helps=True))
    world.aws().services.fail("start", Trouble("AWS could not be reached.", retry_helps=True), nth=2)
    run(stage)
    for _ in range(3):
        stage.forward(6)
    assert len(world.runs.orders) == 1
    world.runs.end({"migrate": 0})
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


def test_a_refused_call_is_a_failure_with_nothing_done(stage: Stage, world: ApprovingWorld) -> None:
    refused = Rejected("AWS refused to run orders-migrate:7: no.", "InvalidParameterException")
    world.aws().services.fail("start", refused)
    run(stage)
    assert (stage.operation().state, world.runs.orders) == (State.FAILED, [])


def test_a_task_that_ecs_does_not_show_yet_is_waited_for_with_growing_pauses(
    stage: Stage, world: ApprovingWorld
) -> None:
    world.runs.hidden = True
    run(stage)
    for _ in range(30):
        stage.forward(1)
    assert 2 < world.aws().script.count("task") < 7
    world.runs.hidden = False
    world.runs.end({"migrate": 0})
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


def test_a_task_that_ecs_never_shows_is_unknown(stage: Stage, world: ApprovingWorld) -> None:
    world.runs.hidden = True
    run(stage)
    for _ in range(60):
        stage.forward(15)
    assert stage.operation().state is State.INTERRUPTED


def test_after_its_time_it_is_left_running_and_a_second_one_is_refused(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    run(stage, "reindex", "index=orders")
    for _ in range(42):
        stage.forward(15)
    assert stage.operation().state is State.TIMED_OUT
    assert shown(stage).headline == golden(name="message")
    assert len(world.aws().tasks.one_off()) == 1
    refused = run(stage, "reindex", "index=orders")
    assert telling.rule(refused) == "tasks.runs-already"
    assert refused.headline == golden(name="refusal")
    (stop,) = telling.offers(refused)
    stage.press(stop)
    stage.finish()
    assert world.aws().tasks.one_off() == ()


def test_the_button_on_its_message_stops_exactly_its_task(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    other = world.aws().tasks.run("report", by="ci")
    run(stage)
    stage.forward(5)
    (stop,) = telling.offers(shown(stage))
    assert (stop.label, stop.operation) == ("Stop task", "end")
    assert telling.rule(stage.ask("end", "staging", arguments=stop.arguments, who=VIC))
    stage.ask("end", "staging", arguments=stop.arguments, who=OLU)
    stage.finish()
    first, second = stage.operations()
    assert (first.state, second.state) == (State.FAILED, State.SUCCEEDED)
    assert shown(stage).headline == golden
    assert telling.offers(shown(stage)) == ()
    assert [one.id for one in world.aws().tasks.one_off()] == [other]
    assert [e.kind for e in stage.entries()] == ["started", "refused", "started", "closed", "closed"]


def test_end_without_a_button_stops_the_only_task_and_asks_which_of_several(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    run(stage)
    stage.forward(5)
    one = world.aws().tasks.run("other", by="lamplighter/op-0/0")
    answer = stage.ask("end", "staging", who=OLU)
    assert telling.status(answer) == "needs confirmation"
    assert answer.headline == golden
    stage.press(next(o for o in telling.offers(answer) if o.arguments["which"] != one), who=OLU)
    stage.finish()
    assert [task.id for task in world.aws().tasks.one_off()] == [one]


@pytest.mark.parametrize("whose", ["ci", "lamplighter", ""])
def test_a_task_that_was_not_run_from_here_is_never_stopped(
    stage: Stage, world: ApprovingWorld, whose: str
) -> None:
    task = world.aws().tasks.run("report", by=whose)
    answer = stage.ask("end", "staging", arguments={"which": task}, who=OLU)
    assert telling.status(answer) == "unchanged"
    assert world.aws().script.count("stop") == 0
