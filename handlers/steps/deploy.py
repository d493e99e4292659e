"""A forced deployment of the configured revision, judged by its own deployment id."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.tell.steps import deploy as tell
from handlers.words.codec import encode
from handlers.words.plan import Json, Step
from handlers.words.step import Acted, Begun, End, Left, Repeat, Verdict, waits
from policies.service.deployment import judge
from policies.service.facts import Deployment as Found
from policies.service.facts import ServiceFacts
from policies.service.health import Health, Judgement, Tracked

LOOK_AGAIN = timedelta(seconds=5)
"""Time between looks: every 5 to 10 s is fine for one service (facts/ecs 2.4)."""

LOOK_ONCE_MORE = timedelta(seconds=2)
"""Time between the look that found the deployment settled and the look that confirms it (facts/ecs 2.4, rule
3).
"""

LOST_FOR = timedelta(seconds=30)
"""How long, from the first look, the effect of an unanswered call is searched for before the call counts as
never sent.
"""

SKEW = timedelta(minutes=5)
"""How far ECS's creation time may lie before ours for a deployment to still be our own: AWS accepts
signatures from clocks that are this wrong.
"""


@dataclass(frozen=True)
class Deploying:
    """What to deploy. ``revision``: what the service was configured to run at the time of the plan.
    ``back_to``: the earlier revision that is deployed instead, if any; ``undoable``: ``revision`` can be
    brought back.
    """

    revision: str = ""
    back_to: str = ""
    undoable: bool = False


@dataclass(frozen=True)
class Deployed:
    """What is known of the deployment. Before the call, ``deployments`` are the existing ones, ``revision``
    is what runs, and ``arn`` is the service that is deployed, which is looked at by that ARN whoever owns it
    by then. After the call, ``revision`` is that of our deployment. ``healthy_at``: since when its new tasks
    are healthy. ``not_counted_seconds``: how long ECS held the deployment, which does not count as a delay.
    ``looking_since``: since when the effect of a lost answer is searched for.
    """

    deployments: tuple[str, ...] = ()
    revision: str = ""
    deployment: str = ""
    service_deployment: str = ""
    healthy_at: datetime | None = None
    settled_polls: int = 0
    looked_at: datetime | None = None
    not_counted_seconds: float = 0.0
    looking_since: datetime | None = None
    adopted: bool = False
    arn: str = ""


Deployment = Begun[Deploying, Deployed]


def deploy_step(facts: ServiceFacts) -> Step:
    return Step("deploy", on=facts.name, arguments=encode(Deploying(facts.revision)))


def state_of(facts: ServiceFacts) -> dict[str, Json]:
    """Return what an audit entry keeps of a service before and after."""
    digests: dict[str, Json] = dict(facts.digests.items())
    primary = facts.primary.id if facts.primary else ""
    return {
        facts.name: {
            "desired": facts.desired,
            "running": facts.running,
            "revision": facts.revision,
            "deployment": primary,
            "digests": digests,
        }
    }


class Deploy:
    """Makes a deployment. ``NEVER`` repeated: a second call would be a second deployment. For the deadline
    see ``Tracked``.
    """

    name = "deploy"
    repeat = Repeat.NEVER
    by_id = True
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    intent = Deploying
    evidence = Deployed

    def before(self, place: Scope, on: str, intent: Deploying) -> Deployed:
        """Note the existing deployments; a later one that is not among them may be ours."""
        facts = place.services.facts(on)
        known = tuple(d.id for d in facts.deployments)
        return Deployed(arn=facts.arn, deployments=known, revision=facts.revision)

    def act(self, place: Scope, step: Deployment) -> Acted[Deployed]:
        receipt = place.services.deploy(step.on)
        made = Deployed(
            deployment=receipt.deployment,
            service_deployment=receipt.service_deployment,
            revision=receipt.revision,
        )
        return Acted(made, (receipt.request_id,))

    def look(self, place: Scope, step: Deployment) -> Verdict[Deployed]:
        facts = _facts(place, step)
        judgement = judge(facts, self._tracked(step))
        seen = _seen(step.evidence, judgement, place.now)
        match judgement.health:
            case Health.HEALTHY | Health.UNMEASURED if judgement.done:
                return Verdict(End.DONE, judgement.sentence, seen, Left(state_of(facts), timed=True))
            case Health.SUPERSEDED | Health.STOPPED if judgement.done:
                return Verdict(End.SUPERSEDED, judgement.sentence, seen, Left(state_of(facts)))
            case Health.FAILED | Health.ROLLED_BACK | Health.TIMED_OUT:
                found = capture(place, facts, step.evidence.deployment)
                cause = found.cause or judgement.because
                why = Left(state_of(facts), found.logs, cause=cause, broke=bool(found.cause))
                return Verdict(End(judgement.health.value), judgement.sentence, seen, why)
            case _:
                again = LOOK_ONCE_MORE if judgement.settled_polls else LOOK_AGAIN
                return waits(place.now + again, judgement.sentence, seen)

    def recover(self, place: Scope, step: Deployment) -> Verdict[Deployed]:
        """Adopt a deployment that appeared since we began; none for 30 s means the call never arrived."""
        facts = _facts(place, step)
        since = step.evidence.looking_since or place.now
        known, earliest = step.before.deployments, step.began_at - SKEW
        new = (d for d in facts.deployments if d.id not in known and d.created_at >= earliest)
        ours = [d for d in new if self._mine(step, d)]
        if ours:
            found = min(ours, key=lambda d: d.created_at)
            made = Deployed(
                deployment=found.id,
                service_deployment=facts.current_deployment,
                revision=found.revision,
                looking_since=step.evidence.looking_since,
                adopted=True,
            )
            return Verdict(End.ADOPTED, tell.ADOPTED, made)
        if place.now - since < LOST_FOR:
            looking = replace(step.evidence, looking_since=since)
            return waits(place.now + LOOK_AGAIN, tell.LOOKING, looking)
        return Verdict(End.UNDONE, tell.NEVER_BEGAN)

    def _mine(self, step: Deployment, deployment: Found) -> bool:
        """Return whether a deployment that was made since may be ours."""
        return True

    def _tracked(self, step: Deployment) -> Tracked:
        known = step.evidence
        return Tracked(
            deployment=known.deployment,
            service_deployment=known.service_deployment,
            began=step.began_at,
            deadline=self.deadline,
            healthy_since=known.healthy_at,
            settled_polls=known.settled_polls,
            paused_for=timedelta(seconds=known.not_counted_seconds),
            previous_revision=step.before.revision,
        )


def _facts(place: Scope, step: Deployment) -> ServiceFacts:
    """Return the facts of the service on which the call was made. An earlier release did not keep its ARN."""
    made = step.evidence.service_deployment
    if step.before.arn:
        return place.services.facts_of(step.before.arn, made)
    return place.services.facts(step.on, made)


def _seen(known: Deployed, judgement: Judgement, now: datetime) -> Deployed:
    """Return the evidence with its milestones: when the new tasks were first healthy, how many polls were
    settled, how much time does not count.
    """
    held = known.not_counted_seconds
    if judgement.held and known.looked_at is not None:
        held += (now - known.looked_at).total_seconds()
    return replace(
        known,
        settled_polls=judgement.settled_polls,
        looked_at=now,
        healthy_at=judgement.healthy_at,
        not_counted_seconds=held,
    )


KINDS = (Deploy(),)
