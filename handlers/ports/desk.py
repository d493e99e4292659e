"""What an operation sees that concerns no single environment: help, list, whoami, audit, apply."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.ports.book import Book
from handlers.ports.scope import Scopes
from handlers.ports.slack import Posts
from handlers.ports.store import Audit, Catalog, CatalogState, Records
from handlers.words.message import Offer
from handlers.words.operation import Operation
from policies.access.granting import Granter
from policies.access.grants import Grant, visible
from policies.access.people import Actor
from policies.schedule.schedule import Holidays, Schedule, no_holidays
from policies.service.environment import Environment


@dataclass(frozen=True)
class Desk:
    """One actor's view of the installation at one moment. ``mine`` are the actor's grants in force."""

    actor: Actor
    now: datetime
    state: CatalogState
    mine: tuple[Grant, ...]
    operations: tuple[Operation, ...]
    catalog: Catalog
    audit: Audit
    records: Records
    scopes: Scopes
    book: Book
    holidays: Callable[[Schedule], Holidays] = no_holidays
    named: Environment | None = None
    """The environment asked about, if the operation concerns one or all; the gate has judged it."""
    clock_ran: datetime | None = None
    """When this process's clock last ran; ``None`` if another process runs the clock, or none does."""
    command: str = "/env"
    channel: str = ""
    """The channel where the operation was asked for; empty outside Slack."""
    meter_every: timedelta = timedelta(minutes=15)
    """How often the meter looks at an environment; zero means never."""
    posts: Posts | None = None
    """Posts messages, for the steps that post a digest and ask for a grant; ``None`` without Slack."""
    offered: Callable[[Sequence[Offer]], tuple[Offer, ...]] = tuple
    """Records the buttons of what is posted, so that they can be pressed; the gate records those of an
    answer.
    """
    granters: Callable[[Environment], tuple[Granter, ...]] = lambda _place: ()
    """Returns who could give a role there, whether or not the actor may view the environment."""
    links: Callable[[Collection[str]], Mapping[str, str]] = lambda _operations: {}
    """Returns the address of the message of each of these operations that has one, by the operation's id."""
    on_defect: Callable[[str, Exception], None] = lambda _what, _error: None
    """Is told, for the log, of exceptions other than ``Trouble`` that do not stop the rest."""

    @property
    def environments(self) -> tuple[Environment, ...]:
        """The environments that the actor may view."""
        return visible(self.state.environments, self.mine)
