"""What the meter keeps: spans, time watched, days, prices, sightings."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

spans = Table(
    "spans",
    metadata,
    Column("id", Text, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("service", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # Pairs of an item of the price list and thousandths of its unit.
    Column("parts", JsonText, nullable=False),
    Column("begin", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("ended", Boolean, nullable=False),
    Column("lost", Boolean, nullable=False),
    Column("minimum", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Index(None, "environment", "until"),
    Index(None, "until"),
)

watched = Table(
    "watched",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("begin", UtcDateTime, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

usage_days = Table(
    "usage_days",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    # Thousandths of the item's unit times seconds.
    Column("used", BigInteger, nullable=False),
    # Millionths of a US dollar; NULL: no price is known.
    Column("micros", BigInteger),
    Column("priced", Text, nullable=False),
    Index(None, "day"),
    # In order of the key, once: a third less to keep, a quarter less to read.
    sqlite_with_rowid=False,
)

# The same by day, all services of an environment together: what is read of many environments at once.
usage_sums = Table(
    "usage_sums",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("priced", Text, primary_key=True),
    Column("used", BigInteger, nullable=False),
    Column("micros", BigInteger),
    Index(None, "day"),
    sqlite_with_rowid=False,
)

prices = Table(
    "prices",
    metadata,
    Column("region", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("as_of", Date, primary_key=True),
    # A decimal number, exactly as AWS writes it.
    Column("usd", Text, nullable=False),
    Column("per", Text, nullable=False),
    Column("source", Text, nullable=False),
)

sightings = Table(
    "sightings",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("at", UtcDateTime),
    Column("body", JsonText, nullable=False),
)
