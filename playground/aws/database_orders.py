"""Orders about databases: create, remove, keep busy, and stop or start as a person would in the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playground.aws.databases import Database, Kind
from playground.aws.fleet import Fleet
from playground.aws.order_fields import Order, count_of, need

KNOWN = frozenset(
    [
        "do",
        "environment",
        "id",
        "kind",
        "engine",
        "multi_az",
        "replica_of",
        "global",
        "members",
        "serverless_v1",
        "stored_gb",
        "acu",
        "optimized",
        "disk",
    ]
)
AGE = timedelta(days=30)


class DatabaseOrders:
    """The orders about databases; hold the fleet's lock. None of them is counted among a database's calls."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {
            "database.create": self.create,
            "database.remove": self.remove,
            "database.stop": self.stop,
            "database.start": self.start,
            "database.busy": self.busy,
        }

    def create(self, order: Order) -> Order:
        """Create a database from ``{id, kind?, engine?, environment?, multi_az?, replica_of?, global?,
        members?, serverless_v1?, stored_gb?, acu?, optimized?, disk?}``.

        ``kind`` is ``instance`` (the default) or ``cluster``. A cluster has ``members`` (1) instances of its
        own, of Serverless v2 if ``acu`` is given. ``global`` is true for a global database with one more
        member elsewhere, or the number of members elsewhere.
        """
        unknown = set(order) - KNOWN
        if unknown:
            raise ValueError(
                f"unknown fields {', '.join(sorted(unknown))}: one knows {', '.join(sorted(KNOWN))}"
            )
        database, source = self._new(order), None
        book = self._fleet.databases
        if database.source:
            source = self._find(order, "replica_of")
        inner = [self._member(database, number + 1) for number in range(count_of(order, "members") or 1)]
        rows = [database, *(inner if database.kind == "cluster" else [])]
        taken = [row.id for row in rows if (row.kind, row.id) in book.rows]
        if taken:
            raise ValueError(f"there is a database {taken[0]} already")
        for row in rows:
            book.add(row)
        database.members = [row.id for row in rows[1:]]
        if source:
            source.replicas.append(database.id)
        return of_database(database)

    def remove(self, order: Order) -> Order:
        """Remove the database ``{id, kind?}``."""
        database = self._find(order, "id")
        self._fleet.databases.forget(database)
        return {"removed": database.id}

    def remove_of(self, environment: str) -> None:
        """Remove every database of an environment that is being torn down."""
        for row in list(self._fleet.databases.rows.values()):
            if row.environment == environment and not row.cluster:
                self._fleet.databases.forget(row)

    def stop(self, order: Order) -> Order:
        """Stop ``{id, kind?}`` as a person would in the console; refused where a call would be."""
        database = self._find(order, "id")
        self._fleet.databases.stop(database, self._fleet.moment)
        return of_database(database)

    def start(self, order: Order) -> Order:
        """Start ``{id, kind?}`` as a person would in the console; refused where a call would be."""
        database = self._find(order, "id")
        self._fleet.databases.start(database, self._fleet.moment)
        return of_database(database)

    def busy(self, order: Order) -> Order:
        """Keep an available database ``backing-up`` or the like: ``{id, kind?, status?, seconds}``."""
        database, seconds = self._find(order, "id"), float(need(order, "seconds"))
        status = str(order.get("status") or "backing-up")
        self._fleet.databases.busy(database, status, self._fleet.moment.t + seconds)
        return of_database(database)

    def _new(self, order: Order) -> Database:
        kind = _kind(order)
        aurora = kind == "cluster"
        engine = str(order.get("engine") or ("aurora-postgresql" if aurora else "postgres"))
        if engine.startswith("aurora") is not aurora:
            raise ValueError(f"engine {engine} is not of a DB {kind}")
        elsewhere = int(order.get("global") or 0)
        name = need(order, "id").lower()
        return Database(
            id=name,
            kind=kind,
            engine=engine,
            created_at=self._fleet.moment.at - AGE,
            environment=str(order.get("environment") or ""),
            multi_az=bool(order.get("multi_az")),
            source=str(order.get("replica_of") or "").lower(),
            global_name=f"{name}-global" if elsewhere else "",
            elsewhere=elsewhere,
            serverless_v1=bool(order.get("serverless_v1")),
            stored_gb=float(order.get("stored_gb") or 0),
            acu=float(order.get("acu") or 0),
            optimized=bool(order.get("optimized")),
            disk=dict(order.get("disk") or {}),
        )

    def _member(self, cluster: Database, number: int) -> Database:
        return Database(
            id=f"{cluster.id}-{number}",
            kind="instance",
            engine=cluster.engine,
            created_at=cluster.created_at,
            environment=cluster.environment,
            cluster=cluster.id,
            acu=cluster.acu,
            optimized=cluster.optimized,
        )

    def _find(self, order: Order, key: str) -> Database:
        kind = _kind(order)
        found = self._fleet.databases.rows.get((kind, need(order, key).lower()))
        if found is None:
            raise ValueError(f"no database {kind} {order[key]}")
        return found


def of_database(row: Database) -> dict[str, Any]:
    """Return what one database is and which calls it has had; all orders but ``remove`` answer with this."""
    return {
        "id": row.id,
        "kind": row.kind,
        "engine": row.engine,
        "environment": row.environment or None,
        "status": row.status,
        "restarts_at": row.restarts_at.isoformat() if row.restarts_at else None,
        "cluster": row.cluster or None,
        "members": list(row.members),
        "replica_of": row.source or None,
        "replicas": list(row.replicas),
        "calls": dict(row.calls),
        "events": list(row.events),
    }


def _kind(order: Order) -> Kind:
    kind = order.get("kind", "instance")
    if kind not in ("instance", "cluster"):
        raise ValueError(f'kind must be "instance" or "cluster", not {kind!r}')
    return "cluster" if kind == "cluster" else "instance"
