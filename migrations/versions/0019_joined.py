"""The operation whose message also tells of this one, how often a message was drawn, and an index that finds
what was opened lately in an environment.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("joined", sa.Text(), nullable=False, server_default=""))
    op.add_column("messages", sa.Column("drawn", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("messages_joined_idx", "messages", ["joined"])
    op.create_index("operations_environment_opened_at_idx", "operations", ["environment", "opened_at"])


def downgrade() -> None:
    op.drop_index("operations_environment_opened_at_idx", table_name="operations")
    op.drop_index("messages_joined_idx", table_name="messages")
    op.drop_column("messages", "drawn")
    op.drop_column("messages", "joined")
