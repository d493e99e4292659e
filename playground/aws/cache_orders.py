"""Orders that create and remove caches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playground.aws.caches import KINDS, Cache, Kind
from playground.aws.fleet import Fleet
from playground.aws.order_fields import Order, count_of, need

KNOWN = frozenset(
    [
        "do",
        "id",
        "kind",
        "engine",
        "environment",
        "node",
        "nodes",
        "stored_gb",
        "ecpu",
        "least_gb",
        "age_hours",
        "dimension",
    ]
)
ENGINES = ("redis", "valkey", "memcached")
AGE = 30 * 24
"""The age of a new cache in hours, unless the order says otherwise."""


class CacheOrders:
    """The orders about caches; hold the fleet's lock."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    @property
    def verbs(self) -> dict[str, Callable[[Order], Order]]:
        return {"cache.create": self.create, "cache.remove": self.remove, "cache.server": self.server}

    def create(self, order: Order) -> Order:
        """Create a cache from ``{id, kind?, engine?, environment?, node?, nodes?, stored_gb?, ecpu?,
        least_gb?, age_hours?, dimension?}``.

        ``kind`` is ``group`` (a replication group, the default), ``cluster`` or ``serverless``. A serverless
        cache holds ``stored_gb`` and serves ``ecpu`` per second; ``dimension`` is the one that CloudWatch
        reports it under.
        """
        unknown = set(order) - KNOWN
        if unknown:
            raise ValueError(
                f"unknown fields {', '.join(sorted(unknown))}: one knows {', '.join(sorted(KNOWN))}"
            )
        cache = self._new(order)
        self._fleet.caches.add(cache)
        return of_cache(cache)

    def remove(self, order: Order) -> Order:
        """Remove the cache ``{id, kind?}``."""
        kind, name = _kind(order), need(order, "id").lower()
        found = self._fleet.caches.rows.get((kind, name))
        if found is None:
            raise ValueError(f"no cache {kind} {name}")
        self._fleet.caches.forget(found)
        return {"removed": found.id}

    def server(self, order: Order) -> Order:
        """Have every cache show the address of the server on this loopback ``{port}``."""
        self._fleet.caches.port = int(need(order, "port"))
        return {"port": self._fleet.caches.port}

    def remove_of(self, environment: str) -> None:
        """Remove every cache of an environment that is being torn down."""
        for row in list(self._fleet.caches.rows.values()):
            if row.environment == environment and not row.group:
                self._fleet.caches.forget(row)

    def _new(self, order: Order) -> Cache:
        engine = str(order.get("engine") or "valkey")
        if engine not in ENGINES:
            raise ValueError(f"engine must be one of {', '.join(ENGINES)}, not {engine!r}")
        age = float(order.get("age_hours", AGE))
        return Cache(
            id=need(order, "id").lower(),
            kind=_kind(order),
            engine=engine,
            created_at=self._fleet.moment.at - timedelta(hours=age),
            environment=str(order.get("environment") or ""),
            node=str(order.get("node") or "cache.t4g.micro"),
            nodes=count_of(order, "nodes") or 1,
            stored_gb=float(order.get("stored_gb") or 0),
            ecpu=float(order.get("ecpu") or 0),
            least_gb=count_of(order, "least_gb") or 0,
            dimension=str(order.get("dimension") or "ServerlessCacheName"),
        )


def of_cache(row: Cache) -> dict[str, Any]:
    """Return what one cache is; the order that creates a cache answers with this."""
    return {
        "id": row.id,
        "kind": row.kind,
        "engine": row.engine,
        "environment": row.environment or None,
        "node": row.node,
        "nodes": row.nodes,
        "group": row.group or None,
    }


def _kind(order: Order) -> Kind:
    kind = order.get("kind", "group")
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    return next(known for known in KINDS if known == kind)
