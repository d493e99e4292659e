"""The first schema: the chain, operations, offers, messages, the catalog, leases, deliveries."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    "deliveries",
    "leases",
    "settings",
    "grants",
    "environments",
    "messages",
    "offers",
    "operation_steps",
    "operations",
    "turned_away",
    "audit_checkpoints",
    "audit_head",
    "audit_entries",
)


def upgrade() -> None:
    _audit()
    _operations()
    _steps()
    _offers()
    _messages()
    _catalog()
    _between_processes()
    if op.get_bind().dialect.name == "postgresql":
        _postgresql_triggers()
    else:
        _sqlite_triggers()


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_entries_refuse()")
        op.execute("DROP FUNCTION audit_entries_keep()")


def _text(name: str, **kw: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False, **kw)


def _number(name: str, kind: Any = sa.Integer, **kw: Any) -> sa.Column[Any]:
    return sa.Column(name, kind(), nullable=False, **kw)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(name: str, kind: Any = sa.Text) -> sa.Column[Any]:
    return sa.Column(name, kind(), primary_key=True, autoincrement=False, nullable=False)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"{table}_{'_'.join(columns)}_idx", table, list(columns))


def _audit() -> None:
    op.create_table(
        "audit_entries",
        _key("seq", sa.BigInteger),
        _text("hash"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        _instant("at"),
        *(_text(name) for name in ("kind", "actor", "environment", "operation", "operation_id")),
    )
    for column in ("at", "actor", "environment", "operation_id"):
        _index("audit_entries", column)
    head = op.create_table("audit_head", _key("id", sa.Integer), _number("seq", sa.BigInteger), _text("hash"))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    op.create_table(
        "audit_checkpoints",
        _key("through", sa.BigInteger),
        _text("hash"),
        _number("sealed_by", sa.BigInteger),
        _instant("at"),
    )
    op.create_table(
        "turned_away",
        _key("actor"),
        _instant("told_at"),
        _number("owed"),
        sa.Column("latest", sa.LargeBinary(), nullable=True),
    )


def _operations() -> None:
    op.create_table(
        "operations",
        _key("id"),
        *(_text(name) for name in ("name", "environment", "target", "conflicts", "arguments")),
        *(_text(name) for name in ("actor_id", "actor_name", "source", "channel", "state", "doing")),
        _instant("opened_at"),
        _text("plan_hash"),
        _number("fence"),
        _text("holder"),
        _number("held_until", sa.Double),
        _instant("next_look"),
        *(_text(name) for name in ("before", "after", "notes", "summary")),
        _instant("closed_at", nullable=True),
        _number("generation"),
    )
    running = sa.text("state = 'running' AND conflicts <> ''")
    op.create_index(
        "operations_one_running",
        "operations",
        ["environment", "conflicts", "target"],
        unique=True,
        sqlite_where=running,
        postgresql_where=running,
    )
    _index("operations", "state", "next_look")


def _of_operation(*, position: bool) -> list[sa.Column[Any]]:
    column = sa.Column(
        "operation_id",
        sa.Text(),
        sa.ForeignKey("operations.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    )
    return [column, _key("position", sa.Integer)] if position else [column]


def _steps() -> None:
    op.create_table(
        "operation_steps",
        *_of_operation(position=True),
        *(_text(name) for name in ("kind", "on_what", "arguments", "after", "state", "before", "evidence")),
        _flag("answered"),
        _text("sentence"),
        _number("fence"),
        _instant("began_at", nullable=True),
        _instant("ended_at", nullable=True),
    )


def _offers() -> None:
    op.create_table(
        "offers",
        _key("id"),
        *(_text(name) for name in ("label", "operation", "environment", "target", "arguments")),
        _flag("once"),
        *(_text(name) for name in ("style", "confirm", "plan_hash")),
        _number("expires_in", sa.Double),
        _number("generation"),
        _instant("expires_at"),
        _text("spent_by"),
    )
    _index("offers", "expires_at")


def _messages() -> None:
    op.create_table(
        "messages",
        *_of_operation(position=False),
        _text("channel"),
        _text("ts"),
        _number("version_wanted"),
        _number("version_shown"),
        _flag("final"),
        _text("detail_ts"),
        _instant("next_try", nullable=True),
        _text("given_up"),
    )
    _index("messages", "given_up", "final")


def _catalog() -> None:
    op.create_table(
        "environments",
        _key("name"),
        *(_text(name) for name in ("tier", "account", "region", "pick", "channel", "owner")),
        *(_text(name) for name in ("time_zone", "role_arn", "open_to")),
        _flag("shared_channel"),
        _number("generation"),
        _text("origin"),
        _flag("removed"),
    )
    op.create_table(
        "grants",
        _key("subject"),
        _key("pattern"),
        _key("origin"),
        _number("role"),
        _instant("until", nullable=True),
    )
    op.create_table("settings", _key("name"), _text("value"), _text("origin", server_default="file"))


def _between_processes() -> None:
    op.create_table("leases", _key("name"), _text("holder"), _number("held_until", sa.Double))
    op.create_table("deliveries", _key("key"), _text("operation_id"), _text("attempt"), _instant("at"))
    _index("deliveries", "at")


def _sqlite_triggers() -> None:
    op.execute(
        """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
        BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END"""
    )
    op.execute(
        """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
        WHEN OLD.seq > (SELECT coalesce(max(through), 0) FROM audit_checkpoints)
        BEGIN SELECT RAISE(ABORT, 'audit entries are pruned only through a checkpoint'); END"""
    )
    op.execute(
        """CREATE TRIGGER audit_entries_no_replace BEFORE INSERT ON audit_entries
        WHEN EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'audit entries are never replaced'); END"""
    )


def _postgresql_triggers() -> None:
    op.execute(
        """CREATE FUNCTION audit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'audit entries are never changed'; END $$"""
    )
    op.execute(
        """CREATE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.seq > (SELECT coalesce(max(through), 0) FROM audit_checkpoints) THEN
            RAISE EXCEPTION 'audit entries are pruned only through a checkpoint';
          END IF;
          RETURN OLD;
        END $$"""
    )
    op.execute(
        """CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_entries_refuse()"""
    )
    op.execute(
        """CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_entries_keep()"""
    )
    op.execute(
        """CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_refuse()"""
    )
