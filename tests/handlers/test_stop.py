"""`/env stop`: everything is saved, then suspended, then set to zero, then the databases stop; and what a
stop leaves.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from handlers.gate.dispatch import Gate
from handlers.ports.scope import Scope
from handlers.stop import stop as stop_operation
from handlers.words.errors import Denied, Throttled, Unanswered
from handlers.words.plan import Plan
from handlers.words.result import Reply
from handlers.words.step import StepState
from policies.access.people import ClockActor
from policies.capacity.facts import Capacity, ScalingFacts, Suspended
from policies.capacity.stopping import IN_FLIGHT
from policies.record.lifecycle import State
from policies.schedule.standing import said_in_full
from policies.service.facts import Deployment, ServiceDeployment
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.nights import BOUNDS, DATABASE, PLACE, FullStage, Night
from tests.handlers.world import DEV, OLU, service

ROLLING = (Deployment("ecs-svc/9", "PRIMARY", "r:7", 2, 1, 1, 0, START, "IN_PROGRESS"),)
BAKING = ServiceDeployment("arn:aws:ecs:x:service-deployment/s/o/a", "IN_PROGRESS", START, stage="BAKE_TIME")
SUSPENDED = ScalingFacts(0, 6, Suspended(True, True, True))


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def stage(world: Night) -> FullStage:
    return FullStage(world)


def stop(stage: FullStage, **rest: Any) -> Reply:
    return stage.sure("stop", "staging", **{"who": OLU, **rest})


def by_clock(stage: FullStage, **arguments: str) -> Reply:
    return stage.sure("stop", "staging", who=ClockActor(), source="clock", arguments=arguments)


def test_everything_goes_to_zero_and_then_the_database(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    answer = stop(stage)
    assert answer.headline.startswith("`staging` is stopping")
    assert telling.note(answer, "still cost") == golden
    stage.finish()
    assert world.dark()
    assert stage.operation().state is State.SUCCEEDED
    assert world.aws().scaling.known() == {"web": SUSPENDED}


def test_capacity_is_saved_before_the_first_call(stage: FullStage, world: Night) -> None:
    stop(stage)
    saved = world.store.memory.capacities["staging"]
    assert saved.services == {
        "orders-api": Capacity(2),
        "web": Capacity(3, BOUNDS),
        "jobs": Capacity(0),
    }
    assert (saved.databases, saved.stop_id) == ({DATABASE: "available"}, stage.operation().id)
    assert stage.operation().steps[0].evidence["saved"]


def test_nothing_is_called_if_saving_fails(stage: FullStage, world: Night) -> None:
    world.aws().scaling.fail("scaling.facts", Denied("AWS did not allow it."), nth=3)  # after two plans
    stop(stage)
    stage.finish()
    ends = [s.state for s in stage.operation().steps if s.step.kind != "go on"]
    assert ends == [StepState.FAILED, *[StepState.LEFT_OUT] * 5]
    assert world.lit()


def test_scaling_is_suspended_before_its_count(stage: FullStage, world: Night) -> None:
    stop(stage)
    order = [c.method for c in world.aws().script.calls if c.arguments and c.arguments[0] == "web"]
    assert order == ["scaling.suspend", "set_desired"]


def test_scaling_that_cannot_be_suspended_leaves_its_service_and_the_database_on(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    world.aws().scaling.fail("scaling.suspend", Denied("AWS did not allow it.", "AccessDenied"))
    stop(stage)
    stage.finish()
    assert world.counts() == {"orders-api": 0, "web": 3, "jobs": 0}
    assert (world.database(), stage.operation().state) == ("available", State.PARTIAL)
    assert stage.operation().summary == golden


def test_a_partial_stop_that_is_tried_again_keeps_the_first_counts(stage: FullStage, world: Night) -> None:
    world.aws().scaling.fail("scaling.suspend", Denied("AWS did not allow it.", "AccessDenied"))
    stop(stage)
    stage.finish()
    first = world.store.memory.capacities["staging"]
    stop(stage, arguments={"retry_of": stage.operation().id})
    stage.finish()
    assert world.dark()
    assert world.store.memory.capacities["staging"] == first


def test_a_second_stop_finds_nothing_to_do(stage: FullStage, world: Night) -> None:
    stop(stage)
    stage.finish()
    first = world.store.memory.capacities["staging"]
    again = stop(stage)
    assert telling.status(again) == "unchanged"
    assert world.store.memory.capacities["staging"] == first


def test_the_database_waits_until_no_task_is_left(stage: FullStage, world: Night) -> None:
    stop(stage)
    stage.forward(60)
    assert world.called("databases.stop") == []
    assert [s.step.on for s in stage.operation().steps if s.state is StepState.BEGAN] == ["orders-api", "web"]
    stage.forth(times=3)
    assert world.called("databases.stop") == [(DATABASE,)]


def test_a_task_that_stays_fails_its_service_by_name_and_names_its_protection(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    stop(stage)
    held = service("web", desired=1).tasks
    world.aws().services.change("web", running=1, tasks=held)
    world.aws().services.protect("web", world.clock.now() + timedelta(hours=2))
    ends = said_in_full(world.clock.now() + timedelta(hours=2), ZoneInfo("Europe/Berlin"), world.clock.now())
    world.aws().services.change("orders-api", running=0)
    for _ in range(30):
        stage.forward(16)
    assert any(f"`00000000` until {ends}" in s.sentence for s in stage.operation().steps)
    for _ in range(40):
        stage.forward(16)
    ended = stage.operation()
    assert ended.state is State.PARTIAL
    assert f"`00000000` until {ends}" in ended.summary
    assert ended.summary == golden


def test_a_service_started_again_meanwhile_is_told_and_not_fought(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    stop(stage)
    world.aws().services.count("web", 2)
    for _ in range(8):
        stage.forth(8)
    assert stage.operation().state is State.PARTIAL
    assert stage.operation().summary == golden
    assert world.called("set_desired").count(("web", 0)) == 1


def test_the_calls_of_a_throttled_account_wait_and_fail_nobody(stage: FullStage, world: Night) -> None:
    for nth in (1, 2, 3, 4):
        world.aws().services.fail("set_desired", Throttled("AWS is busy.", "ThrottlingException"), nth=nth)
    stop(stage)
    stage.finish()
    assert (world.dark(), stage.operation().state) == (True, State.SUCCEEDED)


def test_a_lost_answer_is_asked_again(stage: FullStage, world: Night) -> None:
    world.aws().services.fail("set_desired", Unanswered("ECS did not answer."), after_effect=True)
    stop(stage)
    stage.finish()
    assert (world.dark(), stage.operation().state) == (True, State.SUCCEEDED)


def test_services_are_read_together_in_each_turn(world: Night) -> None:
    for n in range(20):
        world.aws().services.put(service(f"s{n}"))
    stage = FullStage(world)
    stop(stage)
    before = world.aws().script.count("summaries")
    stage.forward(6)
    assert world.aws().script.count("summaries") - before == 3


@pytest.mark.parametrize("fields", [{"scheduling": "DAEMON"}, {"express": True}])
def test_a_service_without_a_count_is_left_out_and_named(
    stage: FullStage, world: Night, fields: dict[str, Any]
) -> None:
    world.aws().services.change("orders-api", **fields)
    answer = stop(stage)
    assert telling.note(answer, "left running").startswith("`orders-api` ")
    stage.finish()
    assert (world.counts()["orders-api"], world.counts()["web"]) == (2, 0)
    assert world.database() == ("stopped" if "scheduling" in fields else "available")


def test_services_that_others_deploy_are_stopped_too(stage: FullStage, world: Night) -> None:
    world.aws().services.change("orders-api", controller="CODE_DEPLOY")
    world.aws().services.change("web", controller="EXTERNAL")
    stop(stage)
    stage.finish()
    assert world.dark()


def test_a_disputed_service_is_named_and_left(stage: FullStage, world: Night, golden: Golden) -> None:
    world.aws().services.dispute("jobs", "staging", "qa-eu")
    assert telling.note(stop(stage), "`jobs`") == golden


def test_the_clock_is_refused_while_a_deployment_is_in_flight(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    world.scheduled(at=START)
    world.aws().services.change("web", deployments=ROLLING)
    answer = by_clock(stage)
    assert (telling.status(answer), telling.rule(answer)) == ("busy", IN_FLIGHT)
    assert answer.headline == golden
    assert world.lit()


def test_the_clock_flags_the_revision_once_it_waits_no_longer(stage: FullStage, world: Night) -> None:
    world.scheduled(at=START)
    world.aws().services.change("web", deployments=ROLLING)
    by_clock(stage, flag="never proven")
    opened = stage.operation()
    assert any("*never proven*" in note for note in opened.notes)
    assert opened.before["never proven web"] == {"revision": service("web").revision}
    stage.finish()
    assert world.dark()


def test_a_person_stops_through_a_rolling_deployment_and_is_told(stage: FullStage, world: Night) -> None:
    world.aws().services.change("web", deployments=ROLLING)
    assert any("*never proven*" in note for note in telling.notes(stop(stage)))


def test_a_native_deployment_in_flight_stays_and_so_does_the_database(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    world.aws().services.change("web", strategy="BLUE_GREEN", service_deployment=BAKING)
    told = stop(stage)
    assert telling.note(told, "BLUE_GREEN").startswith("`web` ")
    assert telling.note(told, f"`{DATABASE}`") == golden
    stage.finish()
    assert (world.counts(), world.database()) == ({"orders-api": 0, "web": 3, "jobs": 0}, "available")


def test_a_person_is_refused_if_only_native_deployments_run(stage: FullStage, world: Night) -> None:
    for name in ("orders-api", "jobs"):
        world.aws().services.remove(name)
    world.aws().services.change("web", strategy="CANARY", service_deployment=BAKING)
    answer = stop(stage)
    assert (telling.status(answer), telling.rule(answer)) == ("busy", IN_FLIGHT)
    assert stage.operations() == []


def test_lamplighter_does_not_stop_what_it_runs_on(world: Night) -> None:
    stage = FullStage(world)
    stage.parts = replace(stage.parts, running_on=("staging/web",))
    stage.gate = Gate(stage.parts, stage.advance)
    answer = stop(stage)
    assert (telling.status(answer), telling.rule(answer)) == ("not possible", "safeguards.own-ground")
    assert world.lit()


def test_a_developer_may_not_stop(stage: FullStage, world: Night) -> None:
    assert telling.status(stop(stage, who=DEV)) == "refused"
    assert world.lit()


# together with a start


def test_a_stop_cancels_a_start_and_nothing_is_lost(stage: FullStage, world: Night) -> None:
    stop(stage)
    stage.finish()
    stage.ask("start", "staging")
    stage.forth()
    stop(stage)
    stage.finish()
    assert world.dark()
    states = [o.state for o in stage.operations()]
    assert states == [State.SUCCEEDED, State.CANCELLED, State.SUCCEEDED]
    stage.ask("start", "staging")
    stage.finish()
    assert (world.lit(), world.saved()) == (True, False)


def test_a_cancelled_start_that_forgets_late_ends_the_stop_not_the_services(
    stage: FullStage, world: Night
) -> None:
    stop(stage)
    stage.finish()
    stage.ask("start", "staging")
    stop(stage)
    del world.store.memory.capacities["staging"]
    for _ in range(4):
        stage.forward(5)
    ended = stage.operations()[-1]
    assert ended.steps[0].state is StepState.FAILED
    assert not world.called("set_desired")[3:]


def test_the_plan_follows_from_the_environments_state(world: Night) -> None:
    scope: Scope = world.scopes.bind(PLACE, OLU)
    plan = stop_operation.run(scope)
    assert isinstance(plan, Plan)
    assert [(s.kind, s.on, s.after) for s in plan.steps] == [
        ("save capacity", "", ()),
        ("set desired", "orders-api", (0,)),
        ("suspend scaling", "web", (0,)),
        ("set desired", "web", (2,)),
        ("go on", "", (1, 3)),
        ("await tasks", "", (0, 4)),
        ("stop database", DATABASE, (5,)),
    ]
    assert plan.before == {
        "orders-api": {"desired": 2, "running": 2},
        "web": {"desired": 3, "running": 3},
        "jobs": {"desired": 0, "running": 0},
        f"database {DATABASE}": {"status": "available"},
    }
