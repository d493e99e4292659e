"""Which cache's keys people may delete by pattern, and within which limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("environments", sa.Column("flush", sa.Text(), nullable=False, server_default="null"))


def downgrade() -> None:
    op.drop_column("environments", "flush")
