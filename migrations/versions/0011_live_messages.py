"""Messages about something that goes on after its operation, such as an environment that is kept on or
off.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("live", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("messages_live_idx", "messages", ["live"])
    messages = sa.table("messages", sa.column("operation_id"), sa.column("live"), sa.column("final"))
    kept = sa.table("overrides", sa.column("id"), sa.column("until"), sa.column("ended_at"))
    hold = sa.select(kept.c.id).where(kept.c.ended_at.is_(None), kept.c.until > sa.func.current_timestamp())
    going_on = messages.c.final & messages.c.operation_id.in_(hold)
    op.execute(sa.update(messages).where(going_on).values(live=sa.true()))


def downgrade() -> None:
    op.drop_index("messages_live_idx", table_name="messages")
    op.drop_column("messages", "live")
