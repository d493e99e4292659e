"""What others did to services and tasks, for the fakes of AWS: deployments and one-off tasks."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime

from policies.service.facts import ServiceFacts
from policies.service.happened import Ran, Rollout
from policies.service.one_off import OneOff
from tests.fakes.aws_script import Script


class FakeRollouts:
    """The deployments of a ``FakeServices``: ours, and those that ``rolled`` says others made."""

    script: Script

    def __init__(self) -> None:
        self._rolled: list[Rollout] = []

    @abstractmethod
    def owns(self, service: str) -> bool: ...

    def rolled(self, *rollouts: Rollout) -> None:
        self._rolled += rollouts

    def rolled_by_us(self, made: ServiceFacts, at: datetime) -> None:
        revision = made.revision.rsplit("/", 1)[-1]
        self.rolled(Rollout(made.name, made.current_deployment, "IN_PROGRESS", at, revision=revision))

    def deployments_since(self, services: Sequence[str], since: datetime) -> tuple[Rollout, ...]:
        with self.script.call("deployments_since", tuple(services), since):
            own = [r for r in self._rolled if r.service in services and self.owns(r.service)]
            young = [r for r in own if r.created_at >= since]
            return tuple(sorted(young, key=lambda rollout: rollout.created_at, reverse=True))


class FakeRan:
    """The one-off tasks of a ``FakeTasks``, those that have ended among them."""

    script: Script

    def __init__(self) -> None:
        self._alone: dict[str, OneOff] = {}
        self._ever: dict[str, OneOff] = {}

    def ran_since(self, since: datetime) -> tuple[Ran, ...]:
        with self.script.call("ran_since", since):
            rows = [(one, one.id not in self._alone) for one in self._ever.values()]
            ran = [
                Ran(
                    one.id,
                    one.family,
                    one.since,
                    started_by=one.started_by,
                    ours=one.ours,
                    over=over,
                    exit_code=0 if over else None,
                )
                for one, over in rows
                if one.since is not None and one.since >= since
            ]
            return tuple(sorted(ran, key=lambda one: one.at, reverse=True))
