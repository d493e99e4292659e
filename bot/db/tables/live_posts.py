"""Messages that belong to no operation and to no stop, for as long as they are kept true."""

from sqlalchemy import Boolean, Column, Index, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

live_posts = Table(
    "live_posts",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("ts", Text, primary_key=True),
    Column("thing", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("said", JsonText, nullable=False),
    Column("about", JsonText, nullable=False),
    Column("shown", Text, nullable=False),
    Column("over", Boolean, nullable=False),
    Index(None, "over", "at"),
)
