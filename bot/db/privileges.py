"""What the role we are connected as may do to the evidence. PostgreSQL alone has roles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

SERVING: Mapping[str, frozenset[str]] = {
    "audit_entries": frozenset({"SELECT", "INSERT"}),
    "audit_checkpoints": frozenset({"SELECT"}),
    "audit_head": frozenset({"SELECT", "UPDATE"}),
    "alembic_version": frozenset({"SELECT"}),
}
"""All that ``serve`` needs on each table of the evidence; anything beyond it is too much."""

PRUNING: Mapping[str, frozenset[str]] = {
    "audit_entries": frozenset({"SELECT", "INSERT", "DELETE"}),
    "audit_checkpoints": frozenset({"SELECT", "INSERT", "DELETE"}),
    "audit_head": frozenset({"SELECT", "UPDATE"}),
    "operations": frozenset({"SELECT"}),
}
"""What pruning needs."""


@dataclass(frozen=True)
class Excess:
    """Something that the role can do to the evidence and ``serve`` never does, and the SQL that takes it
    away."""

    said: str
    sql: str


@dataclass(frozen=True)
class Rights:
    """``owns``: the role owns the tables, or is a superuser, so that nothing can be taken away from it."""

    role: str
    owns: bool
    excess: tuple[Excess, ...] = ()


def rights(connection: Connection) -> Rights | None:
    """The rights of the role that we are connected as; ``None`` if the database has no roles."""
    if connection.dialect.name != "postgresql":
        return None
    me = connection.execute(_ME).one()
    owners = list(connection.execute(_OWNERS, {"tables": list(SERVING)}).scalars())
    if me.rolsuper or me.role in owners:
        return Rights(me.role, owns=True)
    return Rights(me.role, owns=False, excess=tuple(_excess(connection, me, owners)))


def lacking(connection: Connection) -> tuple[str, ...]:
    """What the role that we are connected as lacks for pruning; empty on a database without roles."""
    if connection.dialect.name != "postgresql":
        return ()
    asked = [(privilege, table) for table, all_ in PRUNING.items() for privilege in sorted(all_)]
    may = text("SELECT has_table_privilege(:table, :privilege)")
    return tuple(
        f"{privilege} on {table}"
        for privilege, table in asked
        if not connection.execute(may, {"table": table, "privilege": privilege}).scalar_one()
    )


_ME = text(
    "SELECT current_user::text AS role, quote_ident(current_user) AS quoted, rolsuper, rolcreaterole"
    " FROM pg_roles WHERE rolname = current_user"
)

_OWNERS = text(
    """
    SELECT pg_get_userbyid(c.relowner)::text FROM pg_class c WHERE c.oid IN (
      SELECT to_regclass(t)::oid FROM unnest(CAST(:tables AS text[])) t)
    UNION
    SELECT CASE pg_get_userbyid(n.nspowner) WHEN 'pg_database_owner' THEN pg_get_userbyid(d.datdba)
      ELSE pg_get_userbyid(n.nspowner) END::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, pg_database d
    WHERE c.oid = to_regclass('audit_entries')::oid AND d.datname = current_database()
    """
)
"""The owner of a schema may drop what is in it; a new database's schema belongs to the owner of the
database."""

_WAYS = text(
    """
    SELECT r.rolname::text AS name, quote_ident(r.rolname) AS quoted
    FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid
    WHERE m.member = (SELECT oid FROM pg_roles WHERE rolname = current_user)
      AND EXISTS (SELECT 1 FROM pg_roles o WHERE pg_has_role(r.oid, o.oid, 'MEMBER')
        AND (o.rolname = ANY(CAST(:mighty AS text[])) OR o.rolname = 'pg_write_all_data' OR o.rolsuper))
    ORDER BY 1
    """
)
"""Roles granted to this one that may do more, or lead to one that may, whether their rights are inherited
or assumed."""

_GRANTED = text(
    """
    SELECT c.oid::regclass::text AS at, c.relname::text AS name, a.privilege_type AS privilege,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee,
      pg_get_userbyid(a.grantee)::text AS role
    FROM pg_class c, aclexplode(c.relacl || (
      SELECT array_agg(granted) FROM pg_attribute t, unnest(t.attacl) granted WHERE t.attrelid = c.oid)) a
    WHERE c.oid IN (SELECT to_regclass(t)::oid FROM unnest(CAST(:tables AS text[])) t)
      AND a.grantee <> c.relowner AND (a.grantee = 0 OR pg_has_role(current_user, a.grantee, 'MEMBER'))
    ORDER BY 1, 4, 3
    """
)
"""What was granted to it, to a role it is a member of, or to everybody; for a whole table or a column."""

_MAY_MAKE = text(
    """
    SELECT quote_ident(n.nspname) AS at,
      CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(n.nspacl) a
    WHERE c.oid = to_regclass('audit_entries')::oid AND a.privilege_type = 'CREATE'
      AND (a.grantee = 0 OR pg_has_role(current_user, a.grantee, 'MEMBER'))
    """
)


def _excess(connection: Connection, me: Any, owners: list[str]) -> Iterator[Excess]:
    too_much = _too_much(connection)
    others = [row.role for row in too_much if row.grantee not in ("PUBLIC", me.quoted)]
    for way in connection.execute(_WAYS, {"mighty": [*owners, *others]}):
        yield Excess(f"is a member of {way.name}", f"REVOKE {way.quoted} FROM {me.quoted};")
    if me.rolcreaterole:
        yield Excess("can make itself a member of others", f"ALTER ROLE {me.quoted} NOCREATEROLE;")
    granted: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in too_much:
        if row.grantee in ("PUBLIC", me.quoted):
            granted[row.at, row.grantee][row.privilege] = None
    for (table, grantee), privileges in granted.items():
        all_ = ", ".join(privileges)
        yield Excess(f"has {all_} on {table}", f"REVOKE {all_} ON {table} FROM {grantee};")
    for row in connection.execute(_MAY_MAKE):
        sql = f"REVOKE CREATE ON SCHEMA {row.at} FROM {row.grantee};"
        yield Excess(f"can make tables and functions in the schema {row.at}", sql)


def _too_much(connection: Connection) -> list[Any]:
    found = connection.execute(_GRANTED, {"tables": list(SERVING)})
    return [row for row in found if row.privilege not in SERVING[row.name]]
