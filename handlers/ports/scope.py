"""A scope: the ports bound to one environment, handed to one handler for one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from handlers.ports.aws import Images, Logs, Services, Tasks
from policies.environment import Environment
from policies.people import Actor


@dataclass(frozen=True)
class Scope:
    """Everything a handler or a step may touch, for this environment and this moment."""

    environment: Environment
    actor: Actor
    now: datetime
    services: Services
    tasks: Tasks
    images: Images
    logs: Logs
    operation_id: str = ""
    running: Mapping[str, str] = field(default_factory=dict)
    """What is being done here now: target to a sentence (*restart by Dev since 18:47*). For reads."""


class Scopes(Protocol):
    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        """Ports for this environment and person. Reads go by the account's reader identity, changes by a
        session that carries the person (ecs-facts 10.3)."""
        ...
