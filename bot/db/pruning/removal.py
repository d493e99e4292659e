"""For how long what is over is kept, and which rows of one table may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Table

FEW, MANY = 50, 500
"""Rows in one batch: of operations with some 40 steps each, and of all else. On SQLite other writers wait for
as long as a batch takes: some hundredths of a second."""


@dataclass(frozen=True)
class Keep:
    """``spans``: of the ledger; ``days``: what each day came to, and what was watched; ``work``: operations
    and whatever the clock keeps, once they have ended."""

    spans: timedelta
    days: timedelta
    work: timedelta


@dataclass(frozen=True)
class Removal:
    """``old``: which rows may go, the least ``by`` first, at most ``most`` at a time. ``parts``: tables whose
    rows belong to one of these (``operation_id``) and go with it."""

    table: Table
    old: ColumnElement[bool]
    by: Column[datetime]
    most: int = MANY
    parts: tuple[Table, ...] = ()
