"""Whose grants somebody at a terminal has, by what AWS calls them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "terminals",
        sa.Column("arn", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("arn", name="terminals_pkey"),
    )


def downgrade() -> None:
    op.drop_table("terminals")
