"""The tables, one file per area. Deliberately absent: queries; an adapter beside this package has them.

What a migration alone creates (triggers) is in ``migrations``; a test holds these tables against it.
"""

from bot.db.tables.audit import audit_checkpoints, audit_entries, audit_head, turned_away
from bot.db.tables.billing import backfills, billed_days, billing_queries
from bot.db.tables.budgets import budget_warnings
from bot.db.tables.catalog import budgets, environments, grants, schedules, settings, terminals
from bot.db.tables.clock import claims, notices, overrides, saved_capacity
from bot.db.tables.deliveries import deliveries
from bot.db.tables.digests import digests
from bot.db.tables.findings import findings, looks, owners, sweeps
from bot.db.tables.follows import follows
from bot.db.tables.leases import leases
from bot.db.tables.ledger import prices, sightings, spans, usage_days, usage_sums, watched
from bot.db.tables.live_posts import live_posts
from bot.db.tables.messages import messages
from bot.db.tables.offers import offers
from bot.db.tables.operations import operation_steps, operations
from bot.db.tables.types import metadata

__all__ = [
    "audit_checkpoints",
    "audit_entries",
    "audit_head",
    "backfills",
    "billed_days",
    "billing_queries",
    "budget_warnings",
    "budgets",
    "claims",
    "deliveries",
    "digests",
    "environments",
    "findings",
    "follows",
    "grants",
    "leases",
    "live_posts",
    "looks",
    "messages",
    "metadata",
    "notices",
    "offers",
    "operation_steps",
    "operations",
    "overrides",
    "owners",
    "prices",
    "saved_capacity",
    "schedules",
    "settings",
    "sightings",
    "spans",
    "sweeps",
    "terminals",
    "turned_away",
    "usage_days",
    "usage_sums",
    "watched",
]
