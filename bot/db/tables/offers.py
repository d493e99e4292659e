"""Buttons: operations with bound arguments behind opaque ids."""

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

offers = Table(
    "offers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("arguments", JsonText, nullable=False),
    Column("once", Boolean, nullable=False),
    Column("style", Text, nullable=False),
    Column("confirm", Text, nullable=False),
    Column("plan_hash", Text, nullable=False),
    Column("expires_in", Double, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("spent_by", Text, nullable=False),
    Index(None, "expires_at"),
)
