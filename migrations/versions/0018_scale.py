"""Between how many tasks people may scale the services of an environment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("environments", sa.Column("scale", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("environments", "scale")
