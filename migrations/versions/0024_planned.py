"""Overrides that begin later than they are asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("overrides", sa.Column("planned_at", sa.DateTime(timezone=True)))
    op.add_column("overrides", sa.Column("begun_at", sa.DateTime(timezone=True)))
    op.add_column("overrides", sa.Column("not_begun", sa.Text(), nullable=False, server_default='""'))


def downgrade() -> None:
    op.drop_column("overrides", "not_begun")
    op.drop_column("overrides", "begun_at")
    op.drop_column("overrides", "planned_at")
