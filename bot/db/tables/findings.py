"""Orphans: findings with their answers, owners set in Slack, the last look at each environment, and the last
sweep of each account and region."""

from sqlalchemy import Column, Index, Table, Text

from bot.db.tables.types import JsonText, UtcDateTime, metadata

findings = Table(
    "findings",
    metadata,
    # An environment's name, or a leftover's account, region, kind and id with colons between them.
    Column("subject", Text, primary_key=True),
    Column("found", UtcDateTime, nullable=False),
    # NULL: it was there at the last look.
    Column("gone", UtcDateTime),
    # Of policies.orphans.findings.Finding: the rest of it.
    Column("body", JsonText, nullable=False),
    Index(None, "gone"),
)

owners = Table(
    "owners",
    metadata,
    Column("environment", Text, primary_key=True),
    # Slack's ids of whom to ask.
    Column("team", Text, nullable=False),
    Column("user", Text, nullable=False),
    # Names are typed by people: JSON, so that no character of them is refused.
    Column("name", JsonText, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_by_name", JsonText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

looks = Table(
    "looks",
    metadata,
    Column("environment", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("body", JsonText, nullable=False),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("account", Text, primary_key=True),
    Column("region", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("body", JsonText, nullable=False),
)
