"""What the bot asks AWS about money while it serves, each question under a lease of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.bootstrap import Core, payer
from handlers.clock.backfill import PATIENCE, Archive, Backfill
from handlers.clock.billing import Accounts, BillingClock, Terms
from handlers.clock.pricing import Pricing, Sources
from handlers.clock.tenure import Job
from policies.service.environment import Environment

EVERY = 5.0
"""Seconds between two checks whether a day's prices, its bill or a history still have to be asked for."""


def money_jobs(core: Core) -> Iterator[Job]:
    """The jobs. Prices and the bill are read once a day, and only if a setting says so; each environment's
    history is read once.
    """
    settings, ledger, aws = core.settings, core.db.book.ledger, core.scopes.aws

    def places() -> tuple[Environment, ...]:
        return core.db.catalog.read().environments

    listed = settings.prices == "list"
    patience = PATIENCE if listed else timedelta(0)
    archive = Archive(ledger, core.scopes, places, core.clock, patience)
    yield Job("backfill", EVERY, lambda: Backfill(archive).tick, lease="backfill")
    if listed:
        sources = Sources(ledger, aws.price_list(), places, core.clock)
        yield Job("prices", EVERY, lambda: Pricing(sources).tick, lease="prices")
    if (bill := payer(settings)) is not None:
        accounts = Accounts(aws.billing(*bill), ledger.billed, places, core.clock)
        terms = Terms(settings.billing_keys, settings.billing_pages)
        yield Job("billing", EVERY, lambda: BillingClock(accounts, terms).tick, lease="billing")
