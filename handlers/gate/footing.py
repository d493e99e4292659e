"""What an opened operation is based on now: the ports that its steps use, and whether the steps may still
act.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.gate.fitting import fit
from handlers.gate.parts import Parts
from handlers.ports.store import CatalogState, OperationRecord
from handlers.tell import advance as tell
from handlers.words.plan import Json
from handlers.words.step import StepKind, StepRecord, StepState
from policies.access import safeguards
from policies.access.decision import Refused
from policies.access.people import actor_of
from policies.schedule.overrides import in_force
from policies.schedule.rows import governing
from policies.service.environment import Environment


@dataclass(frozen=True)
class Footing:
    """``place`` is a ``Scope`` or a ``Desk``; ``None`` if the environment is no longer configured.

    ``barred`` says why nothing further may be done; empty while the steps may act. The decision at opening
    was made for the environment as it was then. Looking at what was done is always allowed.
    """

    place: Any
    barred: str = ""


LIES = "lies"
"""The key in a step's facts that holds where its environment was before the call."""


def lies(place: Any) -> list[Json]:
    """Return the environment's account, its region, and which services are its own; nothing for the
    installation.
    """
    environment = getattr(place, "environment", None)
    return [] if environment is None else [environment.account, environment.region, str(environment.pick)]


def led_away(place: Any, step: StepRecord, kind: StepKind[Any, Any, Any]) -> bool:
    """Return whether a look would read another resource of the same name.

    A resource known ``by_id`` stays the same in that account and region, even if its environment now picks
    other services.
    """
    was, now = step.before.get(LIES), lies(place)
    if step.state is StepState.PLANNED or not isinstance(was, list):
        return False
    return was[:2] != now[:2] if getattr(kind, "by_id", False) else was != now


def footing(parts: Parts, record: OperationRecord) -> Footing:
    state = parts.catalog.read()
    actor = actor_of(record.actor_id, record.actor_name)
    if not record.environment:
        return Footing(parts.desk(actor, state, channel=record.channel))
    environment = state.environment(record.environment)
    if environment is None:
        return Footing(None)
    barred = ""
    if environment.generation != record.generation:
        barred = tell.CHANGED
    elif isinstance(safeguards.closed(environment, record.name), Refused):
        barred = tell.CLOSED
    elif record.source == "clock":
        barred = _out_of_turn(parts, environment, record, state)
    return Footing(fit(parts, environment, actor, state, operation_id=record.id), barred)


def _out_of_turn(parts: Parts, environment: Environment, record: OperationRecord, state: CatalogState) -> str:
    """Say why a person's change since the clock began bars the operation; empty if nothing does."""
    now = parts.clock.now()
    held = in_force(parts.book.overrides.current(now), environment.name, now)
    if governing(environment, state.schedules) is None:
        return tell.UNSCHEDULED
    declared = parts.operation(record.name)
    brings = declared.brings if declared else ""
    if held is not None and brings and held.state != brings:
        return tell.kept(held.actor_name, held.state)
    return ""
