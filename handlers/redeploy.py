"""`/env redeploy staging web`: deploy what the image tag points at now, and say what changed."""

from __future__ import annotations

from handlers.ports.scope import Scope
from handlers.steps.deploy import deploy_step, state_of
from handlers.tell import restart as tell
from handlers.words.operation import Argument, Target, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies import images, safeguards
from policies.people import Role


@operation(
    "redeploy",
    role=Role.DEVELOPER,
    target=Target.SERVICE,
    changes=True,
    conflicts="deployment",
    arguments=(Argument("expected", "the digests that were shown", hidden=True),),
)
def redeploy(scope: Scope, service: str, expected: str = "") -> Plan | Refusal | Choice | Unchanged:
    """Deploy the image that the tag points at now, showing the digest before and after."""
    facts = scope.services.facts(service)
    possible = safeguards.deployable(facts, "redeploy")
    if not possible.allowed:
        return Refusal(possible)
    current = scope.images.digests([i.image for i in facts.images])
    found = images.pick_up(facts, current)
    if isinstance(found, images.NothingNew):
        return tell.nothing_new(facts.name, found)
    notes = (*(m.sentence for m in found.moved), *images.untold(facts, current))
    if expected and expected != tell.digests(found.moved):
        return tell.moved_again(service, found.moved, notes)
    return Plan(doing="redeploying", steps=(deploy_step(facts),), before=state_of(facts), notes=notes)
