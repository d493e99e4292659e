"""The state of an environment at a glance, from what was last seen of its services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from policies.cost.sightings import ServiceSeen


class State(StrEnum):
    ON = "on"
    """Every service wants tasks and has as many as it wants."""
    PARTLY = "partly on"
    OFF = "off"
    """No task is wanted and none is left."""
    STARTING = "starting"
    STOPPING = "stopping"
    EMPTY = "no services"
    UNKNOWN = "unknown"
    """The environment was never seen."""


@dataclass(frozen=True)
class Glance:
    """``up``: how many of the ``of`` services want tasks and have them. ``unwell``: services that are known
    to be unhealthy. ``unmeasured``: how many services want tasks and have an unknown health.
    """

    state: State
    up: int = 0
    of: int = 0
    unwell: tuple[str, ...] = ()
    unmeasured: int = 0


def glance(
    services: Sequence[ServiceSeen] | None, move: Literal["on", "off", "starting", "stopping"] | None = None
) -> Glance:
    """Return the state at a glance. ``services``: ``None`` if they were never seen. ``move``: the state to
    which an operation is bringing the environment.
    """
    if services is None:
        return Glance(State(move) if move else State.UNKNOWN)
    wanted = [s for s in services if s.desired > 0]
    up = sum(s.running >= s.desired for s in wanted)
    return Glance(
        State(move) if move else _state(services, wanted, up),
        up,
        len(services),
        tuple(s.name for s in wanted if s.healthy is False),
        sum(s.healthy is None for s in wanted),
    )


def _state(services: Sequence[ServiceSeen], wanted: Sequence[ServiceSeen], up: int) -> State:
    if not services:
        return State.EMPTY
    if up == len(services):
        return State.ON
    if not wanted:
        return State.STOPPING if any(s.running for s in services) else State.OFF
    return State.PARTLY
