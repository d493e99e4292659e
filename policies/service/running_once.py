"""One-off tasks that are run here: whether a revision is what was approved, and how a run ended."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from policies.service.approved import ApprovedTask
from policies.service.facts import Container, Task
from policies.service.failure import NO_MEMORY, exit_words, shortened

STARTED_BY = "lamplighter/"
"""How ``startedBy`` begins for every task that is run here."""
_BY = re.compile(rf"{STARTED_BY}([A-Za-z0-9-]{{1,60}})/[0-9]+")
_TAG = re.compile(r"(@sha256:[0-9a-f]+|:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$")
_TERMINATED = frozenset({0, 137, 143})
"""How a container ends that ECS stops because another one ended: by itself, or by either signal."""
_CODES = {
    "SpotInterruption": "AWS took its Spot capacity back",
    "TerminationNotice": "its instance was terminated",
}
_SPOT = "FARGATE_SPOT"


@dataclass(frozen=True)
class DefinedContainer:
    """A container of a task definition. ``log_group`` is empty if its log cannot be read from here."""

    name: str
    image: str
    essential: bool = True
    command: tuple[str, ...] = ()
    entry_point: tuple[str, ...] = ()
    log_group: str = ""
    log_prefix: str = ""


@dataclass(frozen=True)
class Defined:
    """A revision of a task definition."""

    arn: str
    containers: tuple[DefinedContainer, ...]
    active: bool = True
    task_role: str = ""
    execution_role: str = ""
    registered_by: str = ""

    @property
    def name(self) -> str:
        """*family:7*."""
        return self.arn.rsplit("/", 1)[-1]

    @property
    def number(self) -> int:
        return int(self.name.rsplit(":", 1)[-1])

    def container(self, name: str) -> DefinedContainer | None:
        return next((c for c in self.containers if c.name == name), None)


@dataclass(frozen=True)
class Bought:
    """A part of a capacity provider strategy."""

    provider: str
    weight: int = 0
    base: int = 0


@dataclass(frozen=True)
class Placement:
    """Where a service's tasks run, for a one-off task to run there too. ``providers`` exclude
    ``launch_type``. ``public_ip``: ENABLED, DISABLED or empty.
    """

    cluster: str
    launch_type: str = ""
    providers: tuple[Bought, ...] = ()
    platform_version: str = ""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    public_ip: str = ""

    @property
    def on_spot(self) -> bool:
        return any(bought.provider == _SPOT for bought in self.providers)


def started_by(operation_id: str, position: int) -> str:
    """What ECS is told of who starts the task: the step, and nothing else (at most 128 characters, facts/ecs
    6.1).
    """
    return f"{STARTED_BY}{operation_id}/{position}"


def operation_of(by: str) -> str:
    """The operation that started a task; empty if none did."""
    found = _BY.fullmatch(by)
    return found[1] if found else ""


def repository(image: str) -> str:
    """An image without its tag and its digest. A port of a registry is no tag."""
    found = image
    for _ in range(2):
        head, slash, last = found.rpartition("/")
        found = f"{head}{slash}{_TAG.sub('', last, count=1)}"
    return found


def differences(task: ApprovedTask, defined: Defined) -> tuple[str, ...]:
    """In what a revision is not what was approved: names alone, never values. Empty if it is.

    A pinned revision cannot change, so only what its approval states is compared. The command of a template
    with parameters is not compared: it never runs, because the approved one takes its place.
    """
    main = defined.container(task.container)
    if main is None:
        return (f"it has no container `{task.container}`",)
    pinned = bool(task.revision)
    found = []
    if (task.image or not pinned) and repository(main.image) != task.image:
        found.append(f"the image repository of `{main.name}`")
    if not pinned and not task.parametrised and main.command != task.command:
        found.append(f"the command of `{main.name}`")
    if not pinned and main.entry_point != task.entry_point:
        found.append(f"the entry point of `{main.name}`")
    if task.sidecars or not pinned:
        found += _sidecars(dict(task.sidecars), [c for c in defined.containers if c is not main])
    if defined.task_role != task.task_role:
        found.append("the task role")
    if defined.execution_role != task.execution_role:
        found.append("the execution role")
    allowed = task.registered_by
    if allowed and not any(fnmatchcase(defined.registered_by, pattern) for pattern in allowed):
        found.append("who registered it")
    return tuple(found)


def _sidecars(approved: dict[str, str], others: Sequence[DefinedContainer]) -> list[str]:
    found = [f"the container `{c.name}` is not approved" for c in others if c.name not in approved]
    for container in others:
        if container.name in approved and repository(container.image) != approved[container.name]:
            found.append(f"the image repository of `{container.name}`")
    there = {c.name for c in others}
    return found + [f"it has no container `{name}`" for name in approved if name not in there]


@dataclass(frozen=True)
class Ended:
    """How a run ended. ``cause`` is a clause that says why it did not end well; empty if it did."""

    well: bool
    code: int | None = None
    cause: str = ""


def ended_first(task: Task, container: str, essential: Collection[str] = ()) -> str:
    """The essential sidecar that has ended while the named container has not; empty if there is none. Only
    before the task has stopped can that be seen.
    """
    codes = {c.name: c.exit_code for c in task.containers}
    if task.last_status == "STOPPED" or codes.get(container) is not None:
        return ""
    return next((name for name in essential if codes.get(name) is not None), "")


def ended(task: Task, container: str, essential: Collection[str] = (), *, first: str = "") -> Ended:
    """How a stopped task ended. Only the named container's exit code 0 is success, and only if nothing else
    stopped the task. ``essential``: the other containers whose end ends the task. ``first``: the one of them
    that was seen to end first.

    A missing exit code is not zero: the container never started (facts/ecs trap 28). ECS does not say which
    container ended first. Where nobody saw it, a sidecar is held to have ended by itself if it had no memory
    left, or if its code is neither 0 nor that of a signal.
    """
    main = next((c for c in task.containers if c.name == container), None)
    code = main.exit_code if main else None
    stopped = _stopped(task)
    if stopped:
        return Ended(False, code, stopped)
    if first and code in _TERMINATED:
        return Ended(False, code, f"{_sidecar(task, first)} before `{container}` did, and ended the task")
    crashed = [c for c in task.containers if c.name in essential and _by_itself(c)]
    if main is None or code is None:
        return Ended(False, None, _never_ran(task, container, main, crashed))
    if code in _TERMINATED and crashed:
        return Ended(False, code, f"{_sidecar(task, crashed[0].name)} and ended the task")
    if code == 0:
        return Ended(True, 0)
    if any(word in f"{task.stopped_reason} {main.reason}" for word in NO_MEMORY):
        return Ended(False, code, f"exit code {code}, out of memory")
    return Ended(False, code, exit_words(code))


def _by_itself(sidecar: Container) -> bool:
    return (sidecar.exit_code or 0) not in _TERMINATED or _no_memory(sidecar)


def _no_memory(container: Container) -> bool:
    return any(word in container.reason for word in NO_MEMORY)


def _sidecar(task: Task, name: str) -> str:
    """*its sidecar `agent` ended with exit code 2*."""
    found = next((c for c in task.containers if c.name == name), Container(name))
    if _no_memory(found):
        return f"its sidecar `{name}` ran out of memory"
    code = "" if found.exit_code is None else f" with {exit_words(found.exit_code)}"
    return f"its sidecar `{name}` ended{code}"


def _stopped(task: Task) -> str:
    """Why something from outside stopped the task; empty if nothing did."""
    if task.stop_code == "UserInitiated":
        return f"somebody stopped it: {shortened(task.stopped_reason) or 'no reason was given'}"
    return _CODES.get(task.stop_code, "")


def _never_ran(task: Task, name: str, main: Container | None, crashed: Sequence[Container]) -> str:
    reason = (main.reason if main else "") or task.stopped_reason or task.stop_code
    if crashed and not (main and main.reason):
        reason = _sidecar(task, crashed[0].name)
    return f"`{name}` has no exit code: {shortened(reason) or 'AWS gave no reason'}"
