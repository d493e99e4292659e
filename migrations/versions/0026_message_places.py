"""Where a message stands, for the look-up of what it tells of: a row without a message is in no index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None
PLACES = ("ts", "detail_ts", "told_by")


def upgrade() -> None:
    for place in PLACES:
        stands = sa.text(f"{place} <> ''")
        op.create_index(
            f"messages_{place}_idx", "messages", [place], sqlite_where=stands, postgresql_where=stands
        )


def downgrade() -> None:
    for place in PLACES:
        op.drop_index(f"messages_{place}_idx", table_name="messages")
