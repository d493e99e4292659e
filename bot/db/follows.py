"""Logs that people follow. Lines are kept, redacted, only while the follow is under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, select, update

from bot.db.putting import insert_once
from bot.db.store import Store
from bot.db.tables import follows
from handlers.ports.follows import Follow, Key
from handlers.words.codec import decode, encode


class SqlFollows:
    """``handlers.ports.follows.Follows``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Sequence[Follow]:
        query = select(follows).order_by(follows.c.began, *follows.primary_key.columns)
        with self._store.read() as connection:
            return [_follow(row) for row in connection.execute(query)]

    def begin(self, follow: Follow) -> bool:
        row = {**encode(follow.key), "began": follow.began, "body": encode(follow), "version": follow.version}
        with self._store.step_transaction() as connection:
            return insert_once(connection, follows, row)

    def write(self, follow: Follow) -> Follow | None:
        written = replace(follow, version=follow.version + 1)
        writing = (
            update(follows).where(_as_read(follow)).values(body=encode(written), version=written.version)
        )
        with self._store.step_transaction() as connection:
            found = connection.execute(writing.returning(follows.c.version)).one_or_none()
        return written if found is not None else None

    def forget(self, follow: Follow) -> None:
        with self._store.step_transaction() as connection:
            connection.execute(delete(follows).where(_as_read(follow)))


def _as_read(follow: Follow) -> ColumnElement[bool]:
    key: Key = follow.key
    return and_(
        follows.c.person == key.person,
        follows.c.environment == key.environment,
        follows.c.service == key.service,
        follows.c.lines == key.lines,
        follows.c.version == follow.version,
    )


def _follow(row: Row[Any]) -> Follow:
    return replace(decode(Follow, row.body), version=row.version)
