"""The message that reports an operation in place of the operation's own message, such as the notice of a
stop.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("told_by", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("messages", "told_by")
