"""What the clock keeps: overrides, saved capacity, claims, notices, warnings, digests, the ledger, orphans,
and the logs that people follow.

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
from handlers.ports.follows import Follows
from handlers.ports.ledger import Ledger
from handlers.ports.live import LivePosts
from policies.capacity.facts import SavedCapacity
from policies.schedule.claims import Claim
from policies.schedule.overrides import Override


class Overrides(Protocol):
    def current(self, now: datetime) -> Sequence[Override]:
        """Return every override, of any environment, that has not ended by ``now``, including those yet to
        begin.
        """
        ...

    def recent(self, since: datetime) -> Sequence[Override]:
        """Return the overrides that ended (or were ended) at ``since`` or later, and those that have not
        ended: their ends are transitions.
        """
        ...

    def find(self, override_id: str) -> Override | None:
        """Return the override; ``None`` once it is pruned."""
        ...

    def these(self, override_ids: Collection[str]) -> Sequence[Override]:
        """Return those of them that exist, in one query however many there are."""
        ...

    def put(self, override: Override, *, instead_of: Collection[str] = ()) -> None:
        """Insert an override, once per id (a repeat changes nothing). In the same transaction, ends every
        other override of that environment that is in force at its ``since``.

        A planned one ends nothing that is in force; it ends, when it is planned, those of ``instead_of`` that
        are planned too.
        """
        ...

    def begin(self, override_id: str, at: datetime) -> bool:
        """Note that a planned override begins. In the same transaction, ends every other override of that
        environment that is in force at its ``since``. False if it does not wait for its beginning any more.
        """
        ...

    def wait(self, override_id: str, why: str) -> None:
        """Note why a planned override whose beginning has come still waits. Any other stays as it is."""
        ...

    def end(self, override_id: str, at: datetime, by: str, *, why: str = "") -> bool:
        """End the override; false if it had already ended. ``why``: why a planned one does not begin; one
        that never began can be given its reason after its time too, once.
        """
        ...


class SavedCapacities(Protocol):
    def find(self, environment: str) -> SavedCapacity | None: ...

    def stopped(self) -> frozenset[str]:
        """Return the names of the environments that have something saved."""
        ...

    def write(self, environment: str, saved: SavedCapacity) -> None:
        """Insert or replace what ``policies.capacity.facts.merged`` says is to be kept."""
        ...

    def forget(self, environment: str) -> None: ...


class Claims(Protocol):
    def since(self, instant: datetime) -> Mapping[str, Sequence[Claim]]:
        """Return the claims on edges at ``instant`` or later, by environment."""
        ...

    def record(self, claims: Sequence[Claim]) -> None:
        """Write claims that open nothing (skipped, postponed, observed). A claim that is already *opened*,
        *skipped* or *observed* stays as it is; a postponed one is replaced.
        """
        ...


KEPT = timedelta(hours=16)
"""How long after its stop time a notice is still edited: what follows has messages of its own."""


@dataclass(frozen=True)
class Notice:
    """The one message for a channel and a stop time.

    ``environments``: those that the notice was posted with. ``shown``: a digest of what the notice last said.
    ``offers``: from label and environment to the offer's id, so that an edited message keeps its buttons.
    ``unsent_since``: since when Slack has not accepted the notice.
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
        """Return the notices of stops at ``instant`` or later."""
        ...

    def write(self, notice: Notice) -> None:
        """Insert or replace a notice, by channel and stop time."""
        ...


@dataclass(frozen=True)
class Book:
    overrides: Overrides
    capacities: SavedCapacities
    claims: Claims
    notices: Notices
    live_posts: LivePosts
    follows: Follows
    budget_warnings: BudgetWarnings
    digests: Digests
    ledger: Ledger
    orphans: Orphans
