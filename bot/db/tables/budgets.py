"""Which shares of which budgets were told."""

from sqlalchemy import BigInteger, Column, Date, Integer, Table, Text

from bot.db.tables.types import UtcDateTime, metadata

budget_warnings = Table(
    "budget_warnings",
    metadata,
    Column("pattern", Text, primary_key=True),
    # The first day of the month.
    Column("month", Date, primary_key=True),
    # Millionths of a US dollar: of another amount, a share is another.
    Column("monthly", BigInteger, primary_key=True),
    # Percent.
    Column("share", Integer, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    # Of the message; empty until it is posted.
    Column("ts", Text, nullable=False),
)
