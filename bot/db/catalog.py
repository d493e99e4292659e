"""Environments, grants, settings, schedules, budgets and terminals."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from secrets import token_hex
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from bot.db.budgets import put_budgets, read_budgets, remove_budgets
from bot.db.schedules import put_schedule, read_schedules, remove_schedule
from bot.db.store import Store
from bot.db.tables import audit_head, environments, findings, grants, looks, owners, settings
from bot.db.terminals import put_terminals, read_terminals, remove_terminals
from handlers.ports.store import CatalogChange, CatalogState
from policies.access.grants import Grant
from policies.access.people import Role
from policies.catalog.values import environment_of, environment_values
from policies.service.environment import Environment, same_place

_WORD, _SEQ = select(audit_head.c.catalog), select(audit_head.c.seq)
"""Asked for by every command and every tick, so made once."""


class SqlCatalog:
    """``handlers.ports.store.Catalog``. Each look asks the database whether the catalog is still the one that
    was read last, so that a change by another replica is seen at once and hundreds of rows are not read anew.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last: tuple[str, CatalogState] | None = None

    def read(self) -> CatalogState:
        last = self._last
        with self._store.read() as connection:
            word = str(connection.execute(_WORD).scalar_one())
            if word and last is not None and last[0] == word:
                return last[1]
            state = read_catalog(connection)
        self._last = (word, state)
        return state

    def version(self) -> int:
        with self._store.read() as connection:
            return int(connection.execute(_SEQ).scalar_one())

    def write(self, change: CatalogChange) -> None:
        """A gate transaction, so that an opening is decided wholly before the change or wholly after it."""
        with self._store.gate_transaction() as connection:
            _remove(connection, change)
            for environment in change.put_environments:
                _put_environment(connection, environment)
            for grant in change.put_grants:
                connection.execute(delete(grants).where(_same(grant)))
                connection.execute(insert(grants).values(_grant_row(grant)))
            for name, value in change.put_settings.items():
                _put_setting(connection, name, value, origin=change.settings_origin)
            for schedule in change.put_schedules:
                put_schedule(connection, schedule)
            put_budgets(connection, change.put_budgets)
            put_terminals(connection, change.put_terminals)
            connection.execute(update(audit_head).values(catalog=token_hex(8)))


def read_catalog(connection: Connection) -> CatalogState:
    places = select(environments).where(~environments.c.removed).order_by(environments.c.name)
    people = select(grants).order_by(grants.c.subject, grants.c.pattern, grants.c.origin)
    words = connection.execute(select(settings)).all()
    return CatalogState(
        environments=tuple(_environment(row) for row in connection.execute(places)),
        grants=tuple(_grant(row) for row in connection.execute(people)),
        settings=MappingProxyType({row.name: row.value for row in words}),
        slack_settings=frozenset(row.name for row in words if row.origin == "slack"),
        schedules=read_schedules(connection),
        budgets=read_budgets(connection),
        terminals=read_terminals(connection),
    )


def _remove(connection: Connection, change: CatalogChange) -> None:
    """A removed environment's row stays, marked, so that its name never repeats a generation."""
    if change.remove_environments:
        gone = environments.c.name.in_(change.remove_environments)
        connection.execute(update(environments).where(gone).values(removed=True))
        _forget(connection, change.remove_environments)
    for grant in change.remove_grants:
        connection.execute(delete(grants).where(_same(grant)))
    if change.remove_settings:
        gone = settings.c.name.in_(change.remove_settings)
        ours = settings.c.origin == change.settings_origin
        connection.execute(delete(settings).where(gone, ours))
    for schedule in change.remove_schedules:
        remove_schedule(connection, schedule)
    remove_budgets(connection, change.remove_budgets)
    remove_terminals(connection, change.remove_terminals)


def _put_setting(connection: Connection, name: str, value: str, *, origin: str) -> None:
    """A row of the same name and another origin stays as it is."""
    this = settings.c.name == name
    connection.execute(delete(settings).where(this, settings.c.origin == origin))
    if connection.execute(select(settings.c.name).where(this)).first() is None:
        connection.execute(insert(settings).values(name=name, value=value, origin=origin))


def _put_environment(connection: Connection, wanted: Environment) -> None:
    this = environments.c.name == wanted.name
    row = connection.execute(select(environments).where(this)).one_or_none()
    if row is None:
        connection.execute(insert(environments).values(_environment_row(replace(wanted, generation=1))))
        return
    if not row.removed and _environment(row) == replace(wanted, generation=row.generation):
        return
    if row.removed or not same_place(_environment(row), wanted):
        _forget(connection, [wanted.name])
        connection.execute(delete(findings).where(findings.c.subject == wanted.name))
    grown = _environment_row(replace(wanted, generation=row.generation + 1))
    connection.execute(update(environments).where(this).values(grown))


def _forget(connection: Connection, names: Collection[str]) -> None:
    """Whom to ask about them and what was seen of them: another of the same name is nobody's yet."""
    connection.execute(delete(owners).where(owners.c.environment.in_(names)))
    connection.execute(delete(looks).where(looks.c.environment.in_(names)))


def _same(grant: Grant) -> Any:
    return and_(
        grants.c.subject == grant.subject,
        grants.c.pattern == grant.pattern,
        grants.c.origin == grant.origin,
    )


def _grant_row(grant: Grant) -> dict[str, Any]:
    return {
        "subject": grant.subject,
        "pattern": grant.pattern,
        "origin": grant.origin,
        "role": int(grant.role),
        "until": grant.until,
    }


def _grant(row: Row[Any]) -> Grant:
    return Grant(row.subject, Role(row.role), row.pattern, row.until, row.origin)


def _environment_row(environment: Environment) -> dict[str, Any]:
    stored = {"generation": environment.generation, "removed": False}
    return environment_values(environment) | stored


def _environment(row: Row[Any]) -> Environment:
    return environment_of({name: value for name, value in row._mapping.items() if name != "removed"})
