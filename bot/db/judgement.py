"""What the opening transaction makes of what it finds: pure, and without SQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.ports.store import CatalogState, Opening, OperationRecord, StoredOffer
from policies.decision import Decision, refuse
from policies.evidence import Entry

WHOLE = "*"
"""The target that is the whole environment."""


def why_spent(opening: Opening, stored: StoredOffer | None, state: CatalogState) -> str:
    """Why the pressed offer, or the state the plan was made on, no longer binds; empty: it binds."""
    if opening.request.offer:
        if stored is None:
            return "This button is not known any more. Ask again for a fresh one."
        if reason := _offer_spent(stored, opening, state):
            return reason
    if opening.generation and opening.generation != generation(state, opening.environment):
        return f"`{opening.environment}` was changed while this was prepared. Ask again."
    return ""


def _offer_spent(stored: StoredOffer, opening: Opening, state: CatalogState) -> str:
    if stored.environment != opening.environment:
        return "This button belongs to another environment."
    if stored.offer.once and stored.spent_by:
        return "This button was used already."
    if stored.expires_at <= opening.now:
        return "This button has expired. Ask again for a fresh one."
    if stored.environment and stored.generation != generation(state, stored.environment):
        return f"`{stored.environment}` was changed since this button was shown. Ask again."
    return ""


def generation(state: CatalogState, name: str) -> int:
    """The generation of an environment as it stands; 0 if there is none of that name."""
    found = state.environment(name)
    return found.generation if found else 0


def busy(record: OperationRecord) -> Decision:
    where = "the whole environment" if record.target == WHOLE else f"`{record.target}`"
    since = record.opened_at.isoformat(timespec="seconds")
    return refuse(
        "gate.lock",
        f"operation {record.id}, {record.name} of {where} by {record.actor_name}, runs since {since}",
    )


def spent(reason: str) -> Decision:
    return refuse("gate.offer", reason)


def started_entry(entry: Entry, decision: Decision) -> Entry:
    return replace(entry, decision=decision.verdict, rule=decision.rule, reason=decision.reason)


def refused_entry(entry: Entry, decision: Decision) -> Entry:
    """The entry *started* turned into the refusal it became: nothing was opened, so it names no operation."""
    return replace(started_entry(entry, decision), kind="refused", operation_id="")


def delivery_key(opening: Opening) -> str:
    """A request without a delivery of its own (console) still needs one to read a lost COMMIT back by."""
    return opening.request.delivery or f"operation:{opening.id}"


def another_minute(told_at: datetime, at: datetime) -> bool:
    """May a person who was turned away at ``told_at`` be recorded again? Also when the clock went back."""
    return abs((at - told_at).total_seconds()) >= 60
