"""`/env list`: the environments I may view, and what is being done in them."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.gate.answers import doing
from handlers.gate.desk import Desk
from handlers.gate.errors import Trouble
from handlers.gate.operation import Argument, Reach, operation
from handlers.gate.outcome import Offer, Outcome, Table
from policies.access import standing
from policies.environment import Environment
from policies.people import Role

PAGE = 10
"""Environments an answer looks at live: each costs a few ECS calls (ecs-facts 1.5). More by button."""


@operation(
    "list",
    role=Role.VIEWER,
    reach=Reach.VIEWABLE,
    aliases=("ls", "environments"),
    arguments=(Argument("skip", "how many to pass over", hidden=True),),
)
def list_(desk: Desk, skip: str = "0") -> Outcome:
    """Your environments: how many services are up, and what is being done."""
    start = int(skip) if skip.isdigit() else 0
    everything = desk.environments
    shown = everything[start : start + PAGE]
    if not everything:
        return Outcome("list", "There is no environment here for you yet; an admin can give you a grant.")
    running = {r.environment: doing(r, now=desk.now) for r in desk.records.running([e.name for e in shown])}
    rows = tuple(_row(desk, environment, running) for environment in shown)
    left = len(everything) - start - len(shown)
    more = (
        (Offer(f"{left} more", "list", arguments={"skip": str(start + PAGE)}, once=False),)
        if left > 0
        else ()
    )
    return Outcome(
        "list",
        f"{len(everything)} environment{'s' if len(everything) != 1 else ''} you may view.",
        table=Table(("Environment", "Tier", "Services", "You are", "Now"), rows),
        offers=more,
    )


def _row(desk: Desk, environment: Environment, running: Mapping[str, str]) -> tuple[str, ...]:
    found = standing(environment, desk.mine)
    role = found.role.word if found else ""
    now = running.get(environment.name, "")
    return (environment.name, environment.tier.value, _up(desk, environment), role, now)


def _up(desk: Desk, environment: Environment) -> str:
    """`5 up of 6`, or why it cannot be told; one unreadable environment leaves the others shown."""
    try:
        services = desk.scopes.bind(environment, desk.actor).services
        facts = services.summaries([s.name for s in services.members().own])
    except Trouble as trouble:
        return f"cannot tell: {trouble.sentence}"
    up = sum(f.desired > 0 and f.running >= f.desired for f in facts)
    return f"{up} up of {len(facts)}"
