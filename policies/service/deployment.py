"""Is the deployment that we started good? The rule of facts/ecs 2.4, on facts about our own deployment id.

Tracking the id is the point: a service that is stable again after a rollback runs the old version, and a
deployment that somebody else made says nothing about ours (facts/ecs traps 14 and 16).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from policies.secrets.redaction import redact
from policies.service.ecs_reasons import with_evidence
from policies.service.facts import Deployment, ServiceDeployment, ServiceFacts
from policies.service.failure import failure_cause
from policies.service.health import Health, Judgement, Tracked
from policies.service.status import stage_words
from policies.service.task_counts import TaskCounts, count
from policies.times.instants import words

NOT_LISTED_FOR = timedelta(seconds=30)
"""How long an older PRIMARY may only mean that ECS does not list ours yet; later it means ours is gone."""
SKEW = timedelta(seconds=5)
"""By how much ECS's creation times may lie before our own clock."""
_ROLLING_BACK = ("rolling back", "rollback", "rolled back")


def judge(facts: ServiceFacts, ours: Tracked) -> Judgement:
    """How the deployment that we started stands. Pass ``healthy_at``, ``settled_polls`` and held time of each
    judgement on to the next look, in ``Tracked``."""
    release = _our_release(facts, ours)
    return (
        _given_up(facts, ours, release)
        or _not_primary(facts, ours, release)
        or _nothing_to_judge(facts, ours)
        or _progress(facts, ours, release)
    )


def replaced(facts: ServiceFacts, task: str, deployment: str) -> Judgement:
    """Is this stopped task gone, and is its ``deployment`` back at its strength?

    ``SUPERSEDED`` where another is the running one by now, ``STOPPED`` where no tasks are wanted any more:
    then nothing takes the task's place, and that is no success.
    """
    if facts.primary is None or facts.primary.id != deployment:
        by = " by another deployment, which was made meanwhile" if facts.primary else ""
        gone = "" if by else ": its deployment is not the running one any more"
        return Judgement(Health.SUPERSEDED, f"superseded{by}{gone}", done=True)
    if facts.desired == 0:
        return Judgement(Health.STOPPED, "stopped meanwhile: no tasks are wanted", done=True)
    counts = count(facts, deployment)
    if any(t.id == task and t.last_status != "STOPPED" for t in facts.tasks):
        return Judgement(Health.DRAINING, "the old task is stopping", measured=counts.measured)
    if counts.enough:
        health = Health.HEALTHY if counts.measured else Health.UNMEASURED
        return Judgement(health, f"replaced: {_tally(counts, 'tasks')}", done=True, measured=counts.measured)
    return Judgement(Health.IN_PROGRESS, f"replacing: {_tally(counts, 'tasks')}", measured=counts.measured)


def _our_release(facts: ServiceFacts, ours: Tracked) -> ServiceDeployment | None:
    """The service deployment that is ours: by ARN, or, if ECS never named it, one made since we began."""
    release = facts.service_deployment
    if release is None:
        return None
    if ours.service_deployment:
        return release if release.arn == ours.service_deployment else None
    return release if release.created_at >= ours.began - SKEW else None


def _our_id(facts: ServiceFacts, ours: Tracked) -> str:
    """Our deployment's id; if ECS never said it, that of a PRIMARY made since we began."""
    primary = facts.primary
    fresh = primary is not None and primary.created_at >= ours.began - SKEW
    return ours.deployment or (primary.id if primary and fresh else "")


def _given_up(facts: ServiceFacts, ours: Tracked, release: ServiceDeployment | None) -> Judgement | None:
    """Has ECS given our deployment up, or gone back from it?"""
    mine = next((d for d in facts.deployments if d.id == _our_id(facts, ours)), None)
    failed = mine is not None and mine.rollout == "FAILED"
    given = (mine.rollout_reason if mine and failed else "") or (release.reason if release else "")
    why = _reasons(given, failure_cause(facts, _our_id(facts, ours)))
    if release is not None and release.status == "ROLLBACK_FAILED":
        both = _ended(Health.FAILED, "failed, and the rollback failed too", why)
        return replace(both, because=_after("the rollback failed too", why))
    if release is not None and release.status.startswith("ROLLBACK_"):
        done = release.status == "ROLLBACK_SUCCESSFUL"
        return _ended(Health.ROLLED_BACK, "rolled back" if done else "rolling back", why)
    if failed:
        back = _went_back(facts, ours)
        return _ended(Health.ROLLED_BACK if back else Health.FAILED, back or "failed", why)
    if release is not None and release.status == "STOPPED" and _other_primary(facts, ours) is None:
        return _stopped(ours, _after("stopped before it was complete", why))
    return None


def _stopped(ours: Tracked, said: str) -> Judgement:
    """The service was read before its release: what superseded ours in between is seen by the next look."""
    polls = ours.settled_polls + 1
    if polls >= 2:
        return Judgement(Health.FAILED, said, done=True)
    return Judgement(Health.IN_PROGRESS, f"{said}; looking once more", settled_polls=polls)


def _went_back(facts: ServiceFacts, ours: Tracked) -> str:
    """After ours failed, does another PRIMARY run what ran before? Empty if not."""
    other = _other_primary(facts, ours)
    if other is None:
        return ""
    returned = bool(ours.previous_revision) and other.revision == ours.previous_revision
    return "rolled back" if returned or _says_rollback(other) else ""


def _not_primary(facts: ServiceFacts, ours: Tracked, release: ServiceDeployment | None) -> Judgement | None:
    """Another deployment is PRIMARY: a rollback, somebody else's, or a list older than ours."""
    other = _other_primary(facts, ours)
    if other is None:
        return None
    if _says_rollback(other):
        cause = failure_cause(facts, ours.deployment)
        return _ended(Health.ROLLED_BACK, "rolled back", _reasons(other.rollout_reason, cause))
    if other.created_at >= ours.began - SKEW:
        first = "completed, then " if release is not None and release.status == "SUCCESSFUL" else ""
        said = f"{first}superseded by another deployment, which somebody else made"
        return Judgement(Health.SUPERSEDED, said, done=True)
    listed = any(d.id == ours.deployment for d in facts.deployments)
    if listed or facts.at - ours.began <= NOT_LISTED_FOR or (release and release.status != "STOPPED"):
        return None
    return _ended(Health.ROLLED_BACK, "rolled back", "an older deployment is the running one again")


def _other_primary(facts: ServiceFacts, ours: Tracked) -> Deployment | None:
    primary = facts.primary
    return primary if primary is not None and primary.id != _our_id(facts, ours) else None


def _says_rollback(deployment: Deployment) -> bool:
    return any(word in deployment.rollout_reason.lower() for word in _ROLLING_BACK)


def _nothing_to_judge(facts: ServiceFacts, ours: Tracked) -> Judgement | None:
    if facts.status != "ACTIVE":
        return Judgement(Health.FAILED, f"the service is {facts.status}: it is being deleted", done=True)
    if facts.desired == 0:
        return Judgement(Health.STOPPED, "stopped: no tasks are wanted, so nothing runs", done=True)
    return None


def _progress(facts: ServiceFacts, ours: Tracked, release: ServiceDeployment | None) -> Judgement:
    """Ours goes on or is complete: what its tasks and targets say."""
    ours_id = _our_id(facts, ours)
    counts = count(facts, ours_id)
    listed = any(d.id == ours_id for d in facts.deployments)
    enough = listed and counts.enough
    healthy_at = (ours.healthy_since or facts.at) if enough and counts.measured else None
    if enough and _complete(facts, ours_id, release):
        polls = ours.settled_polls + 1
        health = Health.HEALTHY if counts.measured else Health.UNMEASURED
        said = _settled(facts, ours, counts)
        return Judgement(
            health if polls >= 2 else Health.DRAINING,
            said if polls >= 2 else f"{_new_tasks(facts, ours, counts)}; looking once more",
            done=polls >= 2,
            measured=counts.measured,
            healthy_at=healthy_at,
            settled_polls=polls,
        )
    held = release is not None and (release.paused or release.stage == "BAKE_TIME")
    said = _going(facts, ours, counts) if listed else "ECS does not list the deployment yet"
    stage = stage_words(release) if release else ""
    said = f"{stage}: {said}" if stage else said
    health = Health.DRAINING if enough else Health.IN_PROGRESS
    if not held and facts.at - ours.began - ours.paused_for > ours.deadline:
        said = f"not settled after {words(facts.at - ours.began)}: {said}"
        cause = failure_cause(facts, ours_id)
        said = f"{said}; {cause}" if cause and not enough else said
        return Judgement(Health.TIMED_OUT, said, done=True, measured=counts.measured, healthy_at=healthy_at)
    return Judgement(health, said, measured=counts.measured, healthy_at=healthy_at, held=held)


def _complete(facts: ServiceFacts, deployment: str, release: ServiceDeployment | None) -> bool:
    """Does ECS call it complete? Old tasks may still be there (early success, facts/ecs 2.4). Native
    strategies are complete only when their service deployment says so. While ECS lists no PRIMARY, or an
    older one still, what it says of ours is not settled."""
    if facts.primary is None or facts.primary.id != deployment:
        return False
    if release is not None and release.status == "SUCCESSFUL":
        return True
    rolled_out = any(d.id == deployment and d.rollout == "COMPLETED" for d in facts.deployments)
    return facts.strategy == "ROLLING" and rolled_out


def _settled(facts: ServiceFacts, ours: Tracked, counts: TaskCounts) -> str:
    took = words(facts.at - ours.began)
    if not counts.measured:
        return f"running after {took}; health not measured (no health check, no load balancer)"
    healthy = words((ours.healthy_since or facts.at) - ours.began)
    left = "; old tasks are still being removed" if counts.others else ""
    return f"healthy after {healthy}, done after {took}{left}"


def _new_tasks(facts: ServiceFacts, ours: Tracked, counts: TaskCounts) -> str:
    if not counts.measured:
        return "new tasks running, health not measured"
    return f"new tasks healthy after {words((ours.healthy_since or facts.at) - ours.began)}"


def _going(facts: ServiceFacts, ours: Tracked, counts: TaskCounts) -> str:
    if counts.enough:
        rest = "old ones draining" if counts.others else "ECS has not called the deployment complete yet"
        return f"{_new_tasks(facts, ours, counts)}, {rest}"
    failed = f"; {counts.failed} failed so far" if counts.failed else ""
    trouble = f"; {redact(counts.target_trouble)}" if counts.target_trouble else ""
    return f"{_tally(counts, 'new tasks')}{failed}{trouble}"


def _tally(counts: TaskCounts, noun: str) -> str:
    return f"{counts.good} of {counts.desired} {noun} {'healthy' if counts.measured else 'running'}"


def _reasons(given: str, cause: str) -> str:
    """Why the newest failed task ended, and then what ECS gave as its reason; empty if neither is known."""
    return "; ".join(filter(None, (cause, with_evidence(given))))


def _after(said: str, why: str) -> str:
    return f"{said}: {why}" if why else said


def _ended(health: Health, word: str, why: str) -> Judgement:
    return Judgement(health, _after(word, why), done=True, because=why)
