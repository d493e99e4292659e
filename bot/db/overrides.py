"""Overrides: put once, begun once if planned, ended early, read by when they end."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, insert, or_, select, update

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

    def put(self, override: Override, *, instead_of: Collection[str] = ()) -> None:
        """A gate transaction, so that of two put at once the later one ends the other."""
        others = _others(override) if override.begun else _planned(override, instead_of)
        with self._store.gate_transaction() as connection:
            there = select(overrides.c.id).where(overrides.c.id == override.id)
            if connection.execute(there).first() is not None:
                return
            connection.execute(others)
            connection.execute(insert(overrides).values(_row(override)))

    def begin(self, override_id: str, at: datetime) -> bool:
        with self._store.gate_transaction() as connection:
            row = connection.execute(select(overrides).where(overrides.c.id == override_id)).first()
            if row is None or not _override(row).waits(at):
                return False
            connection.execute(_others(_override(row)))
            mine = update(overrides).where(overrides.c.id == override_id)
            connection.execute(mine.values(begun_at=at))
            return True

    def wait(self, override_id: str, why: str) -> None:
        waits = update(overrides).where(overrides.c.id == override_id, _never_began())
        with self._store.step_transaction() as connection:
            connection.execute(waits.values(not_begun=why))

    def end(self, override_id: str, at: datetime, by: str, *, why: str = "") -> bool:
        goes_on = or_(_ends_after(at), _never_began()) if why else _ends_after(at)
        ending = update(overrides).where(overrides.c.id == override_id, goes_on)
        values = {"ended_at": at, "ended_by": by, **({"not_begun": why} if why else {})}
        with self._store.step_transaction() as connection:
            return connection.execute(ending.values(values)).rowcount == 1

    def _where(self, *where: ColumnElement[bool]) -> list[Override]:
        query = select(overrides).where(*where).order_by(overrides.c.since, overrides.c.id)
        with self._store.read() as connection:
            return [_override(row) for row in connection.execute(query)]


def _others(override: Override) -> Update:
    """End what is in force when this one begins."""
    begun = or_(overrides.c.planned_at.is_(None), overrides.c.begun_at.is_not(None))
    return (
        update(overrides)
        .where(overrides.c.environment == override.environment, overrides.c.since <= override.since)
        .where(overrides.c.id != override.id, begun, _ends_after(override.since))
        .values(ended_at=override.since, ended_by=override.actor_name)
    )


def _planned(override: Override, ids: Collection[str]) -> Update:
    """End those of these that are planned and have not begun."""
    here = overrides.c.environment == override.environment
    return (
        update(overrides)
        .where(here, overrides.c.id.in_(ids), _never_began())
        .values(ended_at=override.planned_at, ended_by=override.actor_name)
    )


def _never_began() -> ColumnElement[bool]:
    """Planned, neither begun nor ended so far."""
    c = overrides.c
    return and_(c.planned_at.is_not(None), c.begun_at.is_(None), c.ended_at.is_(None))


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
        "planned_at": override.planned_at,
        "begun_at": override.begun_at,
        "not_begun": override.not_begun,
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
        planned_at=row.planned_at,
        begun_at=row.begun_at,
        not_begun=row.not_begun,
    )
