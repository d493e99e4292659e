"""Stop one task and wait for its replacement: how the same image is restarted (ecs-facts 2.1, 2.2).

ECS replaces a stopped task of a service by one of the same deployment, so of the same digest.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.steps.deploy import LOOK_AGAIN, state_of
from handlers.steps.safe import Safe
from handlers.words.plan import Facts, Json, Plan, Step
from handlers.words.step import Done, StepRecord, Superseded, TimedOut, Verdict, Waiting
from policies.service import ServiceFacts
from policies.service_health import Health, Judgement, replaced

_OVERTAKEN = (Health.SUPERSEDED, Health.STOPPED)
"""Nothing takes a stopped task's place any more, so none is stopped and none counts as restarted."""


def one_at_a_time(facts: ServiceFacts) -> Plan:
    """Each task of the running deployment, one after the other, each after the last one's replacement.

    Its hash is of the tasks, their deployment and the note, so a press is good for exactly those.
    """
    ours = facts.primary.id if facts.primary else ""
    tasks = [t for t in facts.tasks if ours and t.running and t.deployment == ours]
    steps = tuple(
        Step(
            "stop task",
            on=facts.name,
            arguments={"task": t.id, "deployment": ours},
            after=(n - 1,) if n else (),
        )
        for n, t in enumerate(sorted(tasks, key=lambda t: t.id))
    )
    gap = "One task is desired, so there is a gap until its replacement is healthy."
    notes = (gap,) if facts.desired == 1 else ()
    return Plan(doing="restarting the same image of", steps=steps, before=state_of(facts), notes=notes)


class StopTask(Safe):
    """``SAFE``: stopping a stopped task changes nothing."""

    name = "stop task"
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def before(self, place: Scope, step: Step) -> Facts:
        """``overtaken``: what came between the plan and this step; empty where nothing did."""
        return {"overtaken": _overtaken(_judged(place.services.facts(step.on), step))}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        """Stops the task, unless the service was overtaken; the first look then says by what."""
        overtaken = record.before.get("overtaken")
        if record.began_at is not None and place.now > record.began_at:
            # A call that is repeated, perhaps long after a kill: what was read before it is too old.
            overtaken = _overtaken(_judged(place.services.facts(record.step.on), record.step))
        if overtaken:
            return {"overtaken": overtaken}
        task = str(record.step.arguments["task"])
        receipt = place.tasks.stop(task, f"restarted by {place.actor.id} (operation {place.operation_id})")
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        facts = place.services.facts(record.step.on)
        again = _judged(facts, record.step)
        if held := record.evidence.get("overtaken"):
            return Superseded(f"{held}; nothing more was stopped", {"after": state_of(facts)})
        if again.health in _OVERTAKEN:
            return Superseded(again.sentence, {"after": state_of(facts)})
        if again.done:
            return Done(again.sentence, {"after": state_of(facts)})
        if record.began_at is not None and place.now - record.began_at > self.deadline:
            why: dict[str, Json] = {"captured": capture(place, facts, ""), "after": state_of(facts)}
            return TimedOut(f"Not settled after 15 min: {again.sentence}", why)
        return Waiting(place.now + LOOK_AGAIN, again.sentence)


def _judged(facts: ServiceFacts, step: Step) -> Judgement:
    return replaced(facts, str(step.arguments["task"]), str(step.arguments.get("deployment") or ""))


def _overtaken(judgement: Judgement) -> str:
    return judgement.sentence if judgement.health in _OVERTAKEN else ""


KINDS = (StopTask(),)
