"""Overrides: put once, ended early, read by when they end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, or_, select, update

from bot.db.store import Store
from bot.db.tables import overrides
from policies.schedule.overrides import Override


class SqlOverrides:
    """``handlers.ports.book.Overrides``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current(self, now: datetime) -> Sequence[Override]:
        return self._where(_ends_after(now))

    def recent(self, since: datetime) -> Sequence[Override]:
        ended = overrides.c.ended_at
        return self._where(overrides.c.until >= since, or_(ended.is_(None), ended >= since))

    def find(self, override_id: str) -> Override | None:
        return next(iter(self._where(overrides.c.id == override_id)), None)

    def these(self, override_ids: Collection[str]) -> Sequence[Override]:
        return self._where(overrides.c.id.in_(override_ids)) if override_ids else ()

    def put(self, override: Override) -> None:
        """A gate transaction, so that of two put at once the later one ends the other."""
        others = (
            update(overrides)
            .where(overrides.c.environment == override.environment, overrides.c.since <= override.since)
            .where(_ends_after(override.since))
            .values(ended_at=override.since, ended_by=override.actor_name)
        )
        with self._store.gate_transaction() as connection:
            there = select(overrides.c.id).where(overrides.c.id == override.id)
            if connection.execute(there).first() is not None:
                return
            connection.execute(others)
            connection.execute(insert(overrides).values(_row(override)))

    def end(self, override_id: str, at: datetime, by: str) -> bool:
        ending = update(overrides).where(overrides.c.id == override_id, _ends_after(at))
        with self._store.step_transaction() as connection:
            return connection.execute(ending.values(ended_at=at, ended_by=by)).rowcount == 1

    def _where(self, *where: ColumnElement[bool]) -> list[Override]:
        query = select(overrides).where(*where).order_by(overrides.c.since, overrides.c.id)
        with self._store.read() as connection:
            return [_override(row) for row in connection.execute(query)]


def _ends_after(instant: datetime) -> ColumnElement[bool]:
    """``Override.end > instant``, said in SQL."""
    ended = overrides.c.ended_at
    return (overrides.c.until > instant) & or_(ended.is_(None), ended > instant)


def _row(override: Override) -> dict[str, Any]:
    return {
        "id": override.id,
        "environment": override.environment,
        "state": override.state,
        "since": override.since,
        "until": override.until,
        "reason": override.reason,
        "actor": override.actor,
        "actor_name": override.actor_name,
        "ended_at": override.ended_at,
        "ended_by": override.ended_by,
    }


def _override(row: Row[Any]) -> Override:
    return Override(
        id=row.id,
        environment=row.environment,
        state=row.state,
        since=row.since,
        until=row.until,
        reason=row.reason,
        actor=row.actor,
        actor_name=row.actor_name,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
