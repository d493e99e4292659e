"""Many transitions at one time: environments of one account and region take turns at its buckets."""

from __future__ import annotations

import pytest

from handlers.clock.due import LANES
from handlers.words.errors import Throttled
from tests.fakes.aws import steady
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import WEEK, ClockStage, at, scheduled
from tests.handlers.world import World, environment

NO_ROOM = Throttled("Too much is being asked of AWS just now.", retry_helps=True)
MANY = LANES + 3
NAMES = [f"env-{n}" for n in range(MANY)]


@pytest.fixture
def stage() -> ClockStage:
    """A minute before all of them stop; ``elsewhere`` is in another region."""
    elsewhere = environment("env-elsewhere", region="us-east-1")
    world = World().catalogue(*(environment(name) for name in NAMES), elsewhere)
    for name in [*NAMES, elsewhere.name]:
        world.aws(name).services.put(steady("web", cluster=name))
    world.clock.at = at(19)
    made = ClockStage(scheduled(world, WEEK, pattern="env-*"), posts=FakePosts())
    made.until(at(19, 59))
    return made


def begun(stage: ClockStage) -> set[str]:
    return {operation.environment for operation in stage.operations()}


def tasks_end(stage: ClockStage) -> None:
    for name in begun(stage):
        stage.world.aws(name).move()


def test_environments_that_wait_for_room_hold_back_the_next_one(stage: ClockStage) -> None:
    for name in NAMES:
        stage.world.aws(name).services.fail("set_desired", NO_ROOM)
    stage.minute()
    assert begun(stage) == {*NAMES[:LANES], "env-elsewhere"}
    stage.world.forward(5)
    stage.beat()
    stage.beat()
    assert begun(stage) == {*NAMES, "env-elsewhere"}
    for _ in range(6):
        tasks_end(stage)
        stage.world.forward(5)
        stage.beat()
    assert [state for _, state in stage.clocked()] == ["succeeded"] * (MANY + 1)


def test_environments_that_have_begun_all_they_can_hold_back_no_other(stage: ClockStage) -> None:
    """The tasks take minutes to end; meanwhile the environments only use the buckets for looks."""
    stage.minute()
    stage.beat()
    assert begun(stage) == {*NAMES, "env-elsewhere"}
    assert {state for _, state in stage.clocked()} == {"running"}


def test_a_plan_without_room_is_made_again_in_seconds_and_nobody_is_told(stage: ClockStage) -> None:
    before = len(stage.entries())
    stage.world.aws(NAMES[0]).services.fail("members", NO_ROOM)
    stage.minute()
    assert begun(stage) == {"env-elsewhere"}
    assert {e.environment for e in stage.entries()[before:]} == {"env-elsewhere"}
    assert [c.key.environment for c in stage.world.store.memory.claims.values()] == ["env-elsewhere"]
    stage.world.forward(5)
    stage.beat()
    stage.beat()
    assert begun(stage) == {*NAMES, "env-elsewhere"}


def test_a_waiting_stop_says_that_it_waits_and_names_no_time_in_the_past(
    stage: ClockStage, golden: Golden
) -> None:
    services = stage.world.aws(NAMES[0]).services
    for nth in range(1, 100):
        services.fail("members", NO_ROOM, nth=nth)
    for _ in range(30):
        stage.world.forward(5)
        stage.beat()
    (told,) = [said for said in stage.posts.stands.values() if f"`{NAMES[0]}`" in said.headline]
    assert told.status == "stopping soon"
    assert told.headline == golden
