"""Insert or replace, or insert once, by primary key, in one statement of either database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(
    connection: Connection,
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    replacing: ColumnElement[bool] | None = None,
) -> None:
    """Each row has every column. An existing row stays unless it is as ``replacing`` says (``None``
    replaces any)."""
    if not rows:
        return
    make: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    inserting = make(table)
    keys = [column.name for column in table.primary_key]
    values = {c.name: inserting.excluded[c.name] for c in table.columns if c.name not in keys}
    putting = inserting.on_conflict_do_update(index_elements=keys, set_=values, where=replacing)
    connection.execute(putting, [dict(row) for row in rows])


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """``False`` if there is a row with that key already, which stays as it is. The rows that come back
    tell, because not every driver knows how many rows it wrote."""
    make: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    inserting = make(table).values(dict(row)).on_conflict_do_nothing()
    written = inserting.returning(*table.primary_key.columns)
    return connection.execute(written).one_or_none() is not None
