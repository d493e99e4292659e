"""Logs that people follow."""

from sqlalchemy import Column, Integer, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

follows = Table(
    "follows",
    metadata,
    Column("person", Text, primary_key=True),
    Column("environment", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("lines", Text, primary_key=True),
    Column("began", UtcDateTime, nullable=False),
    Column("body", JsonText, nullable=False),
    Column("version", Integer, nullable=False),
)
