"""What the bill said, what asking for it cost, and whose history was asked for."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

billed_days = Table(
    "billed_days",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    # An environment, several with a + between them, nothing for untagged, * for a tag of no environment.
    Column("owner", Text, primary_key=True),
    # The cost allocation tag that told it; nothing where none did, or an older release wrote it.
    Column("tag", Text, primary_key=True),
    # Millionths of a US dollar.
    Column("micros", BigInteger, nullable=False),
    Column("estimated", Boolean, nullable=False),
    Index(None, "day"),
)

billing_queries = Table(
    "billing_queries",
    metadata,
    # One row for each day and account: whoever inserts it may ask.
    Column("account", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("state", Text, nullable=False),
    # Counted before each page is asked for.
    Column("pages", Integer, nullable=False),
    Column("tags", JsonText, nullable=False),
    Column("trouble", Text, nullable=False),
    Index(None, "day"),
)

backfills = Table(
    "backfills",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("days", Integer, nullable=False),
)
