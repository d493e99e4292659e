"""Guards of the checkpoints: no checkpoint is changed, forged, or removed before a later one has taken its
place.

On PostgreSQL the guard of the entries no longer trusts the search path of whoever deletes, and roles that do
not own the evidence lose the right to change it. Pruning belongs to another role (docs/operate.md).
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHANGED = "checkpoints are never changed"
REPLACED = "a checkpoint goes only once a later one has taken its place"
FORGED = "a checkpoint is written only with the entry that seals it, before anything is removed"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _postgresql()
        _revoke()
    else:
        _sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        for what in ("update", "delete", "forgery"):
            op.execute(f"DROP TRIGGER audit_checkpoints_no_{what}")
        return
    for what in ("update", "delete", "forgery", "truncate"):
        op.execute(f"DROP TRIGGER audit_checkpoints_no_{what} ON audit_checkpoints")
    for what in ("refuse", "keep", "judge"):
        op.execute(f"DROP FUNCTION audit_checkpoints_{what}()")
    op.execute(
        """CREATE OR REPLACE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.seq > (SELECT coalesce(max(through), 0) FROM audit_checkpoints) THEN
            RAISE EXCEPTION 'audit entries are pruned only through a checkpoint';
          END IF;
          RETURN OLD;
        END $$"""
    )


def _sqlite() -> None:
    op.execute(
        f"""CREATE TRIGGER audit_checkpoints_no_update BEFORE UPDATE ON audit_checkpoints
        BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END"""
    )
    op.execute(
        f"""CREATE TRIGGER audit_checkpoints_no_delete BEFORE DELETE ON audit_checkpoints
        WHEN OLD.through >= (SELECT max(through) FROM audit_checkpoints)
        BEGIN SELECT RAISE(ABORT, '{REPLACED}'); END"""
    )
    says = "json_extract(CAST(body AS TEXT), '$.evidence.pruned_{}')"
    op.execute(
        f"""CREATE TRIGGER audit_checkpoints_no_forgery BEFORE INSERT ON audit_checkpoints
        WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE through >= NEW.through)
        OR (EXISTS (SELECT 1 FROM audit_entries WHERE seq <= NEW.through) AND NOT (
          NEW.sealed_by > NEW.through
          AND EXISTS (SELECT 1 FROM audit_head WHERE seq = NEW.sealed_by)
          AND EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.through AND hash = NEW.hash)
          AND EXISTS (SELECT 1 FROM audit_entries WHERE seq = NEW.sealed_by
            AND {says.format("through")} = NEW.through AND {says.format("hash")} = NEW.hash)))
        BEGIN SELECT RAISE(ABORT, '{FORGED}'); END"""
    )


def _postgresql() -> None:
    _functions()
    for what, before, function in (
        ("update", "BEFORE UPDATE ON audit_checkpoints FOR EACH ROW", "refuse"),
        ("truncate", "BEFORE TRUNCATE ON audit_checkpoints FOR EACH STATEMENT", "refuse"),
        ("delete", "BEFORE DELETE ON audit_checkpoints FOR EACH ROW", "keep"),
        ("forgery", "BEFORE INSERT ON audit_checkpoints FOR EACH ROW", "judge"),
    ):
        op.execute(
            f"CREATE TRIGGER audit_checkpoints_no_{what} {before} "
            f"EXECUTE FUNCTION audit_checkpoints_{function}()"
        )


def _functions() -> None:
    """The guards' functions. Each names its tables with their schema, because a temporary table of the same
    name would otherwise come first.
    """
    op.execute(
        """CREATE OR REPLACE FUNCTION audit_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE pruned bigint;
        BEGIN
          EXECUTE format('SELECT coalesce(max(through), 0) FROM %I.audit_checkpoints', TG_TABLE_SCHEMA)
            INTO pruned;
          IF OLD.seq > pruned THEN
            RAISE EXCEPTION 'audit entries are pruned only through a checkpoint';
          END IF;
          RETURN OLD;
        END $$"""
    )
    op.execute(
        f"""CREATE FUNCTION audit_checkpoints_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION '{CHANGED}'; END $$"""
    )
    op.execute(
        f"""CREATE FUNCTION audit_checkpoints_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE newest bigint;
        BEGIN
          EXECUTE format('SELECT max(through) FROM %I.audit_checkpoints', TG_TABLE_SCHEMA) INTO newest;
          IF OLD.through >= newest THEN RAISE EXCEPTION '{REPLACED}'; END IF;
          RETURN OLD;
        END $$"""
    )
    says = "(convert_from(body, ''UTF8'')::json #>> ''{{evidence,pruned_{}}}'')"
    op.execute(
        f"""CREATE FUNCTION audit_checkpoints_judge() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE wrong boolean;
        BEGIN
          EXECUTE format('SELECT EXISTS (SELECT 1 FROM %1$I.audit_checkpoints WHERE through >= $1.through)
            OR (EXISTS (SELECT 1 FROM %1$I.audit_entries WHERE seq <= $1.through) AND NOT (
              $1.sealed_by > $1.through
              AND EXISTS (SELECT 1 FROM %1$I.audit_head WHERE seq = $1.sealed_by)
              AND EXISTS (SELECT 1 FROM %1$I.audit_entries WHERE seq = $1.through AND hash = $1.hash)
              AND EXISTS (SELECT 1 FROM %1$I.audit_entries WHERE seq = $1.sealed_by
                AND {says.format("through")} = $1.through::text AND {says.format("hash")} = $1.hash)))',
            TG_TABLE_SCHEMA) INTO wrong USING NEW;
          IF wrong THEN RAISE EXCEPTION '{FORGED}'; END IF;
          RETURN NEW;
        END $$"""
    )


def _revoke() -> None:
    """Revoke what the previous release told its users to grant, which was too much. Nothing has pruned by
    itself until now, so only the owner needs what is taken away here.
    """
    op.execute(
        """DO $$ DECLARE who text;
        BEGIN
          FOR who IN
            SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee))
              END
            FROM pg_class c, aclexplode(c.relacl || (
              SELECT array_agg(granted) FROM pg_attribute t, unnest(t.attacl) granted WHERE t.attrelid = c.oid
            )) a
            WHERE c.oid IN (
                'audit_entries'::regclass, 'audit_checkpoints'::regclass, 'audit_head'::regclass)
              AND a.grantee <> c.relowner
          LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER ON audit_entries FROM %s', who);
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER ON audit_checkpoints FROM %s',
              who);
            EXECUTE format('REVOKE INSERT, DELETE, TRUNCATE, TRIGGER ON audit_head FROM %s', who);
          END LOOP;
        END $$"""
    )
