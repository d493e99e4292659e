"""Stop one task and wait for its replacement: how the same image is restarted (ecs-facts 2.1, 2.2).

ECS replaces a stopped task of a service by one of the same deployment, so of the same digest.
"""

from __future__ import annotations

from datetime import timedelta

from handlers.gate.plan import (
    Done,
    Facts,
    Json,
    Plan,
    Recovery,
    Repeat,
    Step,
    StepRecord,
    TimedOut,
    Unknown,
    Verdict,
    Waiting,
)
from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.steps.deploy import LOOK_AGAIN, state_of
from policies.service import ServiceFacts
from policies.service_health import replaced


def one_at_a_time(facts: ServiceFacts) -> Plan:
    """Each task of the running deployment, one after the other, each after the last one's replacement."""
    ours = facts.primary.id if facts.primary else ""
    tasks = [t for t in facts.tasks if t.running and t.deployment == ours]
    steps = tuple(
        Step("stop task", on=facts.name, arguments={"task": t.id}, after=(n - 1,) if n else ())
        for n, t in enumerate(sorted(tasks, key=lambda t: t.id))
    )
    gap = "One task is desired, so there is a gap until its replacement is healthy."
    notes = (gap,) if facts.desired == 1 else ()
    return Plan(doing="restarting the same image of", steps=steps, before=state_of(facts), notes=notes)


class StopTask:
    """``SAFE``: stopping a stopped task changes nothing."""

    name = "stop task"
    repeat = Repeat.SAFE
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def before(self, place: Scope, step: Step) -> Facts:
        facts = place.services.facts(step.on)
        running: list[Json] = [t.id for t in facts.tasks if t.running]
        return {"running": running}

    def act(self, place: Scope, record: StepRecord) -> Facts:
        task = str(record.step.arguments["task"])
        receipt = place.tasks.stop(task, f"restarted by {place.actor.id} (operation {place.operation_id})")
        return {"request_ids": [receipt.request_id]}

    def look(self, place: Scope, record: StepRecord) -> Verdict:
        task = str(record.step.arguments["task"])
        facts = place.services.facts(record.step.on)
        again = replaced(facts, task)
        if again.done:
            return Done(again.sentence, {"after": state_of(facts)})
        if record.began_at is not None and place.now - record.began_at > self.deadline:
            why: dict[str, Json] = {"captured": capture(place, facts, ""), "after": state_of(facts)}
            return TimedOut(f"Not settled after 15 min: {again.sentence}", why)
        return Waiting(place.now + LOOK_AGAIN, again.sentence)

    def recover(self, place: Scope, record: StepRecord) -> Recovery:
        """Never asked: a safe step is called again."""
        return Unknown("a safe step needs no recovery")


KINDS = (StopTask(),)
