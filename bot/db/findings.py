"""Findings, owners, looks and sweeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, false, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import findings, looks, owners, sweeps
from handlers.ports.findings import Look
from handlers.words.codec import decode, encode
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Sweep
from policies.orphans.owners import Owned


class SqlFindings:
    """``handlers.ports.findings.Findings``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Sequence[Finding]:
        query = select(findings.c.body).where(findings.c.gone.is_(None)).order_by(findings.c.subject)
        with self._store.read() as connection:
            return [decode(Finding, body) for body in connection.execute(query).scalars()]

    def find(self, subject: str) -> Finding | None:
        with self._store.read() as connection:
            return _finding(connection.execute(_named(subject)).one_or_none())

    def change(self, subject: str, become: Callable[[Finding | None], Finding | None]) -> Finding | None:
        """Where two make a row at once, the second waits for the first, finds it, and changes that."""
        with self._store.step_transaction() as connection:
            known = _finding(connection.execute(_named(subject).with_for_update()).one_or_none())
            made = become(known)
            if known is None and made is not None:
                put(connection, findings, [_row(made)], replacing=false())
                known = _finding(connection.execute(_named(subject).with_for_update()).one())
                made = made if known == made else become(known)
            if made is not None and made != known:
                put(connection, findings, [_row(made)])
        return made


class SqlOwners:
    """``handlers.ports.findings.Owners``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Mapping[str, Owned]:
        with self._store.read() as connection:
            rows = connection.execute(select(owners).order_by(owners.c.environment)).all()
        return {row.environment: _owned(row) for row in rows}

    def put(self, owned: Owned) -> None:
        row = {
            "environment": owned.environment,
            "team": owned.team,
            "user": owned.user,
            "name": owned.name,
            "set_by": owned.by,
            "set_by_name": owned.by_name,
            "at": owned.at,
        }
        with self._store.step_transaction() as connection:
            put(connection, owners, [row])

    def remove(self, environment: str, user: str) -> bool:
        removing = delete(owners).where(owners.c.environment == environment, owners.c.user == user)
        with self._store.step_transaction() as connection:
            return int(connection.execute(removing).rowcount) == 1


class SqlLooks:
    """``handlers.ports.findings.Looks``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Mapping[str, Look]:
        query = select(looks).order_by(looks.c.environment)
        with self._store.read() as connection:
            return {row.environment: decode(Look, row.body) for row in connection.execute(query)}

    def put(self, look: Look) -> None:
        row = {"environment": look.environment, "at": look.at, "body": encode(look)}
        with self._store.step_transaction() as connection:
            put(connection, looks, [row], replacing=looks.c.at <= look.at)


class SqlSweeps:
    """``handlers.ports.findings.Sweeps``."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> Sequence[Sweep]:
        query = select(sweeps.c.body).order_by(sweeps.c.account, sweeps.c.region)
        with self._store.read() as connection:
            return [decode(Sweep, body) for body in connection.execute(query).scalars()]

    def put(self, sweep: Sweep) -> None:
        row = {"account": sweep.account, "region": sweep.region, "at": sweep.at, "body": encode(sweep)}
        with self._store.step_transaction() as connection:
            put(connection, sweeps, [row], replacing=sweeps.c.at <= sweep.at)


def _named(subject: str) -> Any:
    return select(findings.c.body).where(findings.c.subject == subject)


def _finding(row: Row[Any] | None) -> Finding | None:
    return None if row is None else decode(Finding, row.body)


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "subject": finding.subject,
        "found": finding.found,
        "gone": finding.gone,
        "body": encode(finding),
    }


def _owned(row: Row[Any]) -> Owned:
    return Owned(
        environment=row.environment,
        team=row.team,
        user=row.user,
        name=row.name,
        by=row.set_by,
        by_name=row.set_by_name,
        at=row.at,
    )
