"""The bill as it was read, the questions that were paid for, and the environments whose history was asked
for.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "billed_days",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day", "owner", name="billed_days_pkey"),
    )
    op.create_index("billed_days_day_idx", "billed_days", ["day"])
    op.create_table(
        "billing_queries",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day", name="billing_queries_pkey"),
    )
    op.create_index("billing_queries_day_idx", "billing_queries", ["day"])
    op.create_table(
        "backfills",
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("environment", name="backfills_pkey"),
    )


def downgrade() -> None:
    for table in ("backfills", "billing_queries", "billed_days"):
        op.drop_table(table)
