"""What the tables would hold, shared by the parts of a ``FakeStore``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from threading import RLock

from handlers.ports.book import Notice
from handlers.ports.budgets import BudgetWarning
from handlers.ports.digests import DigestRow
from handlers.ports.findings import Look
from handlers.ports.follows import Follow, Key
from handlers.ports.ledger import Watched
from handlers.ports.live import LivePost
from handlers.ports.messages import MessageRow
from handlers.ports.money import Backfilled, BillingQuery
from handlers.ports.store import CatalogState, OperationRecord, RecordedEntry, StoredOffer
from policies.access.grants import Grant
from policies.access.terminals import Terminal
from policies.capacity.facts import SavedCapacity
from policies.cost.billed import BilledDay
from policies.cost.budgets import BudgetRow
from policies.cost.prices import Price
from policies.cost.sightings import Sighting
from policies.cost.spans import Span
from policies.cost.usage import UsageRow
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Sweep
from policies.orphans.owners import Owned
from policies.record.evidence import GENESIS, Entry, canonical, link
from policies.schedule.claims import Claim, ClaimKey
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Environment


@dataclass
class Hold:
    holder: str
    until: float


@dataclass
class Turned:
    told_at: datetime
    owed: int = 0
    latest: Entry | None = None


@dataclass
class Memory:
    """What the tables would hold."""

    environments: dict[str, Environment] = field(default_factory=dict)
    generations: dict[str, int] = field(default_factory=dict)
    grants: dict[tuple[str, str, str], Grant] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    slack_settings: set[str] = field(default_factory=set)
    schedules: dict[tuple[str, str], ScheduleRow] = field(default_factory=dict)
    budgets: dict[str, BudgetRow] = field(default_factory=dict)
    terminals: dict[str, Terminal] = field(default_factory=dict)
    overrides: dict[str, Override] = field(default_factory=dict)
    capacities: dict[str, SavedCapacity] = field(default_factory=dict)
    claims: dict[ClaimKey, Claim] = field(default_factory=dict)
    notices: dict[tuple[str, datetime], Notice] = field(default_factory=dict)
    follows: dict[Key, Follow] = field(default_factory=dict)
    live_posts: dict[tuple[str, str], LivePost] = field(default_factory=dict)
    budget_warnings: dict[tuple[str, date, int, int, str], BudgetWarning] = field(default_factory=dict)
    digests: dict[tuple[str, str], DigestRow] = field(default_factory=dict)
    digests_told: set[tuple[str, str]] = field(default_factory=set)
    spans: dict[str, Span] = field(default_factory=dict)
    watched: dict[str, list[Watched]] = field(default_factory=dict)
    usage: list[UsageRow] = field(default_factory=list)
    prices: dict[tuple[str, str, date], Price] = field(default_factory=dict)
    sightings: dict[str, Sighting] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    owners: dict[str, Owned] = field(default_factory=dict)
    sweeps: dict[tuple[str, str], Sweep] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    billed: dict[tuple[str, date, str, str], BilledDay] = field(default_factory=dict)
    billing_queries: dict[tuple[str, date], BillingQuery] = field(default_factory=dict)
    backfills: dict[str, Backfilled] = field(default_factory=dict)
    operations: dict[str, OperationRecord] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    deliveries: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    entries: list[RecordedEntry] = field(default_factory=list)
    turned: dict[str, Turned] = field(default_factory=dict)
    offers: dict[str, StoredOffer] = field(default_factory=dict)
    messages: dict[str, MessageRow] = field(default_factory=dict)
    next_tries: dict[str, datetime] = field(default_factory=dict)
    leases: dict[str, Hold] = field(default_factory=dict)
    clock: float = 0.0
    ids: count[int] = field(default_factory=lambda: count(1))
    before_call: Callable[[str], object] = str
    lock: RLock = field(default_factory=RLock)

    def state(self) -> CatalogState:
        return CatalogState(
            tuple(self.environments[n] for n in sorted(self.environments)),
            tuple(self.grants[k] for k in sorted(self.grants)),
            dict(self.settings),
            frozenset(self.slack_settings),
            tuple(self.schedules[k] for k in sorted(self.schedules)),
            tuple(self.budgets[k] for k in sorted(self.budgets)),
            tuple(self.terminals[k] for k in sorted(self.terminals)),
        )

    def append(self, entry: Entry) -> int:
        seq = len(self.entries) + 1
        previous = self.entries[-1].hash if self.entries else GENESIS
        digest = link(previous, canonical(entry, seq))
        self.entries.append(RecordedEntry(seq, digest, entry))
        return seq
