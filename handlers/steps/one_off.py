"""The step that runs one approved task and looks at it until it ends, and the step that stops such a task.

Everything that is asked of ECS stands in the intent, because a repeated call with the same token has to be
the same call (facts/ecs 6.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from handlers.ports.runs import RunOrder
from handlers.ports.scope import Scope
from handlers.steps.capacity import LATER, SOON, asked_again
from handlers.steps.captured import last_lines
from handlers.steps.safe import Safe
from handlers.tell.steps import captured, safe
from handlers.tell.steps import one_off as tell
from handlers.words.codec import encode
from handlers.words.errors import Absent, Rejected
from handlers.words.message import Log
from handlers.words.plan import Facts, Step
from handlers.words.step import Acted, Begun, End, Left, Nothing, Repeat, Verdict, waits
from policies.access.people import actor_name
from policies.secrets.redaction import redact
from policies.service.approved import ApprovedTask
from policies.service.facts import Task
from policies.service.running_once import Defined, Placement, ended, ended_first, started_by
from policies.service.telling import telling_words

RESENT_FOR = timedelta(minutes=55)
"""How long after the send the call may be repeated. Its token lives for an hour after the end of its task at
the least (facts/ecs 6.1); a later call would run a short task a second time.
"""
FIRST_LOOKS = timedelta(seconds=2)
"""Time to the second look at a task that ECS does not show yet; each further one takes twice as long."""
SHOWN_WITHIN = timedelta(minutes=10)
"""How long ECS may not show a task that it has accepted; our own choice."""
LONGEST_KEPT = 200
"""Characters of values that a record keeps as they are, with room for their names."""
CONFLICT = "ConflictException"
STOPPED = "STOPPED"


@dataclass(frozen=True)
class RunningTask:
    """What to run. ``essential``: the other containers whose end ends the task. ``log``: group and prefix of
    its container's streams; empty if they cannot be read from here. ``typed``: the values that fill it.
    """

    revision: str
    container: str
    placement: Placement
    command: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    essential: tuple[str, ...] = ()
    log: tuple[str, ...] = ()
    minutes: int = 30
    typed: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskRan:
    """What is known of the run. ``sent_at``: when the call was first about to be made. ``unseen``: for how
    many looks in a row ECS has not shown the task.
    """

    sent_at: datetime | None = None
    task: str = ""
    failures: tuple[str, ...] = ()
    seen: bool = False
    unseen: int = 0
    adopted: bool = False
    first: str = ""
    """The sidecar that was seen to end before the task's own container."""


Run = Begun[RunningTask, TaskRan]


def run_step(task: ApprovedTask, defined: Defined, place: Placement, *, given: RunGiven) -> Step:
    main = defined.container(task.container)
    log = (main.log_group, main.log_prefix) if main and main.log_group else ()
    others = tuple(c.name for c in defined.containers if c.essential and c.name != task.container)
    own = main is not None and given.command == main.command
    intent = RunningTask(
        revision=defined.arn,
        container=task.container,
        placement=place,
        command=() if own else given.command,
        tags=given.tags,
        essential=others,
        log=log,
        minutes=task.minutes,
        typed=given.typed,
    )
    return Step("run task", task.name, encode(intent))


@dataclass(frozen=True)
class RunGiven:
    """What is particular to this run: its command, the values that somebody typed for it, and its tags."""

    command: tuple[str, ...]
    typed: tuple[str, ...]
    tags: Mapping[str, str]


class RunTask:
    """Runs a task. ``TOKEN``: with the step's own token a repeated call is the same task.

    The token protects for less than an hour after a short task has ended, so an older call is never repeated:
    its task is looked for by its ``startedBy``.
    """

    name = "run task"
    intent = RunningTask
    evidence = TaskRan
    repeat = Repeat.TOKEN
    by_id = True
    deadline = RESENT_FOR + timedelta(minutes=10)
    first_look = timedelta(seconds=2)

    def before(self, place: Scope, on: str, intent: RunningTask) -> TaskRan:
        return TaskRan(sent_at=place.now)

    def act(self, place: Scope, step: Run) -> Acted[TaskRan]:
        if abs(place.now - _sent(step)) >= RESENT_FOR:
            return _found(place, step)
        try:
            with asked_again():
                started = place.runs.start(_order(place, step))
        except Rejected as refused:
            if refused.code != CONFLICT:
                raise
            return _found(place, step)
        return Acted(TaskRan(task=started.task, failures=started.failures), (started.request_id,))

    def look(self, place: Scope, step: Run) -> Verdict[TaskRan]:
        known, took = step.evidence, place.now - _sent(step)
        if not known.task:
            left = Left(again=_repeatable(step.intent.typed))
            return Verdict(End.FAILED, tell.not_started(known.failures), left=left)
        task = place.runs.task(step.intent.placement.cluster, known.task)
        if task is None:
            return _unseen(place, known, took)
        first = ended_first(task, step.intent.container, step.intent.essential)
        known = replace(known, seen=True, unseen=0, first=known.first or first)
        if task.last_status == STOPPED:
            return _ended(place, step, task)
        limit = timedelta(minutes=step.intent.minutes)
        if took > limit:
            left = Left(_after(step, None), _logs(place, step))
            return Verdict(End.TIMED_OUT, tell.still_runs(after=limit), known, left)
        said = tell.RUNNING if task.last_status == "RUNNING" else tell.STARTING
        until = place.now + (SOON if took < timedelta(minutes=1) else LATER)
        ends = {"which": known.task}
        return Verdict(End.WAITS, said, known, Left(ends=ends), until=until)

    def recover(self, place: Scope, step: Run) -> Verdict[TaskRan]:
        """Never called for a ``TOKEN`` step."""
        return Verdict(End.UNKNOWN, safe.NEVER_ASKED)


def _sent(step: Run) -> datetime:
    return step.before.sent_at or step.began_at


def _repeatable(typed: tuple[str, ...]) -> bool:
    """Tell whether the operation's record has the arguments as typed, and neither masked nor as a hash."""
    return all(redact(value) == value for value in typed) and sum(map(len, typed)) < LONGEST_KEPT


def _order(place: Scope, step: Run) -> RunOrder:
    intent, operation_id = step.intent, place.operation_id
    return RunOrder(
        revision=intent.revision,
        placement=intent.placement,
        token=f"{operation_id}-{step.position}",
        started_by=started_by(operation_id, step.position),
        container=intent.container,
        command=intent.command,
        tags={**intent.tags, "operation": operation_id},
    )


def _found(place: Scope, step: Run) -> Acted[TaskRan]:
    """Look for the task of an earlier call. Raise ``Rejected`` if there is none: nobody can tell whether that
    call was taken, because a task that has ended is not listed by ``startedBy``.
    """
    by = started_by(place.operation_id, step.position)
    tasks = place.runs.started(step.intent.placement.cluster, by)
    if not tasks:
        raise Rejected(tell.NEVER_FOUND)
    return Acted(TaskRan(task=tasks[0], adopted=True))


def _unseen(place: Scope, known: TaskRan, took: timedelta) -> Verdict[TaskRan]:
    """Judge a task that ECS does not show: just after its start that is usual (facts/ecs 6.1)."""
    if known.seen or took > SHOWN_WITHIN:
        return Verdict(End.UNKNOWN, tell.LOST)
    again = min(FIRST_LOOKS * 2**known.unseen, LATER)
    return waits(place.now + again, tell.NOT_SHOWN, replace(known, unseen=known.unseen + 1))


def _ended(place: Scope, step: Run, task: Task) -> Verdict[TaskRan]:
    intent, logs = step.intent, _logs(place, step)
    end = ended(task, intent.container, intent.essential, first=step.evidence.first)
    after = _after(step, end.code)
    if end.well:
        return Verdict(End.DONE, tell.exited(0), left=Left(after, logs))
    said = telling_words([line for log in logs for line in log.lines]) if end.code else ""
    cause = tell.failed(end.cause, said)
    return Verdict(End.FAILED, cause, left=Left(after, logs, cause=cause, broke=True))


def _after(step: Run, code: int | None) -> Facts:
    ran = {"revision": step.intent.revision, "task": step.evidence.task, "exit code": code}
    return {step.on: {**ran, "command": list(step.intent.command)}}


def _logs(place: Scope, step: Run) -> tuple[Log, ...]:
    """The last lines of its container. They come with every outcome."""
    if not step.intent.log:
        return (Log(tell.LAST_LINES, (tell.NOT_FROM_HERE,)),)
    group, prefix = step.intent.log
    stream = f"{prefix}/{step.intent.container}/{step.evidence.task}"
    return (Log(captured.log(group, stream), last_lines(place, group, stream), tail=True),)


@dataclass(frozen=True)
class EndingTask:
    """Which task to stop, and in which cluster it is."""

    task: str
    cluster: str


def end_step(name: str, task: str, cluster: str) -> Step:
    return Step("end task", name, encode(EndingTask(task, cluster)))


class EndTask(Safe[EndingTask, Nothing]):
    """Stops exactly that task. ``SAFE``: stopping a stopped task changes nothing."""

    name = "end task"
    intent = EndingTask
    evidence = Nothing
    by_id = True
    deadline = timedelta(minutes=5)
    first_look = timedelta(seconds=2)

    def act(self, place: Scope, step: Begun[EndingTask, Nothing]) -> Acted[Nothing]:
        try:
            with asked_again():
                receipt = place.tasks.stop(step.intent.task, tell.why(actor_name(place.actor)))
        except Absent:
            return Acted()
        return Acted(request_ids=(receipt.request_id,))

    def look(self, place: Scope, step: Begun[EndingTask, Nothing]) -> Verdict[Nothing]:
        task = place.runs.task(step.intent.cluster, step.intent.task)
        if task is None or task.last_status == STOPPED:
            return Verdict(End.DONE, tell.STOPPED)
        if place.now - step.began_at > self.deadline:
            return Verdict(End.TIMED_OUT, tell.not_stopped(after=self.deadline))
        return waits(place.now + SOON, tell.STOPPING)


KINDS = (RunTask(), EndTask())
