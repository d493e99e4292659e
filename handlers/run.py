"""`/env run staging db-migrate`: runs a one-off task that the catalog approves, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from handlers.ports.scope import Scope
from handlers.steps.one_off import RunGiven, run_step
from handlers.tell import run as tell
from handlers.words.arguments import Hidden, TaskNamed, sentence, word
from handlers.words.errors import Absent, Trouble
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Facts, Plan
from handlers.words.result import Answer, Refusal
from policies.access.decision import Refused
from policies.access.people import Role
from policies.catalog.filling import filled
from policies.service.approved import ApprovedTask, Given
from policies.service.environment import Environment, TagPick
from policies.service.one_off import OneOff
from policies.service.running_once import Defined, Placement, differences

_NO_TAG = re.compile(r"[^\w .:/=+@-]", re.ASCII)
LONGEST_TAG = 256
NO_TASK = TaskNamed("")
MOST_LOOKED_AT = 19
"""How many revisions before the newest are looked at for one that is approved. Each is one call; with the
newest they are 20, for which a full bucket has room (``bot.aws.throttle``: 25 at once).
"""


@dataclass(frozen=True)
class _Meant:
    """What is to run; an empty command is the revision's own."""

    task: ApprovedTask
    command: tuple[str, ...]


def _meant(place: Environment, task: TaskNamed, values: Given | None) -> _Meant | Refusal | Answer:
    if not task:
        return tell.approved(place)
    approved = place.task(task.lower())
    if approved is None:
        return tell.unapproved(place, task, values)
    command = filled(approved, values.values if values else {})
    if isinstance(command, Refused):
        return tell.unfilled(command, approved, values)
    return _Meant(approved, command)


def mistaken(
    scope: Scope, task: TaskNamed = NO_TASK, values: Given | None = None, revision: int = 0
) -> Refusal | Answer | None:
    found = _meant(scope.environment, task, values)
    return None if isinstance(found, _Meant) else found


@operation(
    "run",
    purpose=Purpose.MEND,
    role=Role.DEVELOPER,
    changes=True,
    mistaken=mistaken,
    verb=Verb(
        "running", "ran", "did not run", broke="did not end well", named_by="task", late="is still running"
    ),
    conflicts="deployment",
    stopped_by=("end", tell.STOP_IT),
    apart=True,
    aliases=("run-task",),
)
def run(
    scope: Scope,
    task: Annotated[
        TaskNamed, word("which approved task; without one, all of them are named", "db-migrate")
    ] = NO_TASK,
    values: Annotated[Given | None, sentence("its parameters, each as name=value", "to=0042")] = None,
    revision: Hidden[int] = 0,
) -> Plan | Refusal | Answer:
    """Run a one-off task that the catalog approves, such as a migration, and say how it ended.

    It has the lock of the whole environment, so that nothing stops the environment under it. ``revision``:
    the number of an older revision of its family, which was offered because the newest one differs.
    """
    meant = _meant(scope.environment, task, values)
    if not isinstance(meant, _Meant):
        return meant
    approved, command = meant.task, meant.command
    defined = _older(scope, approved, revision) if revision else _defined(scope, approved, values)
    if isinstance(defined, Refusal):
        return defined
    place = _placement(scope, approved)
    if isinstance(place, Refused):
        return Refusal(place)
    if others := _beside(scope, approved):
        return tell.runs_already(approved, others, scope.environment.name)
    main = defined.container(approved.container)
    typed = tuple(values.values.values()) if values else ()
    given = RunGiven(command or (main.command if main else ()), typed, _tags(scope))
    newer = _newer(scope, approved, defined) if revision else ()
    notes = (tell.what_runs(defined, approved), *newer, *tell.on_spot(approved, place), *_asleep(scope))
    before: Facts = {approved.name: {"revision": defined.arn, "command": list(command)}}
    step = run_step(approved, defined, place, given=given)
    return Plan("running", (step,), before, notes)


def _defined(scope: Scope, task: ApprovedTask, values: Given | None) -> Defined | Refusal:
    """Return the revision that is to run. The newest one of a family is pinned by its ARN from here on. If
    that one differs from what is approved, an older one that does not is offered.
    """
    defined = _read(scope, task, task.reference)
    if isinstance(defined, Refused):
        return Refusal(defined)
    found = differences(task, defined)
    if not found:
        return defined
    if task.revision:
        return Refusal(tell.differs(task, defined, found))
    return _instead(scope, task, values, tell.Newest(defined, found))


def _older(scope: Scope, task: ApprovedTask, number: int) -> Defined | Refusal:
    """Return the older revision that was offered, judged anew."""
    if task.revision:
        return Refusal(tell.pinned_since(task, number))
    defined = _read(scope, task, f"{task.family}:{number}")
    if isinstance(defined, Refused):
        return Refusal(defined)
    found = differences(task, defined)
    return Refusal(tell.differs(task, defined, found, offered=True)) if found else defined


def _read(scope: Scope, task: ApprovedTask, reference: str) -> Defined | Refused:
    try:
        defined = scope.runs.defined(reference)
    except Absent:
        return tell.no_revision(task, reference)
    return defined if defined.active else tell.inactive(task, defined)


def _instead(scope: Scope, task: ApprovedTask, values: Given | None, newest: tell.Newest) -> Refusal:
    """Look for the newest older revision that is approved, among the ``MOST_LOOKED_AT`` before the newest,
    one call for each. ECS counts the revisions of a family up by one and never uses a number again (facts/ecs
    6.1), so no list is asked for.
    """
    last = newest.defined.number - 1
    oldest = max(1, last - MOST_LOOKED_AT + 1)
    for number in range(last, oldest - 1, -1):
        try:
            older = scope.runs.defined(f"{task.family}:{number}")
        except Absent:
            continue
        except Trouble as trouble:
            return tell.older_unread(task, newest, number, trouble)
        if older.active and not differences(task, older):
            return tell.older_fits(task, newest, older, values)
    return tell.none_fits(task, newest, oldest)


def _newer(scope: Scope, task: ApprovedTask, defined: Defined) -> tuple[str, ...]:
    """Say that the newest revision is another one than this, and whether it is approved."""
    try:
        newest = scope.runs.defined(task.family)
    except Absent:
        return ()
    if newest.number <= defined.number:
        return ()
    return (tell.newer(tell.Newest(newest, differences(task, newest))),)


def _placement(scope: Scope, task: ApprovedTask) -> Placement | Refused:
    try:
        return scope.runs.placement(task.service)
    except Absent:
        return tell.no_service(task, scope.environment.name)


def _beside(scope: Scope, task: ApprovedTask) -> list[OneOff]:
    """Return the tasks of the same family that run here already, such as one that outlived its operation."""
    return [one for one in scope.tasks.one_off() if one.ours and one.family == task.of_family]


def _asleep(scope: Scope) -> tuple[str, ...]:
    name = scope.environment.name
    return (tell.asleep(name),) if scope.book.capacities.find(name) is not None else ()


def _tags(scope: Scope) -> dict[str, str]:
    """Return the task's tags: without them, its costs are nobody's, and a stop cannot tell whose it is. The
    step adds its operation.
    """
    place = scope.environment
    picked = {place.pick.key: place.pick.value} if isinstance(place.pick, TagPick) else {}
    requester = _NO_TAG.sub("_", scope.actor.id)[:LONGEST_TAG]
    return {"environment": place.name, "requester": requester, **picked}
