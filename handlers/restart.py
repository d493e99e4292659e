"""`/env restart staging orders-api`: new tasks of the running revision, without a gap."""

from __future__ import annotations

from handlers.keep import stands, terms
from handlers.ports.scope import Scope
from handlers.steps.deploy import deploy_step, state_of
from handlers.steps.stop_task import one_at_a_time
from handlers.tell import restart as tell
from handlers.words.operation import Argument, Target, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal
from policies import images, safeguards
from policies.people import Role

SAME, NEW = "same", "new"


@operation(
    "restart",
    role=Role.DEVELOPER,
    target=Target.SERVICE,
    changes=True,
    conflicts="deployment",
    aliases=("bounce",),
    arguments=(Argument("image", "what to do when its tag has moved", choices=(SAME, NEW)),),
)
def restart(scope: Scope, service: str, image: str = "") -> Plan | Refusal | Choice:
    """Restart a service: new tasks of what runs now."""
    facts = scope.services.facts(service)
    if facts.desired == 0 and scope.book.capacities.find(scope.environment.name):
        name, assume = scope.environment.name, terms(scope).assume
        return tell.asleep(name, service, stands(scope), assume=assume, now=scope.now)
    possible = safeguards.deployable(facts, "restart")
    if not possible.allowed:
        return Refusal(possible)
    if image == SAME:
        return one_at_a_time(facts)
    current = scope.images.digests([i.image for i in facts.images])
    moved, untold = images.moved(facts, current), images.untold(facts, current)
    if moved and image != NEW:
        return tell.which_image(facts, moved, untold, same=one_at_a_time(facts))
    return Plan(doing="restarting", steps=(deploy_step(facts),), before=state_of(facts), notes=untold)
