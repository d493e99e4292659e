"""A word, kept with the head of the audit log, that differs after each change of the catalog."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_head", sa.Column("catalog", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("audit_head", "catalog")
