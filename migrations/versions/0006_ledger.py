"""The ledger: spans, the time that was watched, daily costs, prices, and the last state seen of each
environment. Adds indexes by which pruning finds what is old.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _spans()
    _usage("usage_days", ["environment", "day", "service", "item", "source"])
    _usage("usage_sums", ["environment", "day", "item", "source", "priced"])
    _prices_and_sightings()
    op.create_index("operations_closed_at_idx", "operations", ["closed_at"])
    op.create_index("claims_operation_id_idx", "claims", ["operation_id"])


def downgrade() -> None:
    op.drop_index("claims_operation_id_idx", "claims")
    op.drop_index("operations_closed_at_idx", "operations")
    for table in ("sightings", "prices", "usage_sums", "usage_days", "watched", "spans"):
        op.drop_table(table)


def _spans() -> None:
    op.create_table(
        "spans",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("begin", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.Column("lost", sa.Boolean(), nullable=False),
        sa.Column("minimum", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="spans_pkey"),
    )
    op.create_index("spans_environment_until_idx", "spans", ["environment", "until"])
    op.create_index("spans_until_idx", "spans", ["until"])
    op.create_table(
        "watched",
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("begin", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("environment", "begin", name="watched_pkey"),
    )


def _usage(name: str, key: list[str]) -> None:
    """A table of daily costs: by service if the key has the service, else summed over a day's services."""
    service = [sa.Column("service", sa.Text(), nullable=False)] if "service" in key else []
    op.create_table(
        name,
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *service,
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("micros", sa.BigInteger()),
        sa.Column("priced", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(*key, name=f"{name}_pkey"),
        sqlite_with_rowid=False,
    )
    op.create_index(f"{name}_day_idx", name, ["day"])


def _prices_and_sightings() -> None:
    op.create_table(
        "prices",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("usd", sa.Text(), nullable=False),
        sa.Column("per", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("region", "item", "as_of", name="prices_pkey"),
    )
    op.create_table(
        "sightings",
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("at", INSTANT),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("environment", name="sightings_pkey"),
    )
