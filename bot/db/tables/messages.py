"""The message of each operation: where it is and how far behind."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from bot.db.tables.operations import operations
from bot.db.tables.types import UtcDateTime, metadata

messages = Table(
    "messages",
    metadata,
    Column("operation_id", Text, ForeignKey(operations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("channel", Text, nullable=False),
    Column("ts", Text, nullable=False),
    Column("version_wanted", Integer, nullable=False),
    Column("version_shown", Integer, nullable=False),
    Column("final", Boolean, nullable=False),
    Column("detail_ts", Text, nullable=False),
    Column("next_try", UtcDateTime),
    Column("given_up", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    Column("told_by", Text, nullable=False),
    Column("stands", Text, nullable=False),
    # The operation whose message tells of this one too.
    Column("joined", Text, nullable=False),
    Column("drawn", Integer, nullable=False),
    Index(None, "given_up", "final"),
    Index(None, "live"),
    Index(None, "joined"),
    # Rows without such a place are left out: SQLite would rather read all rows than an index in which most
    # are the same.
    Index(None, "ts", sqlite_where=text("ts <> ''"), postgresql_where=text("ts <> ''")),
    Index(None, "detail_ts", sqlite_where=text("detail_ts <> ''"), postgresql_where=text("detail_ts <> ''")),
    Index(None, "told_by", sqlite_where=text("told_by <> ''"), postgresql_where=text("told_by <> ''")),
)
