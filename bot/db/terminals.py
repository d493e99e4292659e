"""Whose grants somebody at a terminal has, which is part of the catalog."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select

from bot.db.putting import put
from bot.db.tables import terminals
from policies.access.terminals import Terminal
from policies.catalog.terminals import terminal_of, terminal_values


def read_terminals(connection: Connection) -> tuple[Terminal, ...]:
    """By ARN, in one order whatever the database's collation makes of the signs in one."""
    rows = [terminal_of(dict(row._mapping)) for row in connection.execute(select(terminals))]
    return tuple(sorted(rows, key=lambda row: row.arn))


def put_terminals(connection: Connection, wanted: Sequence[Terminal]) -> None:
    put(connection, terminals, [terminal_values(row) for row in wanted])


def remove_terminals(connection: Connection, arns: Sequence[str]) -> None:
    if arns:
        connection.execute(delete(terminals).where(terminals.c.arn.in_(arns)))
