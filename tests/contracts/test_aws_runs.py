"""The same suite runs on the fake and on the real adapter: one-off tasks that are run for people.

The world is our own reading of ECS; against a real account this proves nothing yet.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import pytest

from handlers.ports.runs import RunOrder
from handlers.ports.scope import Scope
from handlers.words.errors import Absent, Rejected, Unanswered
from policies.service.running_once import STARTED_BY, Defined, DefinedContainer, Placement
from tests.bot.aws.stage import DEV, Stage, environment, made_up_credentials
from tests.contracts.world_once import stage_once
from tests.fakes.aws import FakeScopes, steady

__all__ = ["stage_once"]

NUMBERS = itertools.count()
REGISTRY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
EXECUTION = "arn:aws:iam::123456789012:role/ecs-execution"
SHORT = "Capacity is unavailable at this time"


class Bench(Protocol):
    scope: Scope
    family: str

    def register(self, *, exit: int = 0) -> None:
        """Register another revision of the family, whose tasks exit with that code after a few seconds."""
        ...

    def deactivate(self, revision: int) -> None: ...

    def short(self) -> None:
        """Let the next start fail for lack of capacity."""
        ...

    def lose_answer(self) -> None: ...

    def shown(self) -> None:
        """Let so much time pass that ECS shows what was started."""
        ...

    def end(self, exit: int = 0) -> None:
        """Let the tasks of the family end."""
        ...


class FakeBench:
    def __init__(self) -> None:
        scopes = FakeScopes()
        self.scope = scopes.bind(environment("staging"), DEV)
        self._aws, self.family, self._number = scopes.aws("staging"), "migrate", 0
        self._aws.services.put(steady("web"))

    def register(self, *, exit: int = 0) -> None:
        self._number += 1
        arn = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{self.family}:{self._number}"
        main = DefinedContainer(
            "job", f"{REGISTRY}/orders:v1", True, ("migrate", "up"), (), f"/ecs/{self.family}", "once"
        )
        by = "arn:aws:sts::123456789012:assumed-role/ci-deploy/ci"
        self._aws.tasks.runs.define(Defined(arn, (main,), True, "", EXECUTION, by))

    def deactivate(self, revision: int) -> None:
        runs = self._aws.tasks.runs
        arn = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{self.family}:{revision}"
        runs.define(replace(runs.defined(arn), active=False))

    def short(self) -> None:
        self._aws.tasks.runs.full = (SHORT,)

    def lose_answer(self) -> None:
        self._aws.services.fail("start", Unanswered("AWS did not answer."), after_effect=True)

    def shown(self) -> None:
        assert not self._aws.tasks.runs.hidden

    def end(self, exit: int = 0) -> None:
        self._aws.tasks.runs.end({"job": exit})


class WorldBench:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.cluster = stage.cluster({"name": "web"})
        where = environment(self.cluster)
        self.scope = stage.scopes([where]).bind(where, DEV)
        self.family = f"migrate-{next(NUMBERS)}"

    def register(self, *, exit: int = 0) -> None:
        told: dict[str, Any] = {"family": self.family, "container": "job", "command": ["migrate", "up"]}
        order = {"do": "definition.register", **told, "image": "orders:v1", "exit": exit, "hidden": 1}
        self._stage.world.change(dict(order))

    def deactivate(self, revision: int) -> None:
        self._stage.world.change({"do": "definition.deactivate", "revision": f"{self.family}:{revision}"})

    def short(self) -> None:
        self._stage.world.change({"do": "run.short", "cluster": self.cluster})

    def lose_answer(self) -> None:
        self._stage.faults.order(method="ecs.RunTask", kind="drop", phase="after_effect")

    def shown(self) -> None:
        self._stage.clock.advance(4)

    def end(self, exit: int = 0) -> None:
        self._stage.clock.advance(60)


@pytest.fixture(params=["fake", "adapter"])
def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, stage_once: Callable[[], Stage]
) -> Bench:
    if request.param == "fake":
        return FakeBench()
    made_up_credentials(monkeypatch)
    return WorldBench(stage_once())


def order(bench: Bench, **fields: Any) -> RunOrder:
    bench.register(exit=fields.pop("exit", 0))
    defined = bench.scope.runs.defined(bench.family)
    known: dict[str, Any] = {
        "revision": defined.arn,
        "placement": bench.scope.runs.placement("web"),
        "token": f"op-{next(NUMBERS)}-0",
        "started_by": f"{STARTED_BY}op-{next(NUMBERS)}/0",
        "container": "job",
        "tags": {"environment": "staging"},
    }
    return RunOrder(**(known | fields))


def test_a_services_placement_is_where_its_tasks_run(bench: Bench) -> None:
    place = bench.scope.runs.placement("web")
    assert place.cluster == bench.scope.environment.pick.clusters[0]
    assert (place.launch_type, place.providers, place.on_spot) == ("FARGATE", (), False)
    assert place.subnets
    with pytest.raises(Absent):
        bench.scope.runs.placement("none")


def test_a_family_is_its_newest_active_revision_and_a_revision_is_itself(bench: Bench) -> None:
    bench.register()
    bench.register()
    newest = bench.scope.runs.defined(bench.family)
    assert newest.name == f"{bench.family}:2"
    assert (newest.active, newest.task_role, newest.execution_role) == (True, "", EXECUTION)
    [main] = newest.containers
    assert (main.name, main.image, main.command) == ("job", f"{REGISTRY}/orders:v1", ("migrate", "up"))
    assert (main.log_group, main.log_prefix) == (f"/ecs/{bench.family}", "once")
    assert newest.registered_by.startswith("arn:aws:sts::123456789012:assumed-role/ci-deploy/")

    bench.deactivate(1)
    assert not bench.scope.runs.defined(f"{bench.family}:1").active
    assert bench.scope.runs.defined(bench.family).name == f"{bench.family}:2"
    for unknown in ("none-of-it", f"{bench.family}:9"):
        with pytest.raises(Absent):
            bench.scope.runs.defined(unknown)


def test_revisions_are_counted_up_by_one_and_a_number_is_never_used_again(bench: Bench) -> None:
    for _ in range(3):
        bench.register()
    bench.deactivate(3)
    bench.deactivate(2)
    assert bench.scope.runs.defined(bench.family).number == 1
    bench.register()
    assert bench.scope.runs.defined(bench.family).number == 4
    numbered = [bench.scope.runs.defined(f"{bench.family}:{number}") for number in (1, 2, 3, 4)]
    assert [(d.number, d.active) for d in numbered] == [(1, True), (2, False), (3, False), (4, True)]


def test_the_same_token_is_the_same_task_and_another_order_with_it_conflicts(bench: Bench) -> None:
    asked = order(bench)
    first, again = bench.scope.runs.start(asked), bench.scope.runs.start(asked)
    assert first.task == again.task and first.task and first.request_id
    with pytest.raises(Rejected) as refused:
        bench.scope.runs.start(replace(asked, command=("migrate", "down")))
    assert refused.value.code == "ConflictException"
    assert bench.scope.runs.start(replace(asked, token="op-x-0")).task != first.task


def test_failures_come_with_an_answer_and_are_replayed_with_their_token(bench: Bench) -> None:
    asked = order(bench)
    bench.short()
    for _ in range(2):
        found = bench.scope.runs.start(asked)
        assert (found.task, found.failures) == ("", (SHORT,))


def test_a_lost_answer_is_unanswered_and_the_task_can_be_found_by_who_started_it(bench: Bench) -> None:
    asked = order(bench)
    bench.lose_answer()
    with pytest.raises(Unanswered):
        bench.scope.runs.start(asked)
    cluster = asked.placement.cluster
    [found] = bench.scope.runs.started(cluster, asked.started_by)
    assert bench.scope.runs.start(asked).task == found
    assert bench.scope.runs.started(cluster, asked.started_by + "0") == ()
    bench.end()
    assert bench.scope.runs.started(cluster, asked.started_by) == ()


def test_a_task_that_ended_has_the_exit_code_of_its_container(bench: Bench) -> None:
    asked = order(bench, exit=3)
    task = bench.scope.runs.start(asked).task
    bench.end(3)
    found = bench.scope.runs.task(asked.placement.cluster, task)
    assert found is not None
    assert (found.last_status, found.stop_code) == ("STOPPED", "EssentialContainerExited")
    assert [(c.name, c.exit_code) for c in found.containers] == [("job", 3)]


def test_a_task_that_runs_is_one_of_the_environments_one_off_tasks_until_it_is_stopped(bench: Bench) -> None:
    asked = order(bench)
    task = bench.scope.runs.start(asked).task
    bench.shown()
    [found] = [one for one in bench.scope.tasks.one_off() if one.id == task]
    assert (found.family, found.run_here, found.cluster) == (bench.family, True, asked.placement.cluster)
    bench.scope.tasks.stop(task, "asked for by Olu")
    ended = bench.scope.runs.task(asked.placement.cluster, task)
    assert ended is not None and (ended.stop_code, ended.stopped_reason) == (
        "UserInitiated",
        "asked for by Olu",
    )


def test_what_ecs_does_not_show_is_none_and_other_clusters_are_absent(bench: Bench) -> None:
    asked = order(bench)
    assert bench.scope.runs.task(asked.placement.cluster, "0" * 32) is None
    with pytest.raises(Absent):
        bench.scope.runs.task("elsewhere", "0" * 32)
    with pytest.raises(Absent):
        bench.scope.runs.start(replace(asked, placement=Placement("elsewhere")))
