"""Where the containers of a task definition write their logs, and whether that can be read from here
(facts/ecs 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

AWSLOGS = "awslogs"
STANDARD = "STANDARD"
"""The only class of a log group whose events can be filtered (facts/ecs 4)."""

PASSED_ON = "DELIVERY"
"""The class of a log group that AWS only passes on: its events can be neither filtered nor queried."""


class Unreadable(StrEnum):
    """Why the logs of a container cannot be read."""

    NO_DRIVER = "no driver"
    ANOTHER_DRIVER = "another driver"
    NO_PREFIX = "no prefix"
    """Without a prefix the stream is the Docker container's id, which nobody can derive from a task."""


@dataclass(frozen=True)
class Route:
    """Where one container of one revision writes. ``region`` is where the log group is."""

    container: str
    essential: bool = True
    driver: str = ""
    group: str = ""
    prefix: str = ""
    region: str = ""

    @property
    def unreadable(self) -> Unreadable | None:
        if not self.driver or self.driver == "none":
            return Unreadable.NO_DRIVER
        if self.driver != AWSLOGS or not self.group:
            return Unreadable.ANOTHER_DRIVER
        return None if self.prefix else Unreadable.NO_PREFIX

    def stream(self, task: str) -> str:
        return f"{self.prefix}/{self.container}/{task}"


def chosen(routes: Iterable[Route], container: str) -> tuple[Route, ...]:
    """Return the routes of that container, or of the essential containers if none is named."""
    return tuple(r for r in routes if (r.container == container if container else r.essential))


def containers(routes: Iterable[Route]) -> tuple[str, ...]:
    """Return the names of the containers, the essential ones first."""
    ordered = sorted(routes, key=lambda r: not r.essential)
    return tuple(dict.fromkeys(r.container for r in ordered))


@dataclass(frozen=True)
class Group:
    """The streams of one log group that are to be read."""

    name: str
    region: str
    streams: tuple[str, ...]


def groups(written: Sequence[tuple[str, Route]]) -> tuple[Group, ...]:
    """Gather the readable streams by log group. ``written``: each task's id with one of its routes."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for task, route in written:
        if route.unreadable is None:
            found.setdefault((route.group, route.region), {})[route.stream(task)] = None
    return tuple(Group(name, region, tuple(streams)) for (name, region), streams in found.items())
