"""What a stop saved, by environment, as one JSON body that a line of the log can carry too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import saved_capacity
from policies.capacity import Capacity, GroupFacts, SavedCapacity, ScalingFacts, Suspended

OnSaved = Callable[[str, Mapping[str, Any]], None]
"""Told the environment and the whole body once it is committed; an empty body: it was forgotten. By these
lines of the log it is found again should the database be lost. Must not raise."""


class SqlSavedCapacities:
    """``handlers.ports.book.SavedCapacities``."""

    def __init__(self, store: Store, *, on_saved: OnSaved | None = None) -> None:
        self._store = store
        self._on_saved = on_saved

    def find(self, environment: str) -> SavedCapacity | None:
        query = select(saved_capacity.c.body).where(saved_capacity.c.environment == environment)
        with self._store.read() as connection:
            body = connection.execute(query).scalar_one_or_none()
        return None if body is None else saved_from(body)

    def stopped(self) -> frozenset[str]:
        with self._store.read() as connection:
            return frozenset(connection.execute(select(saved_capacity.c.environment)).scalars())

    def write(self, environment: str, saved: SavedCapacity) -> None:
        body = saved_body(saved)
        row = {"environment": environment, "body": body}
        with self._store.step_transaction() as connection:
            put(connection, saved_capacity, [{**row, "stop_id": saved.stop_id, "saved_at": saved.saved_at}])
        self._tell(environment, body)

    def forget(self, environment: str) -> None:
        forgetting = delete(saved_capacity).where(saved_capacity.c.environment == environment)
        with self._store.step_transaction() as connection:
            gone = connection.execute(forgetting).rowcount
        if gone:
            self._tell(environment, {})

    def _tell(self, environment: str, body: Mapping[str, Any]) -> None:
        if self._on_saved is not None:
            self._on_saved(environment, body)


def saved_body(saved: SavedCapacity) -> dict[str, Any]:
    """All of it as JSON; ``saved_from`` reads it back, also one from before groups were saved."""
    return {
        "services": {name: asdict(capacity) for name, capacity in saved.services.items()},
        "databases": dict(saved.databases),
        "groups": {name: asdict(sizes) for name, sizes in saved.groups.items()},
        "groups_taken": sorted(saved.groups_taken),
        "stop_id": saved.stop_id,
        "saved_at": None if saved.saved_at is None else saved.saved_at.isoformat(),
    }


def saved_from(body: Mapping[str, Any]) -> SavedCapacity:
    """``ValueError`` if it is not such a body."""
    try:
        at = body["saved_at"]
        return SavedCapacity(
            services={name: _capacity(found) for name, found in body["services"].items()},
            databases={name: str(status) for name, status in body["databases"].items()},
            stop_id=body["stop_id"],
            saved_at=None if at is None else datetime.fromisoformat(at),
            groups={name: _group(sizes) for name, sizes in body.get("groups", {}).items()},
            groups_taken=frozenset(str(name) for name in body.get("groups_taken", ())),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a saved capacity: {error!r}") from error


def _group(body: Mapping[str, Any]) -> GroupFacts:
    return GroupFacts(int(body["minimum"]), int(body["maximum"]), int(body["desired"]))


def _capacity(body: Mapping[str, Any]) -> Capacity:
    scaling = body["scaling"]
    return Capacity(
        desired=int(body["desired"]),
        scaling=None
        if scaling is None
        else ScalingFacts(
            int(scaling["minimum"]), int(scaling["maximum"]), Suspended(**scaling["suspended"])
        ),
    )
