"""Finds, inside the opening transaction, the message that will also tell of the operation being opened.

Gate transactions are serial, so when two processes open operations at once, the second one sees what the
first wrote.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from bot.db.tables import messages, operations
from handlers.gate import judgement
from handlers.ports.store import Opening
from policies.record.joining import WITHIN, Asked, Told, joins


def joined(connection: Connection, opening: Opening) -> str:
    """Return the id of the operation whose message tells of this one too. An empty text means that this
    operation has a message of its own, or none.
    """
    if not judgement.may_join(opening):
        return ""
    row, message, any_ = operations.c, messages.c, messages.alias()
    mine = or_(any_.c.operation_id == row.id, any_.c.joined == row.id)
    count = select(func.count()).select_from(any_).where(mine).scalar_subquery()
    found = connection.execute(
        select(operations, message.channel.label("shown_in"), count.label("told"))
        .join(messages, message.operation_id == row.id)
        .where(row.environment == opening.environment, row.opened_at > opening.now - WITHIN)
        .where(row.name == opening.operation, row.actor_id == opening.entry.actor)
        .where(message.joined == "", message.told_by == "", message.given_up == "")
    )
    told = (
        Told(
            one.id,
            Asked(one.name, one.environment, one.generation, one.actor_id, one.shown_in, one.opened_at),
            one.told,
        )
        for one in found
    )
    return joins(judgement.asked(opening), told)
