"""Which messages lag behind their operation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from bot.db.store import Store
from bot.db.tables import messages
from handlers.ports.messages import POSTED_ALONE, Followed, MessageRow

BEHIND = (messages.c.version_shown < messages.c.version_wanted) & or_(
    messages.c.given_up == "", messages.c.final
)
"""Something is still to be shown or told of it."""


class SqlMessages:
    """``handlers.ports.store.MessageRows``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, operation_id: str) -> MessageRow | None:
        with self._store.read() as connection:
            row = connection.execute(
                select(messages).where(messages.c.operation_id == operation_id)
            ).one_or_none()
        return None if row is None else _message(row)

    def together(self, operation_id: str) -> Sequence[MessageRow]:
        joined = select(messages.c.joined).where(
            messages.c.operation_id == operation_id, messages.c.joined != ""
        )
        owner = func.coalesce(joined.scalar_subquery(), operation_id)
        query = select(messages).where(or_(messages.c.operation_id == owner, messages.c.joined == owner))
        with self._store.read() as connection:
            found = connection.execute(query.order_by(messages.c.joined, messages.c.operation_id))
            return [_message(row) for row in found]

    def these(self, operation_ids: Collection[str]) -> Sequence[MessageRow]:
        if not operation_ids:
            return []
        query = select(messages).where(messages.c.operation_id.in_(operation_ids))
        with self._store.read() as connection:
            return [_message(row) for row in connection.execute(query)]

    def at(self, channel: str, ts: str) -> Sequence[MessageRow]:
        row = messages.c
        there = or_(*(_stands(place, ts) for place in (row.ts, row.detail_ts, row.told_by)))
        query = select(messages).where(row.channel == channel, there).order_by(row.joined, row.operation_id)
        if not ts:
            return []
        with self._store.read() as connection:
            return [_message(found) for found in connection.execute(query)]

    def behind(self, now: datetime, limit: int) -> Sequence[MessageRow]:
        """Closed operations first, then the messages that are furthest behind."""
        query = (
            select(messages)
            .where(BEHIND)
            .where(or_(messages.c.next_try.is_(None), messages.c.next_try <= now))
            .order_by(
                messages.c.final.desc(),
                (messages.c.version_shown - messages.c.version_wanted),
                messages.c.operation_id,
            )
            .limit(limit)
        )
        with self._store.read() as connection:
            return [_message(row) for row in connection.execute(query)]

    def live(self) -> Sequence[MessageRow]:
        query = select(messages).where(messages.c.live).order_by(messages.c.operation_id)
        with self._store.read() as connection:
            return [_message(row) for row in connection.execute(query)]

    def follow(self, found: Sequence[Followed]) -> None:
        with self._store.step_transaction() as connection:
            for one in found:
                live = (messages.c.operation_id == one.operation_id) & messages.c.live
                values: dict[str, Any] = {"live": not one.over, "stands": one.stands}
                if one.again:
                    values |= {"version_wanted": messages.c.version_wanted + 1, "next_try": None}
                connection.execute(update(messages).where(live).values(values))

    def drew(self, row: MessageRow) -> None:
        alone = messages.c.drawn == row.drawn
        wanted = case((alone, messages.c.version_wanted), else_=messages.c.version_wanted + 1)
        self._set(row.operation_id, drawn=messages.c.drawn + 1, version_wanted=wanted)

    def shown(self, row: MessageRow) -> None:
        """The version shown never goes back: if two show at once, the later version stays recorded."""
        newer = case((messages.c.version_shown > row.version_shown, messages.c.version_shown))
        version = case((newer.is_not(None), newer), else_=row.version_shown)
        self._set(
            row.operation_id,
            channel=row.channel,
            ts=row.ts,
            version_shown=version,
            detail_ts=row.detail_ts,
            next_try=None,
        )

    def postpone(self, operation_id: str, until: datetime) -> None:
        self._set(operation_id, next_try=until)

    def give_up(self, operation_id: str, reason: str) -> None:
        self._set(operation_id, given_up=reason or "no reason was given")

    def _set(self, operation_id: str, **values: Any) -> None:
        with self._store.step_transaction() as connection:
            connection.execute(update(messages).where(messages.c.operation_id == operation_id).values(values))


def _stands(place: ColumnElement[str], ts: str) -> ColumnElement[bool]:
    """Said so that the index of this place is used, which has no row without one."""
    return and_(place == ts, place != literal_column("''"))


def announce(connection: Connection, operation_id: str, channel: str) -> None:
    """A message, not shown yet, for an operation that has none."""
    there = select(messages.c.operation_id).where(messages.c.operation_id == operation_id)
    if connection.execute(there).one_or_none() is None:
        connection.execute(insert(messages).values(fresh(operation_id, channel)))


def fresh(operation_id: str, channel: str, next_try: datetime | None = None) -> dict[str, Any]:
    """The row of a message that nobody has seen yet."""
    return {
        "operation_id": operation_id,
        "channel": channel,
        "ts": "",
        "version_wanted": 1,
        "version_shown": 0,
        "final": False,
        "detail_ts": "",
        "next_try": next_try,
        "given_up": "",
        "live": False,
        "told_by": "",
        "stands": "",
        "joined": "",
        "drawn": 0,
    }


def want_another(
    connection: Connection, operation_id: str, *, final_from: datetime | None = None, live: bool = False
) -> None:
    """The message, if there is one, is a version further behind. An end state is shown by whoever closed it,
    at once, and by the tick soon after, however far the next try had been put off."""
    values = {"version_wanted": messages.c.version_wanted + 1}
    wanting = update(messages).where(messages.c.operation_id == operation_id).values(values)
    ended = {"final": True, "next_try": final_from + POSTED_ALONE, "live": live} if final_from else {}
    connection.execute(wanting.values(ended))


def _message(row: Row[Any]) -> MessageRow:
    return MessageRow(
        operation_id=row.operation_id,
        channel=row.channel,
        ts=row.ts,
        version_wanted=row.version_wanted,
        version_shown=row.version_shown,
        final=row.final,
        detail_ts=row.detail_ts,
        given_up=row.given_up,
        live=row.live,
        told_by=row.told_by,
        stands=row.stands,
        joined=row.joined,
        drawn=row.drawn,
    )
