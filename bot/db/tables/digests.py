"""Each week's digest in each channel."""

from sqlalchemy import Column, Index, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

digests = Table(
    "digests",
    metadata,
    Column("channel", Text, primary_key=True),
    # The ISO week it tells of: 2026-W48.
    Column("week", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("ts", Text, nullable=False),
    Column("reason", JsonText, nullable=False),
    Index(None, "week"),
)
