"""Operations and their steps: working state."""

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, Table, Text, text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

operations = Table(
    "operations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("conflicts", Text, nullable=False),
    Column("arguments", JsonText, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("doing", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("plan_hash", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("holder", Text, nullable=False),
    # Seconds since 1970 on the database's clock.
    Column("held_until", Double, nullable=False),
    Column("next_look", UtcDateTime, nullable=False),
    Column("before", JsonText, nullable=False),
    Column("after", JsonText, nullable=False),
    Column("notes", JsonText, nullable=False),
    Column("summary", Text, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("generation", Integer, nullable=False),
    # The second belt of the lock; the first is the check in the opening transaction, which knows "*" too.
    Index(
        "operations_one_running",
        "environment",
        "conflicts",
        "target",
        unique=True,
        sqlite_where=text("state = 'running' AND conflicts <> ''"),
        postgresql_where=text("state = 'running' AND conflicts <> ''"),
    ),
    Index(None, "state", "next_look"),
    Index(None, "closed_at"),
    Index(None, "environment", "opened_at"),
)

operation_steps = Table(
    "operation_steps",
    metadata,
    Column("operation_id", Text, ForeignKey(operations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("on_what", Text, nullable=False),
    Column("arguments", JsonText, nullable=False),
    Column("after", JsonText, nullable=False),
    Column("state", Text, nullable=False),
    Column("before", JsonText, nullable=False),
    Column("evidence", JsonText, nullable=False),
    Column("answered", Boolean, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("began_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
)
