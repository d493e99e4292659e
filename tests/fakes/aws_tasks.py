"""Tasks in memory, for the fakes of AWS: those of services, and one-off tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.ports.aws import Receipt
from handlers.words.errors import Absent
from policies.service.one_off import OneOff
from tests.fakes.aws_happened import FakeRan
from tests.fakes.aws_script import START
from tests.fakes.runs import FakeRuns

if TYPE_CHECKING:
    from tests.fakes.aws import FakeServices


class FakeTasks(FakeRan):
    """``Tasks`` of the services in a ``FakeServices``, and the one-off tasks that ``run`` starts."""

    def __init__(self, services: FakeServices) -> None:
        super().__init__()
        self._services = services
        self.script = services.script
        self._made = 0
        self.runs = FakeRuns(services, self, services.moment)
        """The tasks that are run through the port ``Runs``; ``stop`` stops these too."""

    def run(
        self, family: str, *, by: str = "", since: datetime = START, ours: bool = True, cluster: str = ""
    ) -> str:
        """Start a one-off task that runs until ``end``, and return its id. If not ``ours``, nobody can tell
        whose task it is.
        """
        id_ = f"{self._made + 0xA1:032x}"
        self._made += 1
        self._alone[id_] = self._ever[id_] = OneOff(id_, family, by, since, ours, cluster)
        return id_

    def end(self) -> None:
        """End all one-off tasks."""
        self._alone.clear()

    def gone(self, task: str) -> None:
        """A task of ``runs`` ended."""
        self._alone.pop(task, None)

    def one_off(self) -> tuple[OneOff, ...]:
        with self.script.call("one_off"):
            return tuple(self._alone.values())

    def stop(self, task: str, reason: str) -> Receipt:
        with self.script.call("stop", task, reason):
            if self.runs.halt(task, reason):
                return Receipt(f"request-stop-{task}")
            for facts in self._services.known().values():
                if any(t.id == task for t in facts.tasks):
                    tasks = tuple(
                        replace(t, last_status="STOPPED", stop_code="UserInitiated", stopped_reason=reason)
                        if t.id == task
                        else t
                        for t in facts.tasks
                    )
                    self._services.change(facts.name, tasks=tasks)
                    break
            else:
                raise Absent(f"There is no task {task} here.")
        return Receipt(f"request-stop-{task}")
