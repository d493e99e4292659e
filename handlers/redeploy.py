"""`/env redeploy staging web`: deploy what the image tag points at now, and say what changed."""

from __future__ import annotations

from handlers.ports.scope import Scope
from handlers.steps.deploy import deploy_step, state_of
from handlers.words.operation import Argument, Target, operation
from handlers.words.plan import Plan
from handlers.words.result import Offer, Outcome
from policies import images, safeguards
from policies.decision import Decision
from policies.people import Role


@operation(
    "redeploy",
    role=Role.DEVELOPER,
    target=Target.SERVICE,
    changes=True,
    conflicts="deployment",
    arguments=(Argument("expected", "the digests that were shown", hidden=True),),
)
def redeploy(scope: Scope, service: str, expected: str = "") -> Plan | Outcome | Decision:
    """Deploy the image that the tag points at now, showing the digest before and after."""
    facts = scope.services.facts(service)
    possible = safeguards.deployable(facts, "redeploy")
    if not possible.allowed:
        return possible
    current = scope.images.digests([i.image for i in facts.images])
    found = images.pick_up(facts, current)
    if isinstance(found, images.NothingNew):
        return _nothing_new(facts.name, found)
    notes = (*(m.sentence for m in found.moved), *images.untold(facts, current))
    if expected and expected != ",".join(m.tag_digest for m in found.moved):
        again = Offer(
            "Redeploy the new image",
            "redeploy",
            target=service,
            arguments={"expected": ",".join(m.tag_digest for m in found.moved)},
            style="primary",
        )
        said = f"The tag of `{service}` has moved once more since it was shown."
        return Outcome("needs confirmation", said, notes=notes, offers=(again,))
    return Plan(doing="redeploying", steps=(deploy_step(facts),), before=state_of(facts), notes=notes)


def _nothing_new(service: str, found: images.NothingNew) -> Outcome:
    status, said = (
        ("unchanged", "There is nothing new to deploy for")
        if found.known
        else ("unknown", "It cannot be told whether there is anything new to deploy for")
    )
    restart = Offer("Restart it anyway", "restart", target=service)
    return Outcome(status, f"{said} `{service}`: {found.reason}", offers=(restart,))
