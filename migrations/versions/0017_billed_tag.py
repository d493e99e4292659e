"""The cost allocation tag by which a billed amount was attributed to an environment. The tag says what the
amount can include.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KEPT = "billed_days_kept"


def upgrade() -> None:
    """Add the tag. Rows from before have none; the bill of the last 35 days is read again each day."""
    _set_aside()
    _make(sa.Column("tag", sa.Text(), nullable=False))
    op.execute(
        "INSERT INTO billed_days (account, day, owner, tag, micros, estimated) "
        f"SELECT account, day, owner, '', micros, estimated FROM {_KEPT}"
    )
    op.drop_table(_KEPT)


def downgrade() -> None:
    """Merge the rows into one for each owner again, with the sum over its tags."""
    _set_aside()
    _make()
    op.execute(
        "INSERT INTO billed_days (account, day, owner, micros, estimated) "
        "SELECT account, day, owner, CAST(SUM(micros) AS BIGINT), "
        f"MAX(CASE WHEN estimated THEN 1 ELSE 0 END) = 1 FROM {_KEPT} GROUP BY account, day, owner"
    )
    op.drop_table(_KEPT)


def _set_aside() -> None:
    op.execute(f"CREATE TABLE {_KEPT} AS SELECT * FROM billed_days")
    op.drop_table("billed_days")


def _make(*more: sa.Column[str]) -> None:
    """Make the table. The columns of its key come before ``more``."""
    op.create_table(
        "billed_days",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        *more,
        sa.Column("micros", sa.BigInteger(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "account", "day", "owner", *(column.name for column in more), name="billed_days_pkey"
        ),
    )
    op.create_index("billed_days_day_idx", "billed_days", ["day"])
