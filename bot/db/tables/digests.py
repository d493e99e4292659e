"""Each week's digest in each channel."""

from sqlalchemy import Boolean, Column, Index, Table, Text, false

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
    # The ops channel was told that it could not be posted.
    Column("told", Boolean, nullable=False, server_default=false()),
    Index(None, "week"),
)
