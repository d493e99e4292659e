"""What the outside has delivered already; kept 24 h."""

from sqlalchemy import Column, Index, Table, Text

from bot.db.tables.types import UtcDateTime, metadata

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", Text, primary_key=True),
    # The operation it opened; empty: it opened none.
    Column("operation_id", Text, nullable=False),
    # Which attempt wrote this row, so that a lost COMMIT answer can be read back.
    Column("attempt", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "at"),
)
