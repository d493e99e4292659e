"""Which caches may not be touched because other environments use them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from policies.access.decision import Refused, refuse
from policies.access.safeguards import NEVER
from policies.catalog.caches import address_of
from policies.service.environment import Environment, Flush

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
    """Return why this environment's cache may not be touched; ``None`` if it may. Of a cache that is shared,
    the catalog has to say whose keys are whose: each environment has prefixes, and none of one begins one of
    another in the same logical database.
    """
    flush = environment.flush
    if flush is None:
        return None
    if environment.production:
        return refuse("flush.production", NEVER["flush"])
    sharing = shared_with(environment, others)
    if any(other.production for other in sharing):
        return refuse(
            "flush.production", "A production environment uses the same cache, so nothing there is touched."
        )
    together = (environment, *sharing)
    bare = [e.name for e in together if not _prefixes(e, flush)] if sharing else []
    if bare:
        return _shared(together, bare)
    for other in sharing:
        if common := _common(flush, other):
            return _overlap(other, *common)
    return None


def _prefixes(environment: Environment, of: Flush) -> tuple[str, ...]:
    """Return the prefixes that the environment has in this cache; empty if it has none there."""
    own = environment.flush
    same = own is not None and flushed(own.cache, own.url) == flushed(of.cache, of.url)
    return own.prefixes if own is not None and same else ()


def _common(flush: Flush, other: Environment) -> tuple[str, str] | None:
    """Return the first prefix of this environment, and of the other, under which the same keys may lie."""
    theirs = other.flush
    if theirs is None or theirs.database != flush.database:
        return None
    pairs = ((mine, its) for mine in flush.prefixes for its in theirs.prefixes)
    return next(((a, b) for a, b in pairs if a.startswith(b) or b.startswith(a)), None)


def _shared(together: Sequence[Environment], bare: Sequence[str]) -> Refused:
    until = "Until the catalog says for each which prefixes are its own (`flush: prefixes`), nothing there is"
    names = ", ".join(f"`{e.name}`" for e in together)
    without = ", ".join(f"`{name}`" for name in bare)
    return refuse(
        "flush.shared",
        f"{names} share this cache, and the catalog names no prefixes there for {without}. {until} deleted.",
        f"Several environments share this cache. {until} deleted.",
    )


def _overlap(other: Environment, mine: str, its: str) -> Refused:
    until = (
        "Until their prefixes are told apart in the catalog (`flush: prefixes`), nothing there is deleted."
    )
    return refuse(
        "flush.overlap",
        f"`{other.name}` shares this cache, and keys that begin with `{max(mine, its, key=len)}` would be of "
        f"both: its prefix is `{its}`, and the one here is `{mine}`. {until}",
        f"Another environment shares this cache, and keys that begin with `{mine}` may be of both. {until}",
    )
