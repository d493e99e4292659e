"""What the clock keeps: overrides, saved capacity, claims, notices, warnings, digests, the ledger, orphans.

As with every store, each method may raise ``handlers.words.errors.StoreLost``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from handlers.ports.budgets import BudgetWarnings
from handlers.ports.digests import Digests
from handlers.ports.findings import Orphans
from handlers.ports.ledger import Ledger
from handlers.ports.live import LivePosts
from policies.capacity.facts import SavedCapacity
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override


class Overrides(Protocol):
    def current(self, now: datetime) -> Sequence[Override]:
        """Every override, of any environment, that has not ended by ``now``; also those yet to begin."""
        ...

    def recent(self, since: datetime) -> Sequence[Override]:
        """Those that ended (or were ended) at ``since`` or later, and those that have not: their ends are
        transitions."""
        ...

    def find(self, override_id: str) -> Override | None:
        """``None`` once it is pruned."""
        ...

    def these(self, override_ids: Collection[str]) -> Sequence[Override]:
        """Those of them that are there, in one query however many they are."""
        ...

    def put(self, override: Override) -> None:
        """Insert, once per id (a repeat changes nothing); ends every other of that environment that holds at
        its ``since``, in the same transaction."""
        ...

    def end(self, override_id: str, at: datetime, by: str) -> bool:
        """Give it back; false if it had ended by then."""
        ...


class SavedCapacities(Protocol):
    def find(self, environment: str) -> SavedCapacity | None: ...

    def stopped(self) -> frozenset[str]:
        """Names of the environments that have something saved."""
        ...

    def write(self, environment: str, saved: SavedCapacity) -> None:
        """Put (insert or replace) what ``policies.capacity.facts.merged`` says is to be kept."""
        ...

    def forget(self, environment: str) -> None: ...


class Claims(Protocol):
    def since(self, instant: datetime) -> Mapping[str, Sequence[Claim]]:
        """Claims on edges at ``instant`` or later, by environment."""
        ...

    def record(self, claims: Sequence[Claim]) -> None:
        """Write claims that open nothing (skipped, postponed, observed). One that is *opened*, *skipped* or
        *observed* already stays as it is; a postponed one is replaced."""
        ...


KEPT = timedelta(hours=16)
"""After its stop time a notice is edited no more: what follows has messages of its own."""


@dataclass(frozen=True)
class Notice:
    """The one message for a channel and a stop time. ``shown`` is a digest of what it last said.

    ``environments``: those it was posted with. ``offers``: label and environment to the offer's id, so that
    an edited message keeps its buttons. ``unsent_since``: Slack did not take it since then.
    """

    channel: str
    stop_at: datetime
    environments: tuple[str, ...]
    ts: str = ""
    posted_at: datetime | None = None
    shown: str = ""
    offers: Mapping[str, str] = field(default_factory=dict)
    unsent_since: datetime | None = None
    closed: bool = False


class Notices(Protocol):
    def since(self, instant: datetime) -> Sequence[Notice]:
        """Notices of stops at ``instant`` or later."""
        ...

    def write(self, notice: Notice) -> None:
        """Insert or replace, by channel and stop time."""
        ...


@dataclass(frozen=True)
class Book:
    overrides: Overrides
    capacities: SavedCapacities
    claims: Claims
    notices: Notices
    live_posts: LivePosts
    budget_warnings: BudgetWarnings
    digests: Digests
    ledger: Ledger
    orphans: Orphans
