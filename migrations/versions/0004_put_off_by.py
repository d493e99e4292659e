"""A column of its own for the rule that put a transition off. Until now the reason began with that rule."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RULES = ("gate.busy", "safeguards.in-flight")
"""Rules with which the reason of a postponed claim could begin."""


def upgrade() -> None:
    op.add_column("claims", sa.Column("put_off_by", sa.Text(), nullable=False, server_default=""))
    for rule in RULES:
        begins = f'"{rule}: '
        op.execute(
            f"UPDATE claims SET put_off_by = '{rule}', reason = '\"' || substr(reason, {len(begins) + 1}) "
            f"WHERE state = 'postponed' AND substr(reason, 1, {len(begins)}) = '{begins}'"
        )


def downgrade() -> None:
    op.execute(
        "UPDATE claims SET reason = '\"' || put_off_by || ': ' || substr(reason, 2) "
        "WHERE state = 'postponed' AND put_off_by IN ('gate.busy', 'safeguards.in-flight')"
    )
    op.drop_column("claims", "put_off_by")
