"""What is remembered of orphans, in memory: a fake of every port in ``handlers.ports.findings``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from handlers.ports.findings import Look, Orphans
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Sweep
from policies.orphans.owners import Owned
from tests.fakes.store_memory import Memory


def fake_orphans(memory: Memory) -> Orphans:
    return Orphans(FakeFindings(memory), FakeOwners(memory), FakeLooks(memory), FakeSweeps(memory))


class FakeFindings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> Sequence[Finding]:
        self._memory.before_call("findings.all")
        there = (f for f in self._memory.findings.values() if f.gone is None)
        return sorted(there, key=lambda f: f.subject)

    def find(self, subject: str) -> Finding | None:
        self._memory.before_call("findings.find")
        return self._memory.findings.get(subject)

    def change(self, subject: str, become: Callable[[Finding | None], Finding | None]) -> Finding | None:
        memory = self._memory
        memory.before_call("findings.change")
        with memory.lock:
            made = become(memory.findings.get(subject))
            if made is not None:
                memory.findings[subject] = made
            return made


class FakeOwners:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> Mapping[str, Owned]:
        self._memory.before_call("owners.all")
        return dict(sorted(self._memory.owners.items()))

    def put(self, owned: Owned) -> None:
        self._memory.before_call("owners.put")
        self._memory.owners[owned.environment] = owned

    def remove(self, environment: str, user: str) -> bool:
        memory = self._memory
        memory.before_call("owners.remove")
        known = memory.owners.get(environment)
        if known is None or known.user != user:
            return False
        del memory.owners[environment]
        return True


class FakeLooks:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> Mapping[str, Look]:
        self._memory.before_call("looks.all")
        return dict(sorted(self._memory.looks.items()))

    def put(self, look: Look) -> None:
        memory = self._memory
        memory.before_call("looks.put")
        known = memory.looks.get(look.environment)
        if known is None or known.at <= look.at:
            memory.looks[look.environment] = look


class FakeSweeps:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def all(self) -> Sequence[Sweep]:
        self._memory.before_call("sweeps.all")
        return [sweep for _, sweep in sorted(self._memory.sweeps.items())]

    def put(self, sweep: Sweep) -> None:
        memory = self._memory
        memory.before_call("sweeps.put")
        known = memory.sweeps.get((sweep.account, sweep.region))
        if known is None or known.at <= sweep.at:
            memory.sweeps[sweep.account, sweep.region] = sweep
