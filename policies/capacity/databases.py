"""Which databases stop with an environment and start before it; others may use them too."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from policies.access.naming import named
from policies.capacity.facts import DatabaseFacts, SavedCapacity
from policies.service.environment import Environment

ABSENT = "absent"
IN_USE = "in use"
"""Kept in place of a status once a start has taken a database back: others must no longer stop it."""
_DOWN = frozenset({"stopping", "stopped"})
_NOT_UP = _DOWN | {"starting"}


_BROKEN = re.compile(
    "incompatible|inaccessible|insufficient-capacity|restore-error|storage-full|delet|.*failed$"
)


@dataclass(frozen=True)
class Fate:
    """What is to be done with one database, and why not. ``why`` is empty where there is nothing to say.
    ``for_good`` marks what will be so every time and is said once."""

    database: str
    do: Literal["stop", "start", "nothing"]
    why: str = ""
    for_good: bool = False


def kept_status(kept: str | None, seen: str) -> str:
    """The status to remember. One that is up now replaces any; one seen down replaces none."""
    if seen not in _DOWN and seen != ABSENT:
        return seen
    return "available" if kept == IN_USE else (kept or seen)


def taken_back(saved: SavedCapacity) -> Mapping[str, str]:
    """The statuses to keep from the moment a start uses the databases again. One that was down before the
    stop stays as it was: it is not started."""
    return {name: status if status in _DOWN else IN_USE for name, status in saved.databases.items()}


def to_stop(
    facts: DatabaseFacts, users: Collection[str], *, seen: Collection[str] = (), named: Collection[str] = ()
) -> Fate:
    """``users``: the environments that use it besides this one (``users_of``); ``seen``: those that may be
    named; ``named``: all databases of this one."""
    if facts.member_of:
        return _with_its_cluster(facts, named)
    if facts.status == ABSENT:
        return Fate(facts.id, "nothing", f"RDS has no database `{facts.id}`; the catalog names it.")
    if facts.status == "stopped":
        return Fate(facts.id, "nothing")
    if users:
        return Fate(facts.id, "nothing", left_on(facts.id, users, seen))
    if broken(facts.status):
        why = f"Database `{facts.id}` is left as it is: RDS says {facts.status}, and does not stop it."
        return Fate(facts.id, "nothing", why, for_good=True)
    if facts.cannot_stop:
        why = f"Database `{facts.id}` stays on: it cannot stop ({facts.cannot_stop})."
        return Fate(facts.id, "nothing", why, for_good=True)
    return Fate(facts.id, "stop")


def to_start(facts: DatabaseFacts, saved: SavedCapacity | None, named: Collection[str] = ()) -> Fate:
    """A database that was stopped before its environment was is left stopped; one that can never start is
    named."""
    if facts.member_of:
        return _with_its_cluster(facts, named)
    if broken(facts.status):
        why = f"Database `{facts.id}` is left as it is: RDS says {facts.status}, and does not start it."
        return Fate(facts.id, "nothing", why, for_good=True)
    if facts.status == ABSENT:
        return Fate(facts.id, "nothing", f"RDS has no database `{facts.id}`; the catalog names it.")
    if facts.status not in _NOT_UP:
        return Fate(facts.id, "nothing")
    if saved and saved.databases.get(facts.id) in _DOWN:
        said = f"Database `{facts.id}` was stopped before the environment was, so it stays stopped."
        return Fate(facts.id, "nothing", said)
    return Fate(facts.id, "start")


def broken(status: str) -> bool:
    """Whether neither waiting nor any call of ours ends it (RDS User Guide, *DB instance status*; Aurora,
    *DB cluster status*)."""
    return _BROKEN.match(status) is not None


def _with_its_cluster(facts: DatabaseFacts, named: Collection[str]) -> Fate:
    """RDS refuses to stop or to start one member (facts/ecs 3.4). A stop and a start both say so, once."""
    cluster = f"`{facts.member_of.partition(':')[2]}`"
    if facts.member_of in named:
        why = f"Database `{facts.id}` is a member of the cluster {cluster}, and stops and starts with it."
    else:
        why = (
            f"Database `{facts.id}` is left as it is: it is a member of the cluster {cluster}, which stops "
            f"and starts as a whole: name `{facts.member_of}` instead."
        )
    return Fate(facts.id, "nothing", why, for_good=True)


def sharing(database: str, neighbours: Collection[Environment]) -> tuple[Environment, ...]:
    """The other environments to which the catalog attaches it."""
    return tuple(e for e in neighbours if database in e.databases)


def users_of(
    database: str, neighbours: Collection[Environment], saved: Mapping[str, SavedCapacity]
) -> tuple[str, ...]:
    """Names, sorted, of the other environments for which it must stay on: production always, any other
    unless it is stopped (has something ``saved``, by name) and has not taken the database back."""
    return tuple(
        sorted(
            e.name
            for e in sharing(database, neighbours)
            if e.production or _uses(saved.get(e.name), database)
        )
    )


def left_on(database: str, users: Collection[str], seen: Collection[str]) -> str:
    """``seen``: the environments that may be named to whoever reads it."""
    verb = "uses" if len(users) == 1 else "use"
    return f"Database `{database}` stays on: {named(users, seen)} {verb} it."


def needed(database: str, services: Collection[str]) -> str:
    """The reason that services of its own environment are left running."""
    return f"Database `{database}` stays on: {', '.join(f'`{name}`' for name in services)} may need it."


def _uses(saved: SavedCapacity | None, database: str) -> bool:
    return saved is None or saved.databases.get(database) == IN_USE
