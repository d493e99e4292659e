"""Rows as they are stored, whatever was put in them.

A driver raises on what no column of ours ever held: text that is not UTF-8, an instant beyond its calendar, a
blob in the place of a number. Whoever looks for tampering must not end there, so the database itself says of
each value what it is, and what is not of its column's form comes as ``Odd``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, text
from sqlalchemy.types import Integer

from bot.db.tables.types import UtcDateTime

PAGE = 1000
"""Rows fetched at a time."""

_SHOWN = 40
"""How many characters of an odd value are told."""


@dataclass(frozen=True)
class Odd:
    """What is not of its column's form; ``said``: what the database calls it, and the beginning of it."""

    said: str

    def __str__(self) -> str:
        return self.said


Value = int | str | bytes | datetime | Odd
RawRow = Mapping[str, Value]


def raw_rows(
    connection: Connection, table: Table, *, after: int | None = None, only: int | None = None
) -> Iterator[RawRow]:
    """The rows of a table with one key, by that key; ``after``: only those whose key is greater; ``only``:
    those with this one. They are read as they are needed, in the transaction of this connection; whoever
    asks reads all of them."""
    [key] = table.primary_key.columns
    if connection.dialect.name != "sqlite":
        connection.execute(text("SET LOCAL timezone = 'UTC'"))
        connection.execute(text("SET LOCAL datestyle = 'ISO'"))
    of_dialect = _of_sqlite if connection.dialect.name == "sqlite" else _of_postgresql
    chosen = ", ".join(of_dialect(column, number) for number, column in enumerate(table.columns))
    sign, number = ("=", only) if only is not None else (">", after)
    where = f"WHERE it.{key.name} {sign} :number " if number is not None else ""
    query = text(f"SELECT {chosen} FROM {table.name} AS it {where}ORDER BY it.{key.name}")
    given = {"number": number} if where else {}
    for row in connection.execute(query, given, execution_options={"yield_per": PAGE}):
        yield {c.name: _value(c, row[2 * n], row[2 * n + 1]) for n, c in enumerate(table.columns)}


def shown(value: Value) -> str:
    """A value in a sentence: short, and without a character that a terminal would obey."""
    said = str(value) if isinstance(value, Odd | int) else ascii(value)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _of_sqlite(column: Column[Any], number: int) -> str:
    """Any column may hold any type. Text comes as its bytes, a number as its digits."""
    return f"typeof(it.{column.name}) AS kind{number}, CAST(it.{column.name} AS BLOB) AS value{number}"


def _of_postgresql(column: Column[Any], number: int) -> str:
    """A column has a type, but Python cannot hold every value of it; as text, each can be had."""
    kind = f"CASE WHEN it.{column.name} IS NULL THEN 'null' ELSE pg_typeof(it.{column.name})::text END"
    binary = isinstance(column.type, LargeBinary)
    value = f"it.{column.name}" if binary else f"convert_to(it.{column.name}::text, 'UTF8')"
    return f"{kind} AS kind{number}, {value} AS value{number}"


def _value(column: Column[Any], kind: str, value: Any) -> Value:
    if not isinstance(value, bytes):
        return _odd(kind, b"" if value is None else str(value).encode())
    match column.type:
        case LargeBinary():
            return value if kind in ("blob", "bytea") else _odd(kind, value)
        case Integer():
            return int(value) if kind in ("integer", "bigint") else _odd(kind, value)
        case UtcDateTime():
            return _instant(kind, value)
        case _:
            return _text(kind, value)


def _text(kind: str, value: bytes) -> Value:
    try:
        return value.decode() if kind == "text" else _odd(kind, value)
    except UnicodeDecodeError:
        return _odd("text that is not UTF-8", value)


_INSTANT = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d((\.\d{6})?|(\.\d{1,6})?\+00)")
"""As SQLAlchemy writes it to SQLite, or as PostgreSQL says it in UTC."""


def _instant(kind: str, value: bytes) -> Value:
    if kind not in ("text", "timestamp with time zone") or not _INSTANT.fullmatch(value):
        return _odd(kind, value)
    try:
        return datetime.fromisoformat(value.decode()).replace(tzinfo=UTC)
    except ValueError:
        return _odd(kind, value)


def _odd(kind: str, value: bytes) -> Odd:
    return Odd(f"{kind} {ascii(value[:_SHOWN])[2:-1]}".rstrip())
