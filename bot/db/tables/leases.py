"""Named leases between replicas."""

from sqlalchemy import Column, Double, Table, Text

from bot.db.tables.types import metadata

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    # Seconds since 1970 on the database's clock.
    Column("held_until", Double, nullable=False),
)
