"""What failed tasks said, to be captured at once: in about an hour ECS has forgotten it (facts/ecs 2.5)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from policies.secrets.redaction import redact
from policies.service.facts import Container, ServiceFacts, Task
from policies.service.task_counts import failed_by_itself
from policies.times.wall import in_utc

EVENTS = 5
LONGEST = 200
"""Characters of what AWS said that a clause takes."""
NO_MEMORY = ("OutOfMemory", "out of memory", "memory usage")
"""How ECS says that the memory ran out (facts/ecs 2.5)."""
_MEANING = {
    125: "the container itself could not be run",
    126: "its command may not be executed",
    127: "its command was not found",
    130: "ended by SIGINT",
    132: "ended by SIGILL",
    134: "it aborted itself, SIGABRT",
    135: "ended by SIGBUS",
    136: "ended by SIGFPE",
    137: "killed: for memory, or because it did not end in time",
    139: "segmentation fault",
    143: "ended by SIGTERM",
}
"""Usual meanings (facts/ecs 2.5); from 129 on, 128 and the number of a signal."""
_HEAD = 50
_LINKS = re.compile(
    r"(?:unable to pull secrets or registry auth|execution resource retrieval failed"
    r"|Error response from daemon"
    r"|(?:service call|pull image manifest|ref pull|create stream) has been retried \d{1,3} times?(?:\(s\))?"
    r"|(?:failed to create (?:new container runtime|shim) task|OCI runtime create failed|runc create failed)"
    r"|unable to start container process|failed to copy|httpReadSeeker|failed open|failed to do request): "
)
"""Links of a chain of AWS's errors that say nothing of the cause."""
_ESSENTIAL = "Essential container"
"""How ECS begins the reason of a task that ended by itself; the exit code says more."""


@dataclass(frozen=True)
class FailureEvidence:
    """``reasons``: one line per distinct cause, the most frequent first. ``exit_codes``: container and code,
    of containers that started. ``events``: newest first. ``streams``: log group and stream, of failed tasks,
    newest first, essential containers first. All text is redacted."""

    reasons: tuple[str, ...] = ()
    exit_codes: tuple[tuple[str, int], ...] = ()
    events: tuple[str, ...] = ()
    streams: tuple[tuple[str, str], ...] = ()


def failure_evidence(facts: ServiceFacts, deployment: str = "") -> FailureEvidence:
    """What the failed tasks of this deployment said; of any deployment if none is named.

    If none of its tasks has stopped by itself, those that still run but are not healthy are the suspects.
    """
    of_it = [t for t in facts.tasks if deployment in ("", t.deployment)]
    suspects = _newest_first([t for t in of_it if t.last_status == "STOPPED" and failed_by_itself(t)])
    causes = Counter(_cause(task, facts) for task in suspects)
    suspects = suspects or _newest_first([t for t in of_it if t.last_status != "STOPPED"])
    codes = {(c.name, c.exit_code): None for t in suspects for c in t.containers if c.exit_code is not None}
    return FailureEvidence(
        reasons=(*(_times(n, cause) for cause, n in causes.most_common()), *_target_reasons(facts, of_it)),
        exit_codes=tuple((name, code) for name, code in codes if code is not None),
        events=tuple(redact(f"{in_utc(e.at, facts.at)} {e.text}") for e in facts.events[:EVENTS]),
        streams=tuple(stream for task in suspects for stream in _streams(task, facts)),
    )


def failure_cause(facts: ServiceFacts, deployment: str = "", telling: str = "") -> str:
    """Why the newest failed task of this deployment ended: *exit code 1, DATABASE_URL is missing*. Empty
    if none of its tasks failed. ``telling``: what its log says of it (``policies.service.telling``).

    An image that cannot be had, or memory that ran out, says all by itself; of any other end the log knows
    more than ECS does.
    """
    of_it = [t for t in facts.tasks if deployment in ("", t.deployment)]
    failed = _newest_first([t for t in of_it if t.last_status == "STOPPED" and failed_by_itself(t)])
    if not failed:
        targets = _target_reasons(facts, of_it)
        return ", ".join(x for x in (targets[0], telling) if x) if targets else ""
    task, ended = failed[0], _ended(failed[0], facts)
    said = f"{task.stopped_reason} {' '.join(c.reason for c in task.containers)}"
    if "CannotPull" in said or "ImageNotFound" in said:
        return redact(f"its image cannot be pulled: {shortened(_pull(task))}")
    if "health check" in task.stopped_reason.lower():
        return ", ".join(x for x in (_checks(task, facts, of_it), telling) if x)
    if ended is None:
        return redact(shortened(telling or _cause(task, facts)))
    if any(word in said for word in NO_MEMORY):
        return f"exit code {ended}, out of memory"
    if telling:
        return f"exit code {ended}, {telling}"
    if ended in (137, 143) and task.stopped_reason and not task.stopped_reason.startswith(_ESSENTIAL):
        return redact(f"{shortened(task.stopped_reason)}, exit code {ended}")
    return exit_words(ended) if ended else "exit code 0 (it ended by itself, without an error)"


def _ended(task: Task, facts: ServiceFacts) -> int | None:
    """The exit code of the container that took the task with it; ``None``: it never started."""
    return next((c.exit_code for c in _relevant(task, facts) if c.exit_code is not None), None)


def _pull(task: Task) -> str:
    """What the registry said, behind the name of ECS's error."""
    said = next((c.reason for c in task.containers if "CannotPull" in c.reason), task.stopped_reason)
    return said.partition("Error: ")[2] or said


def _checks(task: Task, facts: ServiceFacts, of_it: Sequence[Task]) -> str:
    """Which health check it failed, and what the load balancer saw."""
    if "container" in task.stopped_reason.lower():
        return "its container health check failed"
    seen = [t.reason for t in facts.targets if t.reason and t.ip in {each.ip for each in of_it if each.ip}]
    return redact(f"its load balancer health check failed{f': {shortened(seen[0])}' if seen else ''}")


def shortened(said: str) -> str:
    """Redact what AWS said, and shorten it. Its errors are chains, of which the last link is the cause."""
    whole = redact(" ".join(said.split())).rstrip(".")
    if len(whole) > LONGEST:
        whole = _LINKS.sub("", whole)
    if len(whole) <= LONGEST:
        return whole
    head, tail = whole[:_HEAD].rpartition(" ")[0], whole[_HEAD + 3 - LONGEST :].partition(" ")[2]
    return f"{head} … {tail}" if head and tail else f"{whole[:LONGEST]}…"


def exit_meaning(code: int | None) -> str:
    """What an exit code usually means; empty if the program alone knows."""
    return "" if code is None else _MEANING.get(code, "")


def exit_words(code: int) -> str:
    meaning = exit_meaning(code)
    return f"exit code {code} ({meaning})" if meaning else f"exit code {code}"


def last_cause(facts: ServiceFacts, deployment: str = "") -> str:
    """Why the newest failed task stopped; empty if none failed."""
    stopped = [
        t
        for t in facts.tasks
        if t.last_status == "STOPPED" and deployment in ("", t.deployment) and failed_by_itself(t)
    ]
    return _cause(_newest_first(stopped)[0], facts) if stopped else ""


def _newest_first(tasks: Sequence[Task]) -> list[Task]:
    def instant(task: Task) -> tuple[float, str]:
        at = task.stopped_at or task.created_at
        return (-at.timestamp() if at else 0.0, task.id)

    return sorted(tasks, key=instant)


def _cause(task: Task, facts: ServiceFacts) -> str:
    """The stopped reason, then what each container that matters said: the essential ones, if any is known.

    A missing exit code is not zero: the container never started (facts/ecs trap 28).
    """
    said = [words for c in _relevant(task, facts) if (words := _container_words(c))]
    head = task.stopped_reason or task.stop_code or "stopped without a reason"
    return redact(f"{head} ({'; '.join(said)})" if said else head)


def _container_words(container: Container) -> str:
    parts = [exit_words(container.exit_code)] if container.exit_code is not None else []
    if container.reason:
        parts.append(container.reason)
    return f"{container.name}: {', '.join(parts)}" if parts else ""


def _relevant(task: Task, facts: ServiceFacts) -> list[Container]:
    """Essential containers; of these, if any failed, only the failed: a sidecar's exit is not the task's."""
    aside = {i.container for i in facts.images if not i.essential}
    essential = [c for c in task.containers if c.name not in aside]
    failed = [c for c in essential if c.exit_code or c.reason]
    return failed or essential


def _times(count: int, cause: str) -> str:
    return cause if count == 1 else f"{count} tasks: {cause}"


def _target_reasons(facts: ServiceFacts, tasks: Sequence[Task]) -> tuple[str, ...]:
    ips = {t.ip for t in tasks if t.ip}
    ailing = [t for t in facts.targets if t.ip in ips and t.state.startswith("unhealthy")]
    return tuple(dict.fromkeys(redact(f"target {t.state}: {t.reason or 'no reason given'}") for t in ailing))


def _streams(task: Task, facts: ServiceFacts) -> tuple[tuple[str, str], ...]:
    """``prefix/container/task id`` (facts/ecs 4); without a prefix the stream cannot be known."""
    names = {c.name for c in task.containers}
    logged = [i for i in facts.images if i.log_group and i.log_prefix and (not names or i.container in names)]
    logged.sort(key=lambda i: not i.essential)
    return tuple((i.log_group, f"{i.log_prefix}/{i.container}/{task.id}") for i in logged)
