"""One-off tasks in memory: ``handlers.ports.runs.Runs``, scripted by tests.

A task stays as it is until the test says otherwise. A token that was used once answers as it did then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.ports.runs import RunOrder, Started
from handlers.words.errors import Absent, Rejected
from policies.service.facts import Container, Task
from policies.service.running_once import Defined, Placement

if TYPE_CHECKING:
    from tests.fakes.aws import FakeServices, FakeTasks

SUBNETS = ("subnet-1", "subnet-2")


@dataclass
class FakeRuns:
    """``define`` registers a revision; ``full`` makes ECS answer failures; ``hidden`` tasks are not shown."""

    services: FakeServices
    tasks: FakeTasks
    now: Callable[[], datetime]
    full: tuple[str, ...] = ()
    hidden: bool = False
    orders: list[RunOrder] = field(default_factory=list)
    """Orders that had an effect: one for each token."""
    _defined: dict[str, Defined] = field(default_factory=dict)
    _answers: dict[str, tuple[RunOrder, Started]] = field(default_factory=dict)
    _placements: dict[str, Placement] = field(default_factory=dict)
    _tasks: dict[str, Task] = field(default_factory=dict)

    def define(self, defined: Defined) -> Defined:
        """Register a revision, or replace it."""
        self._defined[defined.name] = defined
        self._defined[defined.arn] = defined
        return defined

    def forget(self) -> None:
        """Delete all revisions."""
        self._defined.clear()

    def known(self) -> tuple[str, ...]:
        """Return the ids of all tasks that were started, oldest first, without counting as a call."""
        return tuple(self._tasks)

    def place(self, service: str, placement: Placement) -> None:
        self._placements[service] = placement

    def placement(self, service: str) -> Placement:
        with self.services.script.call("placement", service):
            if not self.services.owns(service):
                raise Absent(f"There is no service {service} here.")
            known = self.services.known()[service]
            default = Placement(known.cluster, "FARGATE", subnets=SUBNETS, security_groups=("sg-1",))
            return self._placements.get(service, default)

    def defined(self, reference: str) -> Defined:
        with self.services.script.call("defined", reference):
            found = self._defined.get(reference) or self._newest(reference)
            if found is None:
                raise Absent(f"Could not read the task definition {reference}.")
            return found

    def _newest(self, family: str) -> Defined | None:
        """Return the newest active revision of the family."""
        some = (d for name, d in self._defined.items() if name == f"{family}:{d.number}" and d.active)
        return max(some, key=lambda defined: defined.number, default=None)

    def start(self, order: RunOrder) -> Started:
        with self.services.script.call("start", order):
            self._within(order.placement.cluster)
            if order.token in self._answers:
                first, answer = self._answers[order.token]
                if first != order:
                    raise Rejected(
                        "AWS refused to run it: another order has that token.", "ConflictException"
                    )
                return answer
            answer = self._started(order)
            self._answers[order.token] = (order, answer)
        return answer

    def _started(self, order: RunOrder) -> Started:
        number = len(self.orders) + 1
        self.orders.append(order)
        if self.full:
            return Started(f"request-run-{number}", failures=self.full)
        family = order.revision.rsplit("/", 1)[-1].split(":")[0]
        cluster = order.placement.cluster
        task = self.tasks.run(family, by=order.started_by, since=self.now(), cluster=cluster)
        self._tasks[task] = Task(task, order.started_by, order.revision, "RUNNING", created_at=self.now())
        return Started(f"request-run-{number}", task)

    def end(self, codes: Mapping[str, int | None], **stopped: str) -> None:
        """End every task that runs, with an exit code for each container; ``stopped``: fields of the task."""
        containers = tuple(Container(name, "", "", exit_code=code) for name, code in codes.items())
        how = {
            "stop_code": "EssentialContainerExited",
            "stopped_reason": "Essential container in task exited",
        }
        for id_, task in self._tasks.items():
            if task.last_status != "STOPPED":
                ended = replace(task, last_status="STOPPED", containers=containers, stopped_at=self.now())
                self._tasks[id_] = replace(ended, **{**how, **stopped})  # type: ignore[arg-type]
                self.tasks.gone(id_)

    def leave(self, codes: Mapping[str, int | None]) -> None:
        """Give the containers of every task that runs these exit codes; the task is not stopped yet."""
        containers = tuple(Container(name, "", "", exit_code=code) for name, code in codes.items())
        for id_, task in self._tasks.items():
            if task.last_status != "STOPPED":
                self._tasks[id_] = replace(task, last_status="DEPROVISIONING", containers=containers)

    def halt(self, id_: str, reason: str) -> bool:
        """Stop one of these tasks, as StopTask does; ``False`` if it is none of these."""
        task = self._tasks.get(id_)
        if task is None:
            return False
        if task.last_status != "STOPPED":
            ended = replace(task, last_status="STOPPED", stop_code="UserInitiated", stopped_reason=reason)
            names = [order.container for order in self.orders]
            self._tasks[id_] = replace(
                ended, containers=tuple(Container(n, "", "", exit_code=143) for n in names)
            )
            self.tasks.gone(id_)
        return True

    def started(self, cluster: str, started_by: str) -> tuple[str, ...]:
        with self.services.script.call("started", cluster, started_by):
            known = self._tasks.values()
            return tuple(t.id for t in known if t.deployment == started_by and t.last_status != "STOPPED")

    def task(self, cluster: str, task: str) -> Task | None:
        with self.services.script.call("task", cluster, task):
            self._within(cluster)
            return None if self.hidden else self._tasks.get(task)

    def _within(self, cluster: str) -> None:
        if cluster not in {facts.cluster for facts in self.services.known().values()}:
            raise Absent(f"The cluster {cluster} is none of these.")
