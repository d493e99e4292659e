"""How many tasks a person may ask for: within the bounds of the catalog, and within those of autoscaling."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from policies.access.decision import Refused, refuse
from policies.access.people import Role
from policies.capacity.facts import ScalingFacts
from policies.catalog.forms import Miswritten, shown
from policies.service.environment import Bound
from policies.service.facts import ServiceFacts

ROLE = Role.OPERATOR
"""Who may scale a service, as far as its catalog allows it."""
MOST = 5000
"""Tasks of one service that ECS runs at most (facts/ecs 1.1)."""
_BOUND = re.compile(r"([0-9]{1,4})\s*(?:-|–|\.\.| to )\s*([0-9]{1,4})")
_ANY = re.compile(r"[*?]")


def bound(service: str, text: str) -> Bound:
    """``1-6``: from one task to six. ``Miswritten`` for anything else."""
    found = _BOUND.fullmatch(text.strip())
    if found is None:
        raise Miswritten(f"{shown(text)} is no range of tasks; write it as 1-6")
    minimum, maximum = int(found[1]), int(found[2])
    if minimum > maximum:
        raise Miswritten(f"{shown(text)} is the wrong way round; write {maximum}-{minimum}")
    if maximum > MOST:
        raise Miswritten(f"{shown(text)}: ECS runs at most {MOST} tasks of a service")
    return Bound(service, minimum, maximum)


def bound_of(service: str, bounds: Sequence[Bound]) -> Bound | None:
    """The bound that covers a service: the one under its own name, else the longest pattern that fits it.
    ``None`` if none does."""
    own = next((b for b in bounds if b.service == service), None)
    fitting = [b for b in bounds if _ANY.search(b.service) and fnmatchcase(service, b.service)]
    return own or max(fitting, key=_closeness, default=None)


def _closeness(bound: Bound) -> tuple[int, int]:
    """More letters are closer; of as many, the pattern with fewer stars is."""
    return len(_ANY.sub("", bound.service)), -bound.service.count("*")


@dataclass(frozen=True)
class Asked:
    """What is asked for: this many tasks of a service that has ``scaling``, or none, within ``bound``."""

    service: str
    count: int
    bound: Bound | None
    scaling: ScalingFacts | None


def out_of_bounds(asked: Asked) -> Refused | None:
    """Why a service may not be scaled to this count; ``None`` if it may.

    Autoscaling moves a service back between its own minimum and maximum (facts/ecs 3.2), unless all of it is
    suspended, so a count outside these is refused too.
    """
    bound, scaling = asked.bound, asked.scaling
    if bound is None:
        return refuse(
            "scaling.no-bounds",
            f"The catalog does not say how many tasks `{asked.service}` may have, so it is not scaled here. "
            f"An admin can allow it: add `scale: {{{asked.service}: 1-{max(asked.count, 2)}}}` to the "
            "environment and run `lamplighter apply`.",
        )
    if not bound.minimum <= asked.count <= bound.maximum:
        return refuse(
            "scaling.bounds",
            f"The catalog allows `{asked.service}` {_range(bound.minimum, bound.maximum)}, and {asked.count} "
            "is outside that.",
        )
    if scaling is None or scaling.suspended.all or scaling.minimum <= asked.count <= scaling.maximum:
        return None
    return refuse(
        "scaling.autoscaling",
        f"Autoscaling keeps `{asked.service}` at {_range(scaling.minimum, scaling.maximum)} and would move "
        f"it back from {asked.count}. Whoever owns its scalable target can change that range.",
    )


def unscalable(facts: ServiceFacts) -> Refused | None:
    """Why a service has no count of its own; ``None`` if it has one. Its controller does not matter: ECS also
    takes a new count of a service that CodeDeploy or another controller deploys (facts/ecs 2.1)."""
    if facts.scheduling == "DAEMON":
        return refuse(
            "safeguards.daemon",
            f"`{facts.name}` is a daemon: one task runs on every instance, so it has no count of its own.",
        )
    if facts.express:
        return refuse(
            "safeguards.express",
            f"`{facts.name}` is an ECS Express service, which has an API of its own; scale it in the ECS "
            "console.",
        )
    if facts.status != "ACTIVE":
        return refuse(
            "safeguards.inactive",
            f"`{facts.name}` is {facts.status or 'in an unknown state'} in ECS (it is being deleted or is "
            "gone), so there is nothing to scale.",
        )
    return None


def _range(minimum: int, maximum: int) -> str:
    if minimum == maximum:
        return f"exactly {maximum} {'task' if maximum == 1 else 'tasks'}"
    return f"{minimum} to {maximum} tasks"
