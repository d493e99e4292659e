"""The step that stops one task and waits for its replacement: so the same image is restarted (facts/ecs 2.1,
2.2).

ECS replaces a stopped task of a service with one of the same deployment, so with the same digest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.captured import capture
from handlers.steps.deploy import LOOK_AGAIN, state_of
from handlers.steps.safe import Safe
from handlers.tell.steps import stop_task as tell
from handlers.words.codec import encode
from handlers.words.plan import Plan, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict, waits
from policies.service.deployment import replaced
from policies.service.facts import ServiceFacts
from policies.service.health import Health, Judgement

_OVERTAKEN = (Health.SUPERSEDED, Health.STOPPED)
"""Outcomes after which nothing replaces a stopped task any more: then no task is stopped and none counts as
restarted.
"""


@dataclass(frozen=True)
class StoppingTask:
    """A task to stop. ``deployment``: the task's own deployment, which is to replace it."""

    task: str
    deployment: str = ""


@dataclass(frozen=True)
class TaskStopped:
    """What stopping found. ``overtaken``: what came between the plan and the call, so that nothing was
    stopped. ``arn``: the task's service, which is looked at by that ARN whoever owns it by then.
    """

    overtaken: str = ""
    arn: str = ""


Stopping = Begun[StoppingTask, TaskStopped]


def one_at_a_time(facts: ServiceFacts) -> Plan:
    """Plan to stop each task of the running deployment, one after the other, each after the last one's
    replacement.

    The plan's hash covers the tasks, their deployment and the note, so a press of a button is valid for
    exactly those.
    """
    ours = facts.primary.id if facts.primary else ""
    tasks = [t for t in facts.tasks if ours and t.running and t.deployment == ours]
    steps = tuple(
        Step(
            "stop task",
            on=facts.name,
            arguments=encode(StoppingTask(t.id, ours)),
            after=(n - 1,) if n else (),
        )
        for n, t in enumerate(sorted(tasks, key=lambda t: t.id))
    )
    notes = (tell.GAP,) if facts.desired == 1 else ()
    return Plan(doing="restarting", steps=steps, before=state_of(facts), notes=notes)


class StopTask(Safe[StoppingTask, TaskStopped]):
    """Stops a task. ``SAFE``: stopping a stopped task changes nothing."""

    name = "stop task"
    intent = StoppingTask
    evidence = TaskStopped
    by_id = True
    deadline = timedelta(minutes=15)
    first_look = timedelta(seconds=2)

    def before(self, place: Scope, on: str, intent: StoppingTask) -> TaskStopped:
        facts = place.services.facts(on)
        return TaskStopped(_overtaken(_judged(facts, intent)), facts.arn)

    def act(self, place: Scope, step: Stopping) -> Acted[TaskStopped]:
        """Stop the task, unless the service was overtaken; the first look then says by what."""
        overtaken = step.before.overtaken
        if place.now > step.began_at:
            # The call is repeated, perhaps long after a kill: what was read before it is too old.
            overtaken = _overtaken(_judged(place.services.facts(step.on), step.intent))
        if overtaken:
            return Acted(TaskStopped(overtaken))
        why = tell.why(place.actor.id, place.operation_id)
        return Acted(request_ids=(place.tasks.stop(step.intent.task, why).request_id,))

    def look(self, place: Scope, step: Stopping) -> Verdict[TaskStopped]:
        arn = step.before.arn
        facts = place.services.facts_of(arn) if arn else place.services.facts(step.on)
        again, after = _judged(facts, step.intent), Left(state_of(facts))
        if held := step.evidence.overtaken:
            return Verdict(End.SUPERSEDED, tell.overtaken(held), left=after)
        if again.health in _OVERTAKEN:
            return Verdict(End.SUPERSEDED, again.sentence, left=after)
        if again.done:
            return Verdict(End.DONE, again.sentence, left=after)
        if place.now - step.began_at > self.deadline:
            found = capture(place, facts, "")
            cause, broke = found.cause or None, bool(found.cause)
            why = replace(after, captured=found.logs, cause=cause, broke=broke)
            said = tell.not_settled(again.sentence, after=self.deadline)
            return Verdict(End.TIMED_OUT, said, left=why)
        return waits(place.now + LOOK_AGAIN, again.sentence)


def _judged(facts: ServiceFacts, intent: StoppingTask) -> Judgement:
    return replaced(facts, intent.task, intent.deployment)


def _overtaken(judgement: Judgement) -> str:
    return judgement.sentence if judgement.health in _OVERTAKEN else ""


KINDS = (StopTask(),)
