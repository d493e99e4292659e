"""Budgets, and the warnings that were given for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("monthly", sa.BigInteger(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pattern", name="budgets_pkey"),
    )
    op.create_table(
        "budget_warnings",
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("monthly", sa.BigInteger(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "pattern", "month", "monthly", "share", "channel", name="budget_warnings_pkey"
        ),
    )


def downgrade() -> None:
    for table in ("budget_warnings", "budgets"):
        op.drop_table(table)
