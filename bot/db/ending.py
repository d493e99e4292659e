"""How a running operation ends, inside a gate transaction."""

from __future__ import annotations

from sqlalchemy import ColumnElement, update

from bot.db.chain import Links
from bot.db.messages import announce, want_another
from bot.db.records import load
from bot.db.tables import operations
from handlers.gate import judgement
from handlers.ports.store import Closing, Opening
from policies.record.lifecycle import State


def end(links: Links, operation_id: str, closing: Closing, *, where: ColumnElement[bool]) -> bool:
    """Write the end state, the entry and a last version of its message. ``False``, and nothing is done, if
    the row is not as ``where`` says."""
    values = {
        "state": closing.state.value,
        "summary": closing.summary,
        "after": dict(closing.after),
        "closed_at": closing.now,
    }
    if links.connection.execute(update(operations).where(where).values(values)).rowcount != 1:
        return False
    if closing.announce:
        announce(links.connection, operation_id, closing.announce)
    want_another(links.connection, operation_id, final_from=closing.now, live=closing.live)
    links.append(closing.entry)
    return True


def cancel(links: Links, operation_id: str, opening: Opening) -> None:
    """End the operations that this opening replaces. Whoever works on one is stopped first, by the fence:
    what they marked until then is in the entry, and they mark nothing after."""
    running = (operations.c.id == operation_id) & (operations.c.state == State.RUNNING)
    taking = update(operations).where(running).values(fence=operations.c.fence + 1, held_until=0.0)
    links.connection.execute(taking)
    record = load(links.connection, operation_id)
    assert record is not None
    end(links, operation_id, judgement.cancelling(record, opening), where=running)
