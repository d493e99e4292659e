"""What is configured: environments, grants, settings, schedules, budgets, terminals."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

environments = Table(
    "environments",
    metadata,
    Column("name", Text, primary_key=True),
    Column("tier", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("pick", JsonText, nullable=False),
    Column("channel", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("role_arn", Text, nullable=False),
    Column("open_to", JsonText, nullable=False),
    Column("shared_channel", Boolean, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("origin", Text, nullable=False),
    # A removed row stays, so that a later environment of that name never repeats a generation.
    Column("removed", Boolean, nullable=False),
    Column("databases", JsonText, nullable=False, server_default="[]"),
    Column("start_order", JsonText, nullable=False, server_default="[]"),
    Column("caches", JsonText, nullable=False, server_default="[]"),
    Column("scale", JsonText, nullable=False, server_default="[]"),
    Column("flags", JsonText, nullable=False, server_default="[]"),
    Column("tasks", JsonText, nullable=False, server_default="[]"),
    Column("flush", JsonText, nullable=False, server_default="null"),
)

grants = Table(
    "grants",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("pattern", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("role", Integer, nullable=False),
    Column("until", UtcDateTime),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("origin", Text, nullable=False, server_default="file"),
)

schedules = Table(
    "schedules",
    metadata,
    Column("pattern", Text, primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("text", Text, nullable=False),
    Column("mode", Text, nullable=False),
    # Of policies.schedule.rows.Terms: name to seconds.
    Column("terms", JsonText, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("set_by", Text, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("pattern", Text, primary_key=True),
    # Millionths of a US dollar.
    Column("monthly", BigInteger, nullable=False),
    Column("shares", JsonText, nullable=False),
    Column("people", JsonText, nullable=False),
    Column("stop", Boolean, nullable=False),
)

terminals = Table(
    "terminals",
    metadata,
    Column("arn", Text, primary_key=True),
    Column("subject", Text, nullable=False),
)
