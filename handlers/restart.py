"""`/env restart staging orders-api`: new tasks of the running revision, without downtime."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from handlers.now import refused, seen_now, stands, terms
from handlers.ports.scope import Scope
from handlers.steps.deploy import deploy_step, state_of
from handlers.steps.stop_task import one_at_a_time
from handlers.tell import restart as tell
from handlers.words.arguments import ServiceName, named
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal
from policies.access import safeguards
from policies.access.decision import Refused
from policies.access.people import Role
from policies.service import images
from policies.service.facts import ServiceFacts


class Image(StrEnum):
    """What to start if an image tag has moved since the service was deployed."""

    SAME = "same"
    NEW = "new"


@operation(
    "restart",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("restarting", "restarted", "was not restarted", broke="failed to start"),
    conflicts="deployment",
    aliases=("bounce",),
)
def restart(
    scope: Scope,
    service: ServiceName,
    image: Annotated[Image | None, named("what to do when its tag has moved")] = None,
) -> Plan | Refusal | Choice:
    """Restart a service with what runs now; asks first if its image's tag has moved."""
    facts = scope.services.facts(service)
    seen = seen_now(scope) if _taken_away(scope, facts) else "on"
    if seen != "on":
        name, assume = scope.environment.name, terms(scope).assume
        told = tell.How(stands(scope), seen, assume)
        return tell.asleep(name, service, told, now=scope.now)
    possible = safeguards.deployable(facts, "restart")
    if isinstance(possible, Refused):
        return refused(scope, possible, service)
    if image is Image.SAME:
        return one_at_a_time(facts)
    current = scope.images.digests([i.image for i in facts.images])
    moved, untold = images.moved(facts, current), images.untold(facts, current)
    if moved and image is not Image.NEW:
        return tell.which_image(facts, moved, untold, same=one_at_a_time(facts))
    return Plan(doing="restarting", steps=(deploy_step(facts),), before=state_of(facts), notes=untold)


def _taken_away(scope: Scope, facts: ServiceFacts) -> bool:
    """Return whether the service is at zero where a stop has saved something: the environment may be off, or
    on its way.
    """
    return facts.desired == 0 and scope.book.capacities.find(scope.environment.name) is not None
