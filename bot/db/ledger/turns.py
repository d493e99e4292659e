"""Whoever reads rows of the ledger and then writes what follows from them does so one after the other."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, select

LEDGER = 0x4C616D70
"""The first half of our advisory locks' keys on PostgreSQL; the second is the table's."""


def one_after_the_other(connection: Connection, table: Table) -> None:
    """Until this transaction ends nobody else reads here and then writes; the head of the evidence stays
    free. On SQLite writers queue anyway.

    The lock is on the whole table: one span may be in the samples of two environments, and row locks could
    then end in a deadlock in any order.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LEDGER, func.hashtext(table.name))))
