"""A forced deployment of the revision that is configured, judged by its own deployment id."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import (
    Adopted,
    Done,
    Failed,
    Recovery,
    Repeat,
    RolledBack,
    StepRecord,
    Superseded,
    TimedOut,
    Undone,
    Verdict,
    Waiting,
)
from policies.service import ServiceFacts
from policies.service_health import Health, Judgement, Tracked, judge

LOOK_AGAIN = timedelta(seconds=5)
"""ecs-facts 2.4: every 5 to 10 s is fine for one service."""

LOOK_ONCE_MORE = timedelta(seconds=2)
"""Between the look that found it settled and the one that holds it to that (ecs-facts 2.4, rule 3)."""

LOST_FOR = timedelta(seconds=30)
"""How long, from the first look for it, the effect of an unanswered call is looked for before the call
counts as never sent (GATE 2)."""

SKEW = timedelta(minutes=5)
"""By how much ECS's creation time may lie before ours for a deployment to still be our own: AWS accepts
signatures from clocks that are this wrong."""


def deploy_step(facts: ServiceFacts) -> Step:
    return Step("deploy", on=facts.name, arguments={"revision": facts.revision})


def state_of(facts: ServiceFacts) -> dict[str, Json]:
    """What an audit entry keeps of a service before and after."""
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
    """``NEVER`` repeated: a second call would be a second deployment. Deadline: see ``Tracked``."""

    name = "deploy"
    repeat = Repeat.NEVER
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def before(self, place: Scope, step: Step) -> Facts:
        """The deployments there are now; a later one that is not among them may be ours."""
        facts = place.services.facts(step.on)
        known: list[Json] = [d.id for d in facts.deployments]
        return {"deployments": known, "revision": facts.revision}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        receipt = place.services.deploy(record.step.on)
        return {
            "deployment": receipt.deployment,
            "service_deployment": receipt.service_deployment,
            "revision": receipt.revision,
            "request_ids": [receipt.request_id],
        }

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        evidence = record.evidence
        facts = place.services.facts(record.step.on, str(evidence.get("service_deployment") or ""))
        judgement = judge(facts, self._tracked(record))
        return self._verdict(place, record, facts, judgement)

    def recover(self, place: Scope, record: StepRecord) -> Recovery:
        """Adopt a deployment that appeared since we began; none for 30 s means the call never arrived."""
        facts = place.services.facts(record.step.on)
        began, known = record.began_at or place.now, record.before.get("deployments")
        before = known if isinstance(known, list) else []
        first = record.evidence.get("looking_since")
        since = datetime.fromisoformat(first) if isinstance(first, str) else place.now
        ours = [d for d in facts.deployments if d.id not in before and d.created_at >= began - SKEW]
        if ours:
            found = min(ours, key=lambda d: d.created_at)
            said = "the answer to the deployment was lost; its effect was found"
            evidence: dict[str, Json] = {
                "deployment": found.id,
                "service_deployment": facts.current_deployment,
                "revision": found.revision,
                "adopted": True,
                "answer": "lost",
            }
            return Adopted(said, evidence)
        if place.now - since < LOST_FOR:
            looking: dict[str, Json] = {"looking_since": since.isoformat()}
            return Waiting(place.now + LOOK_AGAIN, "looking whether the deployment was begun", looking)
        return Undone("Interrupted: AWS never began the deployment; nothing was done.")

    def _tracked(self, record: StepRecord) -> Tracked:
        evidence = record.evidence
        healthy = evidence.get("healthy_at")
        held = evidence.get("not_counted_seconds")
        polls = evidence.get("settled_polls")
        began = record.began_at
        assert began is not None, "a step that is looked at has begun"
        return Tracked(
            deployment=str(evidence.get("deployment") or ""),
            service_deployment=str(evidence.get("service_deployment") or ""),
            began=began,
            deadline=self.deadline,
            healthy_since=datetime.fromisoformat(healthy) if isinstance(healthy, str) else None,
            settled_polls=polls if isinstance(polls, int) else 0,
            paused_for=timedelta(seconds=held if isinstance(held, int | float) else 0),
            previous_revision=str(record.before.get("revision") or ""),
        )

    def _verdict(
        self, place: Scope, record: StepRecord, facts: ServiceFacts, judgement: Judgement
    ) -> Verdict:
        seen = self._seen(record, judgement, place.now)
        match judgement.health:
            case Health.HEALTHY | Health.UNMEASURED if judgement.done:
                return Done(judgement.sentence, {**seen, "after": state_of(facts)})
            case Health.FAILED:
                return Failed(judgement.sentence, {**seen, **self._why(place, record, facts)})
            case Health.ROLLED_BACK:
                return RolledBack(judgement.sentence, {**seen, **self._why(place, record, facts)})
            case Health.SUPERSEDED | Health.STOPPED if judgement.done:
                return Superseded(judgement.sentence, {**seen, "after": state_of(facts)})
            case Health.TIMED_OUT:
                return TimedOut(judgement.sentence, {**seen, **self._why(place, record, facts)})
            case _:
                again = LOOK_ONCE_MORE if judgement.settled_polls else LOOK_AGAIN
                return Waiting(place.now + again, judgement.sentence, seen)

    def _seen(self, record: StepRecord, judgement: Judgement, now: datetime) -> dict[str, Json]:
        """Milestones to remember: when the new tasks were first healthy, polls held, time not counted."""
        seen: dict[str, Json] = {
            "settled_polls": judgement.settled_polls,
            "looked_at": now.isoformat(),
            "healthy_at": judgement.healthy_at.isoformat() if judgement.healthy_at else None,
        }
        last, held = record.evidence.get("looked_at"), record.evidence.get("not_counted_seconds")
        so_far = held if isinstance(held, int | float) else 0
        if judgement.held and isinstance(last, str):
            so_far += (now - datetime.fromisoformat(last)).total_seconds()
        seen["not_counted_seconds"] = so_far
        return seen

    def _why(self, place: Scope, record: StepRecord, facts: ServiceFacts) -> dict[str, Json]:
        ours = str(record.evidence.get("deployment") or "")
        return {"captured": capture(place, facts, ours), "after": state_of(facts)}


KINDS = (Deploy(),)
