"""Auto Scaling groups behind capacity providers in memory: ``handlers.ports.aws.Capacities``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from handlers.ports.aws import Receipt
from handlers.words.errors import Absent, Trouble
from policies.capacity.facts import GroupFacts
from policies.capacity.groups import SERVERLESS, CapacityGroup

if TYPE_CHECKING:
    from tests.fakes.aws import FakeServices


class FakeGroups:
    """The groups of one environment. A group has the name of its provider, and instances change only by
    ``move``.

    The environment's own services are shown as they are; ``occupy`` says what else runs on a group.
    """

    def __init__(self, services: FakeServices, environment: str = "staging") -> None:
        self._services, self._environment = services, environment
        self.script = services.script
        self._groups: dict[str, CapacityGroup] = {}

    def put(self, name: str, sizes: GroupFacts) -> None:
        """Add a group with all of its instances running."""
        self._groups[name] = CapacityGroup(name, sizes, sizes.desired, sizes.desired)

    def occupy(
        self, name: str, services: Mapping[str, tuple[str, ...]], *, alone: tuple[str, ...] = ()
    ) -> None:
        self._groups[name] = replace(self._groups[name], services=dict(services), alone=alone)

    def names(self) -> frozenset[str]:
        return frozenset(self._groups)

    def known(self, name: str) -> CapacityGroup:
        return self._groups[name]

    def fail(self, method: str, error: Trouble, *, nth: int = 1, after_effect: bool = False) -> None:
        """Order an error. ``method``: as named in the script, such as *groups.resize*."""
        self.script.fail(method, error, nth=nth, after_effect=after_effect)

    def groups(self, providers: Collection[str]) -> tuple[CapacityGroup, ...]:
        with self.script.call("groups", tuple(providers)):
            return tuple(
                self._shown(self._groups[name]) for name in sorted(providers) if name in self._groups
            )

    def resize(self, group: str, sizes: GroupFacts) -> Receipt:
        with self.script.call("groups.resize", group, sizes):
            used = {
                p for f in self._services.known().values() if self._services.owns(f.name) for p in f.providers
            }
            if group not in (used - SERVERLESS) & self._groups.keys():
                raise Absent(f"No service here runs on a group {group}.")
            self._groups[group] = replace(self._groups[group], sizes=sizes)
        return Receipt(f"request-resize-{group}-{sizes.desired}")

    def move(self) -> None:
        """Let instances come and go until there are as many as desired."""
        for name, group in self._groups.items():
            wanted = group.sizes.desired
            self._groups[name] = replace(group, ready=wanted, instances=wanted)

    def _shown(self, group: CapacityGroup) -> CapacityGroup:
        own = {
            facts.name: (self._environment,)
            for facts in self._services.known().values()
            if self._services.owns(facts.name)
            and facts.scheduling != "DAEMON"
            and group.name in facts.providers
            and (facts.desired or facts.running or facts.pending)
        }
        return replace(group, services={**group.services, **own})
