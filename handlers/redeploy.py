"""`/env redeploy staging web`: deploy what the image tag points at now, and say what changed."""

from __future__ import annotations

from handlers.now import refused
from handlers.ports.scope import Scope
from handlers.steps.deploy import deploy_step, state_of
from handlers.tell import restart as tell
from handlers.words.arguments import Hidden, ServiceName
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access import safeguards
from policies.access.decision import Refused
from policies.access.people import Role
from policies.service import images


@operation(
    "redeploy",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb(
        "redeploying",
        "was redeployed",
        "was not redeployed",
        broke="failed to start",
        several="were redeployed",
    ),
    conflicts="deployment",
)
def redeploy(
    scope: Scope, service: ServiceName, expected: Hidden[str] = ""
) -> Plan | Refusal | Choice | Unchanged:
    """Deploy the image that the tag points at now, showing the digest before and after.

    ``expected``: the digests that the actor was shown.
    """
    facts = scope.services.facts(service)
    possible = safeguards.deployable(facts, "redeploy")
    if isinstance(possible, Refused):
        return refused(scope, possible, service)
    current = scope.images.digests([i.image for i in facts.images])
    found = images.pick_up(facts, current)
    if isinstance(found, images.NothingNew):
        return tell.nothing_new(facts.name, found)
    notes = (*(m.sentence for m in found.moved), *images.untold(facts, current))
    if expected and expected != tell.digests(found.moved):
        return tell.moved_again(service, found.moved, notes)
    return Plan(doing="redeploying", steps=(deploy_step(facts),), before=state_of(facts), notes=notes)
