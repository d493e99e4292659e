"""What ``stop`` says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.words.result import Refusal
from policies.access.decision import refuse
from policies.capacity import stopping

STILL_COSTS = "Load balancers, NAT gateways, caches, addresses and storage stay on, and still cost."
"""facts/ecs 3.4."""


def lacking(environment: str, denied: Mapping[str, Sequence[str]]) -> Refusal:
    return Refusal(refuse(stopping.LACKING, stopping.lacking(environment, denied)))


def all_in_flight(notes: Sequence[str]) -> Refusal:
    """Nothing else is left to stop."""
    return Refusal(refuse(stopping.IN_FLIGHT, " ".join(notes)))


def needed(database: str, services: Sequence[str]) -> str:
    """Of services that are left running."""
    return f"Database `{database}` stays on: {', '.join(f'`{name}`' for name in services)} may need it."


def predictive(service: str, policies: Sequence[str]) -> str:
    """No suspension covers it (facts/ecs 3.2)."""
    named = " and ".join(f"`{policy}`" for policy in policies)
    return (
        f"`{service}` has predictive scaling ({named}), which nothing suspends: it may start tasks while "
        "everything else is stopped, unless it is set to forecast only."
    )


def predictive_unknown(why: str) -> str:
    return f"It is not known whether predictive scaling would start any of it again. {why}"
