"""What an operation sees that concerns no single environment: help, list, whoami, audit, apply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    """The one that was asked about, of an operation that concerns one or all; the gate has judged it."""
    clock_ran: datetime | None = None
    """When this process's clock last ran; ``None``: another's does, or none."""
    command: str = "/env"
    channel: str = ""
    """Where it was asked; empty: not in Slack."""
    meter_every: timedelta = timedelta(minutes=15)
    """How often the meter looks at an environment; nothing: never."""
    posts: Posts | None = None
    """For the steps that post a digest and ask for a grant; ``None`` where there is no Slack."""
    offered: Callable[[Sequence[Offer]], tuple[Offer, ...]] = tuple
    """Records the buttons of what is posted, so that they can be pressed; an answer's the gate records."""
    granters: Callable[[Environment], tuple[Granter, ...]] = lambda _place: ()
    """Who could give a role there, whether or not the actor may view it."""
    on_defect: Callable[[str, Exception], None] = lambda _what, _error: None
    """Told, for the log, of exceptions that are no ``Trouble`` and that the rest goes on without."""

    @property
    def environments(self) -> tuple[Environment, ...]:
        """Those the actor may view."""
        return visible(self.state.environments, self.mine)
