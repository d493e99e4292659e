"""Schedule rows, which are part of the catalog."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select

from bot.db.putting import put
from bot.db.tables import schedules
from handlers.gate import judgement
from policies.catalog.values import schedule_of, schedule_values
from policies.schedule.rows import ScheduleRow


def read_schedules(connection: Connection) -> tuple[ScheduleRow, ...]:
    """By pattern and origin, in one order whatever the database's collation makes of ``*`` and ``-``."""
    rows = [_schedule(row) for row in connection.execute(select(schedules))]
    return tuple(sorted(rows, key=lambda row: (row.pattern, row.origin)))


def put_schedule(connection: Connection, wanted: ScheduleRow) -> None:
    row = connection.execute(select(schedules).where(_same(wanted))).one_or_none()
    kept = None if row is None else _schedule(row)
    put(connection, schedules, [_row(judgement.rescheduled(kept, wanted))])


def remove_schedule(connection: Connection, gone: ScheduleRow) -> None:
    connection.execute(delete(schedules).where(_same(gone)))


def _same(schedule: ScheduleRow) -> ColumnElement[bool]:
    return and_(schedules.c.pattern == schedule.pattern, schedules.c.origin == schedule.origin)


def _row(schedule: ScheduleRow) -> dict[str, Any]:
    return schedule_values(schedule) | {"since": schedule.since, "set_by": schedule.set_by}


def _schedule(row: Row[Any]) -> ScheduleRow:
    return replace(schedule_of(dict(row._mapping)), since=row.since, set_by=row.set_by)
