"""A scope: the ports bound to one environment, handed to one handler for one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from handlers.ports.aws import (
    Capacities,
    Databases,
    Flags,
    Images,
    Permissions,
    Rollbacks,
    Scaling,
    Services,
    Tasks,
)
from handlers.ports.book import Book
from handlers.ports.cache import Keys
from handlers.ports.features import Features
from handlers.ports.logs import Logs
from handlers.ports.money import Insights
from handlers.ports.runs import Runs
from handlers.ports.signals import Leftovers, Signals
from handlers.ports.store import Catalog, OperationRecord
from handlers.ports.usage import Usage
from handlers.words.operation import Operation
from policies.access.decision import Refused
from policies.access.people import Actor, Home, Role, SlackAccount
from policies.cost.sightings import Sighting
from policies.schedule.rows import ScheduleRow
from policies.schedule.schedule import Holidays, Schedule, no_holidays
from policies.service.environment import Environment

NOWHERE = Home("")


@dataclass(frozen=True)
class Used:
    """The last use of an environment. ``by``: the person's name at that time."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Scope:
    """Everything that a handler or a step may touch, for this environment at this moment."""

    environment: Environment
    actor: Actor
    now: datetime
    services: Services
    rollbacks: Rollbacks
    tasks: Tasks
    runs: Runs
    images: Images
    logs: Logs
    scaling: Scaling
    databases: Databases
    capacities: Capacities
    flags: Flags
    features: Features
    permissions: Permissions
    keys: Keys
    usage: Usage
    insights: Insights
    signals: Signals
    leftovers: Leftovers
    book: Book
    catalog: Catalog | None = None
    """For the step that writes a schedule; ``None`` if nothing is to be written."""
    operation_id: str = ""
    command: str = "/env"
    """The command under which people type. Only for messages."""
    running: Mapping[str, OperationRecord] = field(default_factory=dict)
    """What is being done here now, by target. For reads."""
    role: Role = Role.VIEWER
    """The actor's role here. Only for messages: the gate decides."""
    logs_need: Role | None = None
    """The role without which an answer may not show lines of a log here; ``None`` if the actor may read them,
    or if the operation does not include any (``Operation.includes``). The gate decides.
    """
    schedule: ScheduleRow | None = None
    """The schedule row that is in force here."""
    holidays: Callable[[Schedule], Holidays] = no_holidays
    """Returns the dates of the calendars that a schedule names, for this year and the next."""
    running_on: tuple[str, ...] = ()
    """What Lamplighter itself runs on, and never stops: ``cluster/service`` and database ids."""
    last_used: Callable[[], Used | None] = lambda: None
    """Returns who last asked for something here, according to the audit log. Only for messages."""
    mendable: Callable[[str], bool] = lambda _operation: False
    """Returns whether the operation of that id ended in a state in which the clock would try it again."""
    neighbours: tuple[Environment, ...] = ()
    """Every other environment of the same account and region: some may share a database with this one."""
    whois: Callable[[str], SlackAccount | None] = lambda _user: None
    """Returns what Slack says right now of a user id; ``None`` if Slack cannot say."""
    read_outside: Callable[[], bool] = lambda: False
    """Returns whether another company reads the environment's channel now, whatever the catalog says. Raises
    ``Trouble`` if Slack does not say."""
    home: Home = NOWHERE
    """The Slack workspace or organisation that this bot serves."""
    seen: frozenset[str] = frozenset()
    """The environments that may be named to whoever reads the reply to this actor."""
    past: Callable[[str], Sequence[OperationRecord]] = lambda _service: ()
    """Returns the newest operations that had a step on this service here, newest first; with an empty name,
    the newest operations here. For reads.
    """
    switches: Callable[[str], Sequence[OperationRecord]] = lambda _flag: ()
    """Returns the newest operations that switched this flag here or took a switch back, newest first."""
    failed: Callable[[Sighting], Sequence[tuple[OperationRecord, Operation | None]]] = lambda _seen: ()
    """Returns what of ours failed last here, newest first, after which nobody deployed, as far as was seen.
    Each comes with its declaration. For reads.
    """
    record: Callable[[str], OperationRecord | None] = lambda _operation: None
    """Returns the operation of that id, if it was one on this environment. For reads."""
    beside: Callable[[str], Scope | Refused] | None = None
    """Returns another environment that this actor may view, by its name as typed. One that they may not view
    is refused exactly like one that does not exist. For reads.
    """


class Scopes(Protocol):
    def bind(self, environment: Environment, actor: Actor, *, operation_id: str = "") -> Scope:
        """Bind the ports for this environment and person. Reads use the account's reader identity; changes
        use a session that carries the person's name (facts/ecs 10.3).
        """
        ...
