"""OPEN: the one transaction that decides, takes the lock, spends the offer and writes the evidence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, literal, or_, select, update

from bot.db.catalog import read_catalog
from bot.db.chain import Links
from bot.db.claims import claimed_by, write_claims
from bot.db.ending import cancel
from bot.db.joining import joined
from bot.db.messages import fresh
from bot.db.offers import load_offer
from bot.db.records import load, select_records, step_row
from bot.db.tables import deliveries, messages, offers, operation_steps, operations
from bot.db.tables.types import database_now
from handlers.gate import judgement
from handlers.ports.messages import POSTED_ALONE
from handlers.ports.store import (
    Busy,
    CatalogState,
    Opened,
    Opening,
    OpenResult,
    OperationRecord,
    Seen,
    Spent,
    TurnedDown,
)
from handlers.words.step import StepRecord
from policies.access.decision import Allowed, Decision
from policies.record.lifecycle import WHOLE, State


@dataclass(frozen=True)
class Hold:
    """Who holds what is opened, and for how many seconds of the database's clock."""

    holder: str
    seconds: float

    @property
    def until(self) -> ColumnElement[float]:
        return database_now() + self.seconds


def open_operation(
    links: Links, opening: Opening, decide: Callable[[CatalogState], Decision], hold: Hold
) -> OpenResult:
    """Everything between the beginning and the COMMIT of OPEN."""
    connection = links.connection
    if (seen := delivered(connection, judgement.delivery_key(opening))) is not None:
        return Seen(seen.operation_id)
    if opening.claim and (claimed := claimed_by(connection, opening.claim.key)) is not None:
        return Seen(claimed)
    state = read_catalog(connection)
    stored = load_offer(connection, opening.request.offer) if opening.request.offer else None
    if reason := judgement.why_spent(opening, stored, state):
        _refuse(links, opening, spent := judgement.spent(reason))
        return Spent(spent)
    decision = decide(state)
    if not isinstance(decision, Allowed):
        _refuse(links, opening, decision)
        return TurnedDown(decision)
    in_the_way = _in_the_way(connection, opening)
    if holder := next((other for other in in_the_way if other.name not in opening.cancels), None):
        _refuse(links, opening, judgement.busy(holder))
        return Busy(holder)
    if stored is not None and stored.offer.once and not _spend(connection, opening):
        _refuse(links, opening, spent := judgement.spent("This button was used already."))
        return Spent(spent)
    for other in in_the_way:
        cancel(links, other.id, opening)
    _write(connection, opening, hold)
    links.append(judgement.started_entry(opening.entry, decision))
    record = load(connection, opening.id)
    assert record is not None
    return Opened(record)


def delivered(connection: Connection, key: str) -> Any:
    """The row of a delivery; ``None`` if there is none."""
    return connection.execute(select(deliveries).where(deliveries.c.key == key)).one_or_none()


def _refuse(links: Links, opening: Opening, decision: Decision) -> None:
    _deliver(links.connection, opening, operation_id="")
    links.append(judgement.refused_entry(opening.entry, decision))


def _deliver(connection: Connection, opening: Opening, *, operation_id: str) -> None:
    row = {
        "key": judgement.delivery_key(opening),
        "operation_id": operation_id,
        "attempt": opening.id,
        "at": opening.now,
    }
    connection.execute(insert(deliveries).values(row))


def _in_the_way(connection: Connection, opening: Opening) -> list[OperationRecord]:
    """The running operations that exclude this one, the oldest first: those whose target says so are read
    (``policies.record.lifecycle.excludes``, said in SQL), and judged by what they have left to do."""
    if not opening.conflicts:
        return []
    found = select_records(
        connection,
        operations.c.state == State.RUNNING,
        operations.c.environment == opening.environment,
        operations.c.conflicts == opening.conflicts,
        or_(
            operations.c.target.in_([opening.target, WHOLE]),
            literal(opening.target) == WHOLE,
        ),
    )
    return [r for r in found if judgement.in_the_way(r, opening.conflicts, opening.target)]


def _spend(connection: Connection, opening: Opening) -> bool:
    """Compare and set: an offer that serves once goes to one press, whoever presses."""
    unspent = (offers.c.id == opening.request.offer) & (offers.c.spent_by == "")
    spent = update(offers).where(unspent).values(spent_by=opening.request.actor.id)
    return connection.execute(spent).rowcount == 1


def _write(connection: Connection, opening: Opening, hold: Hold) -> None:
    owner = joined(connection, opening)
    connection.execute(insert(operations).values(_row(opening, hold)))
    steps = [StepRecord(position, step) for position, step in enumerate(opening.plan.steps)]
    if steps:
        connection.execute(insert(operation_steps), [step_row(opening.id, s) for s in steps])
    if opening.message_channel:
        first = fresh(opening.id, opening.message_channel, opening.now + POSTED_ALONE)
        first |= {"told_by": opening.told_by, "joined": owner}
        connection.execute(insert(messages).values(first))
    if opening.claim:
        write_claims(connection, [judgement.opened_claim(opening.claim, opening.id)])
    _deliver(connection, opening, operation_id=opening.id)


def _row(opening: Opening, hold: Hold) -> dict[str, Any]:
    return {
        "id": opening.id,
        "name": opening.operation,
        "environment": opening.environment,
        "target": opening.target,
        "conflicts": opening.conflicts,
        "arguments": dict(opening.arguments),
        "actor_id": opening.entry.actor,
        "actor_name": opening.entry.actor_name,
        "source": opening.request.source,
        "channel": opening.request.channel,
        "state": State.RUNNING.value,
        "doing": opening.plan.doing,
        "opened_at": opening.now,
        "plan_hash": opening.plan.hash,
        "fence": 1,
        "holder": hold.holder,
        "held_until": hold.until,
        "next_look": opening.now,
        "before": dict(opening.plan.before),
        "after": {},
        "notes": list(opening.plan.notes),
        "summary": "",
        "closed_at": None,
        "generation": opening.generation,
    }
