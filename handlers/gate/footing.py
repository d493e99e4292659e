"""What an opened operation stands on now: the ports its steps work with, and whether they may still act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.gate.parts import Parts
from handlers.ports.store import OperationRecord
from policies import safeguards
from policies.people import actor_of


@dataclass(frozen=True)
class Footing:
    """``place`` is a ``Scope`` or a ``Desk``; ``None`` when the environment is configured no more.

    ``barred`` says why nothing further may be done, empty while it may: what was decided when the operation
    was opened was decided for the environment as it was then. Looking at what was done is always allowed.
    """

    place: Any
    barred: str = ""


def footing(parts: Parts, record: OperationRecord) -> Footing:
    state = parts.catalog.read()
    actor = actor_of(record.actor_id, record.actor_name)
    if not record.environment:
        return Footing(parts.desk(actor, state))
    environment = state.environment(record.environment)
    if environment is None:
        return Footing(None)
    barred = ""
    if environment.generation != record.generation:
        barred = "its environment was changed in the catalog meanwhile"
    elif not safeguards.closed(environment, record.name).allowed:
        barred = "its environment is closed now"
    return Footing(parts.scopes.bind(environment, actor, operation_id=record.id), barred)
