"""A scope: the ports bound to one environment, handed to one handler for one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from handlers.ports.aws import Capacities, Databases, Images, Logs, Permissions, Scaling, Services, Tasks
from handlers.ports.book import Book
from handlers.ports.money import Insights
from handlers.ports.signals import Leftovers, Signals
from handlers.ports.store import Catalog, OperationRecord
from handlers.ports.usage import Usage
from policies.access.people import Actor, Home, Role, SlackAccount
from policies.schedule.rows import ScheduleRow
from policies.schedule.schedule import Holidays, Schedule, no_holidays
from policies.service.environment import Environment

NOWHERE = Home("")


@dataclass(frozen=True)
class Used:
    """``by``: the name of the person then."""

    by: str
    at: datetime


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
    scaling: Scaling
    databases: Databases
    capacities: Capacities
    permissions: Permissions
    usage: Usage
    insights: Insights
    signals: Signals
    leftovers: Leftovers
    book: Book
    catalog: Catalog | None = None
    """For the one step that writes a schedule; ``None`` where nothing is to be written."""
    operation_id: str = ""
    running: Mapping[str, OperationRecord] = field(default_factory=dict)
    """What is being done here now, by its target. For reads."""
    role: Role = Role.VIEWER
    """What this actor is here. Only for words: the gate decides."""
    schedule: ScheduleRow | None = None
    """The row this environment is under now."""
    holidays: Callable[[Schedule], Holidays] = no_holidays
    """Dates of the calendars a schedule names, for this year and the next."""
    running_on: tuple[str, ...] = ()
    """What Lamplighter itself runs on: ``cluster/service`` and ids of databases; never stopped by it."""
    last_used: Callable[[], Used | None] = lambda: None
    mendable: Callable[[str], bool] = lambda _operation: False
    """Whether the operation of that id ended so that the clock would make it again."""
    """Who asked for something here last, as the audit log has it. For words."""
    neighbours: tuple[Environment, ...] = ()
    """Every other environment of the same account and region: some may share a database with this one."""
    whois: Callable[[str], SlackAccount | None] = lambda _user: None
    """What Slack says this moment of somebody's id; ``None`` where it cannot say."""
    home: Home = NOWHERE
    """What this bot serves."""
    seen: frozenset[str] = frozenset()
    """The environments that may be named to whoever reads what this actor asked for."""


class Scopes(Protocol):
    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        """Ports for this environment and person. Reads go by the account's reader identity, changes by a
        session that carries the person (facts/ecs 10.3)."""
        ...
