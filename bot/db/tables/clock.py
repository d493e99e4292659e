"""What the clock keeps: overrides, saved capacity, claims, notices."""

from sqlalchemy import Boolean, Column, Date, Index, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

overrides = Table(
    "overrides",
    metadata,
    Column("id", Text, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    # Typed by a person: JSON, so that no character of it is refused.
    Column("reason", JsonText, nullable=False),
    Column("actor", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ended_by", Text, nullable=False),
    # Of one that begins later than it was asked for.
    Column("planned_at", UtcDateTime),
    Column("begun_at", UtcDateTime),
    Column("not_begun", JsonText, nullable=False, server_default='""'),
    Index(None, "environment"),
    Index(None, "until"),
)

saved_capacity = Table(
    "saved_capacity",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("body", JsonText, nullable=False),
    Column("stop_id", Text, nullable=False),
    Column("saved_at", UtcDateTime),
)

claims = Table(
    "claims",
    metadata,
    Column("environment", Text, primary_key=True),
    # The edge's local date.
    Column("day", Date, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("action", Text, primary_key=True),
    Column("instant", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("operation_id", Text, nullable=False),
    Column("reason", JsonText, nullable=False),
    Column("next_try", UtcDateTime),
    Column("put_off_by", Text, nullable=False, server_default=""),
    Index(None, "instant"),
    Index(None, "operation_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("stop_at", UtcDateTime, primary_key=True),
    Column("environments", JsonText, nullable=False),
    Column("ts", Text, nullable=False),
    Column("posted_at", UtcDateTime),
    Column("shown", Text, nullable=False),
    Column("offers", JsonText, nullable=False),
    Column("unsent_since", UtcDateTime),
    Column("closed", Boolean, nullable=False),
    Index(None, "stop_at"),
)
