"""The adapters of one database for one process, made together."""

from __future__ import annotations

from dataclasses import dataclass

from bot.db.audit import SqlAudit
from bot.db.budget_warnings import SqlBudgetWarnings
from bot.db.capacities import OnSaved, SqlSavedCapacities
from bot.db.catalog import SqlCatalog
from bot.db.chain import Chain, OnEntry
from bot.db.claims import SqlClaims
from bot.db.digests import SqlDigests
from bot.db.engine import PATIENCE, engine, parse, sqlite_path
from bot.db.findings import SqlFindings, SqlLooks, SqlOwners, SqlSweeps
from bot.db.follows import SqlFollows
from bot.db.leases import SqlLeases
from bot.db.ledger.backfills import SqlBackfills
from bot.db.ledger.billed import SqlBilled
from bot.db.ledger.days import SqlDays
from bot.db.ledger.prices import SqlPrices
from bot.db.ledger.sightings import SqlSightings
from bot.db.ledger.spans import SqlSpans
from bot.db.live_posts import SqlLivePosts
from bot.db.messages import SqlMessages
from bot.db.notices import SqlNotices
from bot.db.offers import SqlOffers
from bot.db.operations import SqlOperations
from bot.db.overrides import SqlOverrides
from bot.db.pruning.removing import SqlPruning
from bot.db.readiness import PROBE, Readiness
from bot.db.records import SqlRecords
from bot.db.store import Store
from handlers.ports.book import Book
from handlers.ports.findings import Orphans
from handlers.ports.ledger import Ledger


@dataclass(frozen=True)
class Listeners:
    """Called with what was written, once it is committed: each audit entry, and each saved capacity."""

    on_entry: OnEntry | None = None
    on_saved: OnSaved | None = None


@dataclass(frozen=True)
class Database:
    store: Store
    catalog: SqlCatalog
    operations: SqlOperations
    records: SqlRecords
    audit: SqlAudit
    offers: SqlOffers
    messages: SqlMessages
    leases: SqlLeases
    book: Book
    pruning: SqlPruning
    readiness: Readiness

    def dispose(self) -> None:
        """Close every connection; only when nothing uses it any more."""
        self.store.engine.dispose()
        self.readiness.dispose()


NOBODY = Listeners()


def database(
    url: str,
    *,
    holder: str,
    lease_seconds: float,
    audit_key: bytes = b"",
    listeners: Listeners = NOBODY,
    patience: float = PATIENCE,
) -> Database:
    """Connects to nothing yet. ``holder`` is unique to this start of this process. ``patience`` is how
    many seconds to wait for a lock, a statement or a free connection before the database counts as lost."""
    store = Store(engine(url, patience=patience), patience=patience)
    parsed = parse(url)
    file = sqlite_path(parsed) if parsed.get_backend_name() == "sqlite" else None
    chain = Chain(store, key=audit_key, on_entry=listeners.on_entry)
    return Database(
        store=store,
        catalog=SqlCatalog(store),
        operations=SqlOperations(chain, holder=holder, lease_seconds=lease_seconds),
        records=SqlRecords(store),
        audit=SqlAudit(chain),
        offers=SqlOffers(store),
        messages=SqlMessages(store),
        leases=SqlLeases(store, holder=holder),
        book=Book(
            overrides=SqlOverrides(store),
            capacities=SqlSavedCapacities(store, on_saved=listeners.on_saved),
            claims=SqlClaims(store),
            notices=SqlNotices(store),
            live_posts=SqlLivePosts(store),
            follows=SqlFollows(store),
            budget_warnings=SqlBudgetWarnings(store),
            digests=SqlDigests(store),
            ledger=Ledger(
                spans=SqlSpans(store),
                days=SqlDays(store),
                prices=SqlPrices(store),
                sightings=SqlSightings(store),
                billed=SqlBilled(store),
                backfills=SqlBackfills(store),
            ),
            orphans=Orphans(SqlFindings(store), SqlOwners(store), SqlLooks(store), SqlSweeps(store)),
        ),
        pruning=SqlPruning(store),
        readiness=Readiness(Store(engine(url, patience=PROBE), patience=PROBE), path=file, name=holder),
    )
