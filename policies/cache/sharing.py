"""Which caches may not be touched because other environments use them."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from policies.access.decision import Refused, refuse
from policies.catalog.caches import address_of
from policies.service.environment import Environment

_DEFAULT_PORT = 6379


def caches_of(environment: Environment) -> frozenset[str]:
    """Return every cache that the environment names, in a form that is the same for the same cache."""
    named = {f"id:{cache.lower()}" for cache in environment.caches}
    if environment.flush is not None:
        named.add(flushed(environment.flush.cache, environment.flush.url))
    return frozenset(named)


def flushed(cache: str, url: str) -> str:
    """Return one name for the cache, whether it is named by its id or by the address it is reached at."""
    if not url:
        return f"id:{cache.lower()}"
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if known := address_of(host):
        return f"id:{known}"
    return f"at:{host}:{parts.port or _DEFAULT_PORT}"


def shared_with(environment: Environment, others: Iterable[Environment]) -> tuple[Environment, ...]:
    """Return the other environments that name the cache this one would delete keys from."""
    if environment.flush is None:
        return ()
    mine = flushed(environment.flush.cache, environment.flush.url)
    return tuple(
        other
        for other in others
        if other.name != environment.name
        and mine in caches_of(other)
        and _same_place(environment, other, mine)
    )


def _same_place(one: Environment, other: Environment, cache: str) -> bool:
    """An id means one cache only within its account and region; an address means the same everywhere."""
    return cache.startswith("at:") or (one.account, one.region) == (other.account, other.region)


def refused(environment: Environment, others: Iterable[Environment]) -> Refused | None:
    """Return why this environment's cache may not be touched; ``None`` if it may."""
    sharing = shared_with(environment, others)
    if environment.production and (environment.flush is not None):
        return refuse("flush.production", "Keys of a production cache are never deleted from here.")
    if any(other.production for other in sharing):
        return refuse(
            "flush.production", "A production environment uses the same cache, so nothing there is touched."
        )
    if sharing and environment.flush is not None and not environment.flush.prefixes:
        return refuse(
            "flush.shared",
            "Several environments share this cache. Until the catalog says which prefixes are whose "
            "(`flush: prefixes`), nothing there is deleted.",
        )
    return None
