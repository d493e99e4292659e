"""The feature flags that people may read and switch in an environment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("environments", sa.Column("flags", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("environments", "flags")
