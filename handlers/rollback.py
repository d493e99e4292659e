"""`/env rollback staging orders-api`: back to the revision that worked before, or `to` one that is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, assert_never

from handlers.now import refused
from handlers.ports.scope import Scope
from handlers.steps.deploy import state_of
from handlers.steps.roll_back import deploy_earlier_step, stop_deployment_step
from handlers.tell import rollback as tell
from handlers.words.arguments import Hidden, RevisionNamed, ServiceName, word
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.decision import refuse
from policies.access.people import Role
from policies.schedule.standing import zone_of
from policies.service import rollback as ways
from policies.service.facts import ServiceFacts
from policies.service.history import Definition, PastDeployment, short


@operation(
    "rollback",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("rolling back", "rolled back", "was not rolled back", broke="failed to start"),
    conflicts="deployment",
    reversible=True,
    cancels=("restart", "redeploy"),
)
def rollback(
    scope: Scope,
    service: ServiceName,
    to: Annotated[RevisionNamed | None, word("the revision to go back to", "1")] = None,
    expected: Hidden[str] = "",
    sure: Hidden[bool] = False,
) -> Plan | Refusal | Choice | Unchanged:
    """Go back to the revision that worked before, or stop the deployment in progress with a rollback.

    ``expected``: the revision that an undo takes back. ``sure``: the plan was shown and confirmed.
    """
    facts = scope.services.facts(service)
    if not facts.desired and scope.book.capacities.find(scope.environment.name) is not None:
        return tell.asleep(scope.environment.name, service)
    cannot = ways.rollable(facts)
    if cannot is not None:
        return refused(scope, refuse(cannot.rule, cannot.reason), service)
    now = short(ways.running(facts))
    if expected and to is not None and now not in (expected, to):
        return tell.changed_since(service, now, to, expected)
    worked = scope.rollbacks.worked(service)
    way = ways.way_back(facts, worked, to or "")
    match way:
        case ways.Cannot():
            return tell.cannot(service, way)
        case ways.GoesBack():
            return tell.goes_back(service, way)
        case ways.WentBack():
            return tell.went_back(service, way)
        case ways.Runs():
            return tell.runs(service, way)
        case ways.StopIt():
            steps = (stop_deployment_step(facts, way),)
            return Plan("rolling back", steps, state_of(facts), (tell.STOPS,))
        case ways.Deploy(past):
            made = _earlier(scope, facts, past, worked)
            if isinstance(made, Refusal) or sure or expected:
                return made
            return tell.to_confirm(made, service, short(past.definition))
    assert_never(way)


def _earlier(
    scope: Scope, facts: ServiceFacts, past: PastDeployment, worked: Sequence[PastDeployment]
) -> Plan | Refusal:
    """Plan to deploy an earlier revision, with what would not come back as it was."""
    definition = scope.services.definition(past.definition)
    cannot = ways.unusable(definition, facts, worked)
    if cannot is not None:
        return tell.cannot(facts.name, cannot)
    gone = _gone(scope, definition)
    if gone:
        return tell.image_gone(facts.name, definition.arn, gone)
    current = scope.images.digests([c.image for c in definition.containers if "@" not in c.image])
    runs = ways.running(facts)
    earlier = tell.Earlier(
        facts.name,
        past,
        definition,
        ways.not_as_then(definition, past, facts, current),
        ways.kept_settings(past, worked, runs),
    )
    undoable = any(other.definition == runs for other in worked)
    zone = zone_of(scope.environment, scope.schedule)
    return Plan(
        "rolling back",
        (deploy_earlier_step(facts, definition.arn, undoable=undoable),),
        state_of(facts),
        tell.notes(earlier),
        question=tell.question(earlier, runs, zone=zone, now=scope.now),
    )


def _gone(scope: Scope, definition: Definition) -> Sequence[str]:
    """Return the pinned images that the registry no longer has."""
    pinned = {c.image: c.image.split("@", 1)[1] for c in definition.containers if "@" in c.image}
    return sorted(scope.images.missing(pinned)) if pinned else []
