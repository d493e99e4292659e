"""What ``stop`` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from handlers.ports.scope import Used
from handlers.ports.store import OperationRecord
from handlers.words.result import Refusal
from policies.access.decision import refuse
from policies.capacity import stopping
from policies.schedule.overrides import Override
from policies.schedule.standing import said_in_full

STILL_COSTS = "Load balancers, NAT gateways, caches, addresses and storage stay on, and still cost."
"""facts/ecs 3.4."""


def lacking(environment: str, denied: Mapping[str, Sequence[str]]) -> Refusal:
    return Refusal(refuse(stopping.LACKING, stopping.lacking(environment, denied)))


def all_in_flight(notes: Sequence[str]) -> Refusal:
    """Nothing else is left to stop."""
    return Refusal(refuse(stopping.IN_FLIGHT, " ".join(notes)))


def predictive(service: str, policies: Sequence[str]) -> str:
    """No suspension covers it (facts/ecs 3.2)."""
    named = " and ".join(f"`{policy}`" for policy in policies)
    return (
        f"`{service}` has predictive scaling ({named}), which nothing suspends: it may start tasks while "
        "everything else is stopped, unless it is set to forecast only."
    )


def predictive_unknown(why: str) -> str:
    return f"It is not known whether predictive scaling would start any of it again. {why}"


def touched(
    held: Override | None, move: OperationRecord | None, used: Used | None, *, zone: tzinfo, now: datetime
) -> tuple[str, ...]:
    """Whom a stop by hand touches. ``held``: the override in force; ``move``: a start that it cancels."""
    lines = []
    if move is not None:
        lines.append(f"It cancels the start by {move.actor_name}, which is under way.")
    if held is not None and held.state == "up":
        why = f" ({held.reason})" if held.reason else ""
        until = said_in_full(held.end, zone, now)
        lines.append(f"{keeper(held)} keeps it on until {until}{why}; stopping it ends that.")
    if used is not None:
        lines.append(f"Last used by {used.by} at {said_in_full(used.at, zone, now)}.")
    return tuple(lines)


def keep_ended(held: Override, zone: tzinfo, now: datetime) -> str:
    """By a stop."""
    whose = f"{held.actor_name}'s keep" if held.actor_name else "the keep"
    return f"{whose} until {said_in_full(held.end, zone, now)} ended"


def keeper(held: Override) -> str:
    return held.actor_name or "somebody"
