"""``lamplighter prune``: removes or counts the working state that is older than it must be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import typer

from bot.bootstrap import decision_clock, keep
from bot.cli.output import read_settings, say, told
from bot.cli.schema import opened

NAMES = {
    "operations": "ended operations",
    "operation_steps": "steps of these operations",
    "messages": "records of their messages (Slack keeps the messages)",
    "claims": "settled transitions",
    "overrides": "ended overrides",
    "live_posts": "records of what was told of drift, budgets and findings",
    "notices": "closed notices",
    "digests": "records of weekly digests",
    "budget_warnings": "records of budget warnings",
    "findings": "findings of orphans and leftovers that are gone",
    "spans": "tasks and resources that are gone",
    "usage_days": "daily costs, by service",
    "usage_sums": "daily costs, by environment",
    "watched": "times without a gap",
    "billed_days": "billed days",
    "billing_queries": "questions about the bill",
    "prices": "prices of earlier days",
    "backfills": "histories of removed environments",
    "sightings": "states of removed environments",
    "looks": "signs of use of removed environments",
}


def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say how many of what would go")] = False,
) -> None:
    """Remove working state older than the settings keep it, as `serve` does. No audit entry is touched."""
    settings = read_settings()
    keeping, now = keep(settings), decision_clock(settings).now()
    with told(), opened(settings) as db:
        if dry_run:
            _say("Would be removed", db.pruning.removable(keeping, now))
            return
        gone: Counter[str] = Counter()
        while any((batch := db.pruning.prune(keeping, now)).values()):
            gone.update(batch)
    _say("Removed", gone)


def _say(what: str, counts: Mapping[str, int]) -> None:
    if not any(counts.values()):
        say("There is nothing to remove.")
        return
    say(f"{what}:")
    for name, words in NAMES.items():
        if counts.get(name):
            say(f"  {words}: {counts[name]:,}")
