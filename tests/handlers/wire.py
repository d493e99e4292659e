"""A wire between the gate and its ports that can be counted, cut and killed at any call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from handlers.gate.parts import Parts
from handlers.ports.scope import Scope
from policies.access.people import Actor
from policies.service.environment import Environment
from tests.soaking import SOAK

When = Literal["before", "after"]


class Killed(BaseException):
    """kill -9: nothing of the process runs on. Not an ``Exception``, so nothing can handle it."""


@dataclass
class Wire:
    """Every port call passes here. The ``at``-th raises ``error`` before or after its effect."""

    at: int = 0
    when: When = "before"
    error: Callable[[], BaseException] = Killed
    only: str = ""
    """Cut only calls whose name begins with this; ``at`` still counts all calls."""
    passed: list[str] = field(default_factory=list)
    cut: str = ""

    def call(self, name: str, go: Callable[[], Any]) -> Any:
        self.passed.append(name)
        mine = len(self.passed) == self.at and name.startswith(self.only)
        if mine:
            self.cut = name
        if mine and self.when == "before":
            raise self.error()
        result = go()
        if mine:
            raise self.error()
        return result


class Tapped:
    """Any port, with each of its calls on the wire."""

    def __init__(self, name: str, port: Any, wire: Wire) -> None:
        self._name, self._port, self._wire = name, port, wire

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._port, method)

        def call(*given: Any, **named: Any) -> Any:
            return self._wire.call(f"{self._name}.{method}", lambda: found(*given, **named))

        return call


class TappedScopes:
    """``Scopes`` whose binding and whose every port is on the wire."""

    def __init__(self, scopes: Any, wire: Wire) -> None:
        self._scopes, self._wire = scopes, wire

    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        bound: Scope = self._wire.call(
            "scopes.bind", lambda: self._scopes.bind(environment, actor, operation_id=operation_id)
        )
        ports: dict[str, Any] = {name: Tapped(name, getattr(bound, name), self._wire) for name in _AWS}
        return replace(bound, **ports)


def moments(calls: Sequence[str], *, begins: str = "operations.due") -> list[tuple[int, When]]:
    """Return where to kill: after each call, and before those that begin a tick, which are called ``begins``.

    Before any other call, all is as after the call before it, because a process changes nothing outside
    between two calls. ``make soak`` kills there too.
    """
    return [
        (n, when)
        for n, call in enumerate(calls, 1)
        for when in _BOTH
        if when == "after" or n == 1 or call == begins or SOAK
    ]


_BOTH: tuple[When, When] = ("before", "after")
_AWS = ("services", "rollbacks", "tasks", "runs", "images", "logs", "flags", "features", "keys")
_PORTS = ("people", "messages", "catalog", "operations", "records", "audit", "offers")


def tap(parts: Parts, wire: Wire) -> Parts:
    """Return the same parts, with every port except the clock on the wire."""
    tapped: dict[str, Any] = {name: Tapped(name, getattr(parts, name), wire) for name in _PORTS}
    return replace(parts, scopes=TappedScopes(parts.scopes, wire), **tapped)
