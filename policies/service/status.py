"""How a service is as it stands, for ``status``: the gravest fact first, in one sentence."""

from __future__ import annotations

from policies.secrets.redaction import redact
from policies.service.ecs_reasons import plainly
from policies.service.facts import Deployment, ServiceDeployment, ServiceFacts
from policies.service.failure import last_cause
from policies.service.health import Health, Judgement
from policies.service.task_counts import TaskCounts, count

_IN_FLIGHT = frozenset({"PENDING", "IN_PROGRESS", "STOP_REQUESTED"})
_TROUBLE = ("unable to", "failed", "unhealthy", "was stopped")
_RECENT = 3
"""Only the newest events can be about what is wrong now."""


def describe(facts: ServiceFacts) -> Judgement:
    """How the service is now. With a summary alone (no tasks) it can only be *running*, never *healthy*."""
    if facts.status != "ACTIVE":
        gone = f"ECS says {facts.status}, so it is being deleted or is gone"
        return Judgement(Health.UNKNOWN, gone if facts.status else "ECS does not say whether it is active")
    if facts.desired == 0:
        return _stopped(facts)
    if facts.controller != "ECS":
        return _by_others(facts)
    primary = facts.primary
    if primary is None:
        return Judgement(Health.UNKNOWN, f"ECS lists no deployment; {_running(facts)}", measured=False)
    return _deploying(facts, primary) or _standing(facts, primary)


def stage_words(release: ServiceDeployment) -> str:
    """Where a native deployment stands; empty for a rolling one."""
    if not release.stage and not release.paused:
        return ""
    stage = release.stage.lower().replace("_", " ")
    where = f"stage {stage}" if stage else "deployment"
    return f"{where}, paused until somebody continues it" if release.paused else where


def _stopped(facts: ServiceFacts) -> Judgement:
    left = facts.running + facts.pending
    said = f"stopping: {left} {'task is' if left == 1 else 'tasks are'} left" if left else "stopped"
    return Judgement(Health.STOPPED, said)


def _by_others(facts: ServiceFacts) -> Judgement:
    whose = {"CODE_DEPLOY": "CodeDeploy", "EXTERNAL": "an external controller"}.get(
        facts.controller, facts.controller
    )
    said = f"{_running(facts)}; deployed by {whose}, whose deployments are not judged here"
    enough = facts.running >= facts.desired
    return Judgement(Health.UNMEASURED if enough else Health.UNHEALTHY, said, measured=False)


def _deploying(facts: ServiceFacts, primary: Deployment) -> Judgement | None:
    """A deployment that failed, goes back or goes on."""
    release = _current_release(facts)
    status = release.status if release else ""
    if status in ("ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"):
        why = f": {plainly(release.reason)}" if release and release.reason else ""
        return Judgement(Health.ROLLED_BACK, f"rolling back{why}; {_running(facts)}")
    if primary.rollout == "FAILED" or status == "ROLLBACK_FAILED":
        why = plainly(primary.rollout_reason or (release.reason if release else ""))
        said = f"the deployment failed: {why or 'ECS gives no reason'}"
        return Judgement(Health.FAILED, f"{said}; {_running(facts)}{_cause(facts)}")
    going = primary.rollout == "IN_PROGRESS" or (facts.strategy != "ROLLING" and status in _IN_FLIGHT)
    if not going:
        return None
    counts = count(facts, primary.id)
    stage = stage_words(release) if release else ""
    new = counts.good if facts.tasks else min(primary.running, facts.desired)
    word = "healthy" if facts.tasks and counts.measured else "running"
    said = f"deploying{f', {stage}' if stage else ''}: {new} of {facts.desired} new tasks {word}"
    failed = f"; {counts.failed} failed so far{_cause(facts, primary.id)}" if counts.failed else ""
    return Judgement(Health.IN_PROGRESS, said + failed, measured=counts.measured)


def _standing(facts: ServiceFacts, primary: Deployment) -> Judgement:
    """No deployment goes on."""
    if not facts.tasks:
        enough = facts.running >= facts.desired
        said = _running(facts) if enough else f"{_running(facts)}{_cause(facts)}"
        return Judgement(Health.UNMEASURED if enough else Health.UNHEALTHY, said, measured=False)
    counts = count(facts, primary.id)
    word = "healthy" if counts.measured else "running"
    said = f"{counts.good} of {facts.desired} tasks {word}"
    if not counts.enough:
        return Judgement(Health.UNHEALTHY, f"{said}{_why_not(facts, counts)}", measured=counts.measured)
    if not counts.measured:
        said = f"{said}; health not measured (no health check, no load balancer)"
    health = Health.HEALTHY if counts.measured else Health.UNMEASURED
    return Judgement(health, f"{said}{_went_back(facts)}", measured=counts.measured)


def _current_release(facts: ServiceFacts) -> ServiceDeployment | None:
    release = facts.service_deployment
    return release if release and facts.current_deployment in ("", release.arn) else None


def _went_back(facts: ServiceFacts) -> str:
    release = _current_release(facts)
    if release is None or release.status != "ROLLBACK_SUCCESSFUL":
        return ""
    why = f": {plainly(release.reason)}" if release.reason else ""
    return f"; the last deployment was rolled back{why}"


def _running(facts: ServiceFacts) -> str:
    """While a deployment goes on, old tasks run beside the new ones: more than are wanted."""
    if facts.running > facts.desired:
        return f"{facts.running} tasks running, {facts.desired} wanted"
    return f"{facts.running} of {facts.desired} tasks running"


def _why_not(facts: ServiceFacts, counts: TaskCounts) -> str:
    if counts.unhealthy:
        return f"; {counts.unhealthy} failing the container health check"
    return f"; {redact(counts.target_trouble)}" if counts.target_trouble else _cause(facts)


def _cause(facts: ServiceFacts, deployment: str = "") -> str:
    """What the newest failed task said, else the newest event that speaks of trouble."""
    said = last_cause(facts, deployment)
    if not said:
        recent = (e.text for e in facts.events[:_RECENT])
        said = redact(next((text for text in recent if any(word in text for word in _TROUBLE)), ""))
    return f"; {said}" if said else ""
