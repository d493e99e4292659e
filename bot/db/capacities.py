"""What a stop saved, by environment, as one JSON body that a line of the log can carry too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import delete, select

from bot.db.putting import put
from bot.db.store import Store
from bot.db.tables import saved_capacity
from policies.capacity.facts import SavedCapacity
from policies.capacity.saved_values import saved_from, saved_values

OnSaved = Callable[[str, Mapping[str, Any]], None]
"""Called with the environment and the whole body once it is committed; an empty body means that it was
forgotten. These lines of the log are where it is found again should the database be lost. Must not raise."""


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
        body = saved_values(saved)
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
