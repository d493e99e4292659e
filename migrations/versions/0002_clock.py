"""The clock: schedules, overrides, saved capacity, claims, notices; databases and start order."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("notices", "claims", "saved_capacity", "overrides", "schedules")
_COLUMNS = ("databases", "start_order")


def upgrade() -> None:
    for name in _COLUMNS:
        op.add_column("environments", _text(name, server_default="[]"))
    _schedules()
    _overrides()
    _saved_capacity()
    _claims()
    _notices()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    for name in reversed(_COLUMNS):
        op.drop_column("environments", name)


def _text(name: str, **kw: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, **kw)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.Text(), primary_key=True, autoincrement=False, nullable=False)


def _index(table: str, column: str) -> None:
    op.create_index(f"{table}_{column}_idx", table, [column])


def _schedules() -> None:
    op.create_table(
        "schedules",
        _key("pattern"),
        _key("origin"),
        *(_text(name) for name in ("text", "mode", "terms")),
        _instant("since"),
        _text("set_by"),
    )


def _overrides() -> None:
    op.create_table(
        "overrides",
        _key("id"),
        *(_text(name) for name in ("environment", "state")),
        _instant("since"),
        _instant("until"),
        *(_text(name) for name in ("reason", "actor", "actor_name")),
        _instant("ended_at", nullable=True),
        _text("ended_by"),
    )
    _index("overrides", "environment")
    _index("overrides", "until")


def _saved_capacity() -> None:
    op.create_table(
        "saved_capacity",
        _key("environment"),
        _text("body"),
        _text("stop_id"),
        _instant("saved_at", nullable=True),
    )


def _claims() -> None:
    op.create_table(
        "claims",
        _key("environment"),
        _key("day", sa.Date()),
        _key("rule"),
        _key("action"),
        _instant("instant"),
        _text("state"),
        _instant("at"),
        *(_text(name) for name in ("operation_id", "reason")),
        _instant("next_try", nullable=True),
    )
    _index("claims", "instant")


def _notices() -> None:
    op.create_table(
        "notices",
        _key("channel"),
        _key("stop_at", sa.DateTime(timezone=True)),
        *(_text(name) for name in ("environments", "ts")),
        _instant("posted_at", nullable=True),
        *(_text(name) for name in ("shown", "offers")),
        _instant("unsent_since", nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=False),
    )
    _index("notices", "stop_at")
