"""Evidence. ``audit_entries`` is insert-only (triggers); its head row is what gate transactions queue on."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from bot.db.tables.types import UtcDateTime, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    # The canonical bytes that were hashed. The columns below are copies of what is in them, for look-ups.
    Column("body", LargeBinary, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("environment", Text, nullable=False),
    Column("operation", Text, nullable=False),
    Column("operation_id", Text, nullable=False),
    Index(None, "at"),
    Index(None, "actor"),
    Index(None, "environment"),
    Index(None, "operation_id"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    # Another word after each change of the catalog: whoever knows the word knows the catalog.
    Column("catalog", Text, nullable=False, server_default=""),
)

audit_checkpoints = Table(
    "audit_checkpoints",
    metadata,
    Column("through", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    # The entry that says so, and the checkpoint's whole evidence: without it the row is a fault.
    Column("sealed_by", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

turned_away = Table(
    "turned_away",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("told_at", UtcDateTime, nullable=False),
    Column("owed", Integer, nullable=False),
    # The newest refusal that has not become an entry yet, as its canonical body; NULL: none is owed.
    Column("latest", LargeBinary),
)
