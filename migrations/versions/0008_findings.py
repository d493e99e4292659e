"""Orphans: findings with their answers, owners set in Slack, and the last look at each environment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "findings",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("found", instant, nullable=False),
        sa.Column("gone", instant),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name="findings_pkey"),
    )
    op.create_index("findings_gone_idx", "findings", ["gone"])
    op.create_table(
        "owners",
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_by_name", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("environment", name="owners_pkey"),
    )
    op.create_table(
        "looks",
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("environment", name="looks_pkey"),
    )


def downgrade() -> None:
    for table in ("looks", "owners", "findings"):
        op.drop_table(table)
