"""Names that a form offers for an argument, from the catalog and from what is kept. AWS is not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.gate.parts import Parts
from handlers.ports.store import OperationRecord
from handlers.words.elements import Element
from handlers.words.plan import Json
from policies.service.environment import Environment

LOOKED = 50
"""How many of the newest operations on a service are looked through."""


def kept(parts: Parts, place: Environment, element: Element, service: str) -> tuple[str, ...]:
    """Return the names that are known, the newest revision first; none for an element that no name fills.
    Raises ``StoreLost``.
    """
    match element:
        case "task":
            return tuple(task.name for task in place.tasks)
        case "flag":
            return tuple(flag.name for flag in place.flags)
        case "revision":
            return tuple(dict.fromkeys(_revisions(parts, place, service))) if service else ()
        case "container":
            return tuple(sorted(set(_containers(parts, place, service)))) if service else ()
    return ()


def _revisions(parts: Parts, place: Environment, service: str) -> Iterator[str]:
    """Yield what the meter saw last, and what operations found before and after."""
    sighting = parts.book.ledger.sightings.all().get(place.name)
    seen = sighting.services if sighting else ()
    yield from (_short(each.revision) for each in seen if each.name == service and each.revision)
    for state in _states(parts, place, service):
        if isinstance(found := state.get("revision"), str) and found:
            yield _short(found)


def _containers(parts: Parts, place: Environment, service: str) -> Iterator[str]:
    for state in _states(parts, place, service):
        digests = state.get("digests")
        yield from digests if isinstance(digests, Mapping) else ()


def _states(parts: Parts, place: Environment, service: str) -> Iterator[Mapping[str, Json]]:
    """Yield how the service stood, as operations recorded it, the newest first."""
    for record in parts.records.concerning(place.name, service, LOOKED):
        yield from _of(record, service)


def _of(record: OperationRecord, service: str) -> Iterator[Mapping[str, Json]]:
    for facts in (record.after, record.before):
        state = facts.get(service)
        if isinstance(state, Mapping):
            yield state


def _short(revision: str) -> str:
    return revision.rsplit("/", 1)[-1]
