"""`/env restart staging orders-api`: new tasks of the running revision, without a gap."""

from __future__ import annotations

from handlers.keep import stands, terms
from handlers.ports.scope import Scope
from handlers.steps.deploy import deploy_step, state_of
from handlers.steps.stop_task import one_at_a_time
from handlers.words.operation import Argument, Target, operation
from handlers.words.plan import Plan
from handlers.words.result import Offer, Outcome
from policies import images, safeguards
from policies.decision import Decision
from policies.people import Role
from policies.service import ServiceFacts
from policies.standing import words
from policies.times import words as span_words

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
def restart(scope: Scope, service: str, image: str = "") -> Plan | Outcome | Decision:
    """Restart a service: new tasks of what runs now."""
    facts = scope.services.facts(service)
    if facts.desired == 0 and scope.book.capacities.find(scope.environment.name):
        return asleep(scope, service)
    possible = safeguards.deployable(facts, "restart")
    if not possible.allowed:
        return possible
    if image == SAME:
        return one_at_a_time(facts)
    current = scope.images.digests([i.image for i in facts.images])
    moved, untold = images.moved(facts, current), images.untold(facts, current)
    if moved and image != NEW:
        return _which_image(facts, moved, untold)
    return Plan(doing="restarting", steps=(deploy_step(facts),), before=state_of(facts), notes=untold)


def asleep(scope: Scope, service: str) -> Outcome:
    """It was stopped with its environment, so the way out is to start that."""
    name, span = scope.environment.name, span_words(terms(scope).assume)
    offer = Offer(f"Start for {span}", "start", arguments={"until": span.replace(" ", "")}, style="primary")
    told = f"`{name}` is {words(stands(scope), scope.now)}, so there is nothing of `{service}` to restart."
    return Outcome("refused", told, offers=(offer,))


def _which_image(facts: ServiceFacts, moved: tuple[images.Moved, ...], untold: tuple[str, ...]) -> Outcome:
    """A forced deployment would resolve the tag again and run other code than now (ecs-facts 2.2)."""
    gap = " There will be a gap: only one task is desired." if facts.desired == 1 else ""
    return Outcome(
        "needs confirmation",
        f"`{facts.name}` would not come back as it is: its image tag has moved since it was deployed.",
        notes=(
            *(m.sentence for m in moved),
            *untold,
            f"Restarting the same image stops the tasks one at a time, each after its replacement.{gap}",
        ),
        offers=(
            Offer(
                "Redeploy the new image",
                "redeploy",
                target=facts.name,
                arguments={"expected": ",".join(m.tag_digest for m in moved)},
                style="primary",
            ),
            Offer(
                "Restart the same image",
                "restart",
                target=facts.name,
                arguments={"image": SAME},
                plan_hash=one_at_a_time(facts).hash,
            ),
        ),
    )
