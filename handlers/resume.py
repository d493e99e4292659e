"""`/env resume staging`: give back what keeps an environment on or off; its schedule holds again."""

from __future__ import annotations

from handlers.keep import held_now, stands
from handlers.ports.scope import Scope
from handlers.steps.override import end_override_step
from handlers.words.operation import Argument, operation
from handlers.words.plan import Plan
from handlers.words.result import Outcome
from policies.people import Role
from policies.standing import words


@operation(
    "resume",
    role=Role.DEVELOPER,
    changes=True,
    conflicts="override",
    arguments=(Argument("override", "the one to give back", hidden=True),),
)
def resume(scope: Scope, override: str = "") -> Plan | Outcome:
    """Give back a pause or a keep: the schedule holds again."""
    name, held = scope.environment.name, held_now(scope)
    if held is None:
        told = f"Nothing keeps `{name}` from its schedule: {words(stands(scope), scope.now)}."
        return Outcome("unchanged", told)
    if override and held.id != override:
        told = f"That one has ended; `{name}` is {words(stands(scope), scope.now)}."
        return Outcome("unchanged", told)
    return Plan(
        doing="giving back",
        steps=(end_override_step(held),),
        before={"override": held.id},
        notes=(f"It was {words(stands(scope), scope.now)}.",),
    )
