"""What costs money, in memory: tasks that ``run`` and ``stop``, things that ``attach`` and ``detach``, and
things that ``use`` bills by their use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from handlers.ports.usage import Users
from handlers.words.errors import Trouble
from policies.cost.by_use import ByUse, hours_before, used
from policies.cost.sightings import ServiceSeen
from policies.cost.spans import REMEMBERED, Kind, Part, Span, shared_name, sharers

if TYPE_CHECKING:
    from tests.fakes.aws import FakeServices

SMALL = (Part("fargate.vcpu.x86", 250), Part("fargate.gb.x86", 500))


class FakeUsage:
    """``Usage`` of one environment. ``tests.contracts.test_aws_usage`` holds this fake and the adapter to the
    same behaviour.

    As ECS does, the fake lists a stopped task for an hour and then no more.
    """

    def __init__(self, services: FakeServices, now: Callable[[], datetime], name: str) -> None:
        self._services, self._now, self._name = services, now, name
        self.script = services.script
        self._tasks: dict[str, Span] = {}
        self._attached: dict[str, Span] = {}
        self._used: dict[str, tuple[ByUse, int | None]] = {}

    def run(
        self,
        service: str = "",
        *,
        id: str = "",
        owner: str = "",
        parts: tuple[Part, ...] = SMALL,
        begin: datetime | None = None,
    ) -> str:
        """Start a task whose image pull starts now and return its id. The task belongs to ``owner``, by
        default to this environment.
        """
        arn = id or f"arn:aws:ecs:eu-west-1:111122223333:task/{self._name}/{len(self._tasks) + 1:032x}"
        since = begin or self._now()
        minimum = 60 if any(part.item.startswith(("fargate", "spot")) for part in parts) else 0
        of = owner or self._name
        self._tasks[arn] = Span(arn, of, service, Kind.TASK, parts, since, since, minimum=minimum)
        return arn

    def stop(self, *ids: str) -> None:
        """End these tasks now, or all that run."""
        for id_ in ids or [task.id for task in self._tasks.values() if not task.ended]:
            self._tasks[id_] = replace(self._tasks[id_], until=self._now(), ended=True)

    def resize(self, service: str, parts: tuple[Part, ...]) -> None:
        """Change the size of the service's tasks, as if it had always been that size."""
        minimum = 60 if any(part.item.startswith(("fargate", "spot")) for part in parts) else 0
        self._of(service, lambda task: replace(task, parts=parts, minimum=minimum))

    def share(self, service: str, owner: str) -> None:
        """Make the service's tasks belong to ``owner``, which may name several environments together."""
        self._of(service, lambda task: replace(task, environment=owner))

    def _of(self, service: str, change: Callable[[Span], Span]) -> None:
        for task in [task for task in self._tasks.values() if task.service == service]:
            self._tasks[task.id] = change(task)

    def forget(self) -> None:
        """Remove all tasks, as if they were another's by now or never existed."""
        self._tasks.clear()

    def attach(
        self, id: str, item: str, *, kind: Kind = Kind.DATABASE, milli: int = 1_000, owner: str = ""
    ) -> None:
        now, of = self._now(), owner or self._name
        self._attached[id] = Span(id, of, id.split(" ")[0], kind, (Part(item, milli),), now, now)

    def use(self, thing: ByUse, milli: int | None) -> None:
        """Set how much of a thing is used in each hour; ``None`` if AWS no longer reports its use."""
        self._used[thing.id] = (thing, milli)

    def detach(self, id: str) -> None:
        """Remove an attached thing, if it exists."""
        self._attached.pop(id, None)

    def fail(self, method: str, error: Trouble, *, nth: int = 1) -> None:
        """Order an error. ``method``: as named in the script, such as *usage.tasks*."""
        self.script.fail(method, error, nth=nth)

    def services(self) -> tuple[ServiceSeen, ...]:
        with self.script.call("usage.services"):
            known = sorted(self._services.known().values(), key=lambda facts: facts.name)
            return tuple(
                ServiceSeen(
                    name=facts.name,
                    desired=facts.desired,
                    running=facts.running,
                    healthy=facts.running >= facts.desired if facts.desired else None,
                    deployment=facts.primary.id if facts.primary else "",
                    deployed=facts.primary.created_at if facts.primary else None,
                    revision=facts.revision,
                )
                for facts in known
                if self._services.owns(facts.name)
            )

    def tasks(self) -> tuple[Span, ...]:
        with self.script.call("usage.tasks"):
            now = self._now()
            shown = (task for task in self._tasks.values() if not task.ended or now < task.until + REMEMBERED)
            return tuple(task if task.ended else replace(task, until=max(task.begin, now)) for task in shown)

    def attached(self, users: Users) -> tuple[Span, ...]:
        with self.script.call("usage.attached"):
            now = self._now()
            found = [
                replace(span, begin=now, until=now, environment=self._owner(span, users))
                for span in self._attached.values()
            ]
            for thing, milli in self._used.values():
                amounts = {} if milli is None else dict.fromkeys(hours_before(now), milli)
                found += used(thing, amounts, now)
            return tuple(found)

    def _owner(self, span: Span, users: Users) -> str:
        using = users.get(span.id, ()) if span.kind is Kind.BALANCER else ()
        return shared_name([*sharers(span.environment), *using])
