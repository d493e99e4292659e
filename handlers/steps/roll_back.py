"""Going back: a service deployment in progress is stopped, or an earlier revision is deployed, each watched
by its own id.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.steps.deploy import LOOK_AGAIN, LOST_FOR, Deploy, Deployed, Deploying, Deployment, state_of
from handlers.tell.steps import roll_back as tell
from handlers.words.codec import encode
from handlers.words.errors import Rejected
from handlers.words.plan import Step
from handlers.words.step import Acted, Begun, End, Left, Repeat, Verdict, waits
from policies.service.facts import Deployment as Found
from policies.service.facts import ServiceFacts
from policies.service.history import short
from policies.service.rollback import GOING_BACK, STOPPABLE, StopIt, running

_BACK = frozenset({*GOING_BACK, "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})


def deploy_earlier_step(facts: ServiceFacts, back_to: str, *, undoable: bool) -> Step:
    """Deploy ``back_to``. ``undoable``: the revision that runs now has worked here, so it can be brought
    back."""
    planned = Deploying(running(facts), back_to, undoable)
    return Step("deploy earlier", on=facts.name, arguments=encode(planned))


def stop_deployment_step(facts: ServiceFacts, way: StopIt) -> Step:
    return Step("stop deployment", on=facts.name, arguments=encode(Stopping(way.release.arn, way.hook)))


class DeployEarlier(Deploy):
    """Deploys an earlier revision. ``NEVER`` repeated and judged as any other deployment of ours."""

    name = "deploy earlier"

    def act(self, place: Scope, step: Deployment) -> Acted[Deployed]:
        """Deploy, unless somebody deployed another revision since the plan was confirmed: theirs stays."""
        if step.before.revision != step.intent.revision:
            raise Rejected(tell.changed_meanwhile(step.on, short(step.before.revision)))
        receipt = place.rollbacks.deploy(step.on, step.intent.back_to)
        made = Deployed(
            deployment=receipt.deployment,
            service_deployment=receipt.service_deployment,
            revision=step.intent.back_to,
        )
        return Acted(made, (receipt.request_id,))

    def look(self, place: Scope, step: Deployment) -> Verdict[Deployed]:
        """Where ECS gave the earlier revision up and went back to the newer, nothing was rolled back."""
        found, to, came = super().look(place, step), short(step.intent.back_to), short(step.intent.revision)
        undo = {"to": came, "expected": to} if step.intent.undoable else {}
        match found.end:
            case End.DONE:
                said = tell.runs_again(to, found.sentence)
                return replace(found, sentence=said, left=replace(found.left, undo=undo))
            case End.TIMED_OUT:
                return replace(found, left=replace(found.left, undo=undo))
            case End.ROLLED_BACK:
                why = found.left.cause if found.left.cause is not None else found.sentence
                said = tell.returned(to, came, why)
                return replace(found, end=End.FAILED, sentence=said, left=replace(found.left, cause=said))
        return found

    def _mine(self, step: Deployment, deployment: Found) -> bool:
        return deployment.revision == step.intent.back_to


@dataclass(frozen=True)
class Stopping:
    """``release``: ARN of the service deployment. ``hook``: the hook at which it waits, if any."""

    release: str
    hook: str = ""


@dataclass(frozen=True)
class Stopped:
    """Before the call, ``arn`` is the service, which is looked at by that ARN, and ``deployment`` is what is
    being rolled back. ``looking_since``: since when the effect of a lost answer is searched for.
    """

    arn: str = ""
    deployment: str = ""
    looking_since: datetime | None = None
    adopted: bool = False


Stop = Begun[Stopping, Stopped]


class StopDeployment:
    """Stops a service deployment with a rollback. ``NEVER`` repeated: the order is looked for by its
    effect."""

    name = "stop deployment"
    repeat = Repeat.NEVER
    by_id = True
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    intent = Stopping
    evidence = Stopped

    def before(self, place: Scope, on: str, intent: Stopping) -> Stopped:
        facts = place.services.facts(on, intent.release)
        return Stopped(facts.arn, facts.primary.id if facts.primary else "")

    def act(self, place: Scope, step: Stop) -> Acted[Stopped]:
        receipt = place.rollbacks.stop(step.on, step.intent.release, step.intent.hook)
        return Acted(None, (receipt.request_id,))

    def look(self, place: Scope, step: Stop) -> Verdict[Stopped]:
        facts = place.services.facts_of(step.before.arn, step.intent.release)
        status = facts.service_deployment.status if facts.service_deployment else ""
        left, runs = Left(state_of(facts)), short(running(facts))
        match status:
            case "ROLLBACK_SUCCESSFUL":
                return Verdict(End.DONE, tell.went_back(runs), left=left)
            case "ROLLBACK_FAILED":
                found = capture(place, facts, "")
                cause = tell.could_not(found.cause)
                return Verdict(End.FAILED, cause, left=Left(left.after, found.logs, cause=cause))
            case "SUCCESSFUL":
                return Verdict(End.FAILED, tell.TOO_LATE, left=left)
            case "STOPPED":
                return Verdict(End.SUPERSEDED, tell.OVERTAKEN, left=left)
        if place.now - step.began_at > self.deadline:
            return Verdict(End.TIMED_OUT, tell.slow(self.deadline), left=left)
        return waits(place.now + LOOK_AGAIN, tell.going_back(facts, started=status in GOING_BACK))

    def recover(self, place: Scope, step: Stop) -> Verdict[Stopped]:
        """Adopt a rollback of that deployment; none for 30 s means that the order never arrived. Whoever gave
        the order, a deployment rolls back once.
        """
        facts = place.services.facts_of(step.before.arn, step.intent.release)
        status = facts.service_deployment.status if facts.service_deployment else ""
        since = step.evidence.looking_since or place.now
        if status in _BACK:
            return Verdict(End.ADOPTED, tell.ADOPTED, replace(step.evidence, adopted=True))
        if status in STOPPABLE and place.now - since < LOST_FOR:
            return waits(place.now + LOOK_AGAIN, tell.LOOKING, replace(step.evidence, looking_since=since))
        return Verdict(End.UNDONE, tell.NEVER_STOPPED)


KINDS = (DeployEarlier(), StopDeployment())
