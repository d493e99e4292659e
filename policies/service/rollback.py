"""Which way a service goes back (facts/ecs 2.3).

A deployment in progress is stopped or, where it waits at a hook, ended there: ECS then returns to the service
revision before, whose image digests it kept. After one that has ended, an earlier revision of the task
definition is deployed, and ECS resolves its tags again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policies.service.ecs_reasons import plainly
from policies.service.facts import ServiceDeployment, ServiceFacts
from policies.service.history import Definition, PastDeployment, short

STOPPABLE = frozenset({"PENDING", "IN_PROGRESS", "STOP_REQUESTED"})
"""The states in which a service deployment goes forward and can be stopped; in those of ``GOING_BACK`` ECS
would accept the order too, and do what it does already."""
GOING_BACK = frozenset({"ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"})
TOO_LATE = "CLEAN_UP"
"""The last stage of a native deployment: the old tasks are being removed, so nothing is left to return to."""
NOTHING_RUNS = "rollback.stopped"
"""The rule that refuses to roll back a service of which no task is wanted."""
NAMED = 5
"""How many revisions a refusal names."""
_DEPLOYED_BY = {
    "CODE_DEPLOY": "CodeDeploy deploys it. Roll it back in CodeDeploy",
    "EXTERNAL": "an external controller deploys it. Ask that controller",
}


@dataclass(frozen=True)
class Cannot:
    """Why a service does not go back. ``rule`` names the rule; ``reason`` is one sentence or more for
    people. ``instead``: the revisions to which it could go back, *family:41*, the newest first."""

    rule: str
    reason: str
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class StopIt:
    """Stop the deployment in progress. ``hook``: the hook at which it waits and is ended; empty for none."""

    release: ServiceDeployment
    hook: str = ""


@dataclass(frozen=True)
class Deploy:
    """Deploy this earlier revision, which worked."""

    to: PastDeployment


@dataclass(frozen=True)
class GoesBack:
    """ECS, or whoever asked it to, is rolling the deployment back already."""

    reason: str


@dataclass(frozen=True)
class WentBack:
    """The last deployment was rolled back already. ``further``: the revision before the one that runs
    again."""

    runs: str
    reason: str
    further: PastDeployment | None


@dataclass(frozen=True)
class Runs:
    """The revision that is asked for runs already."""

    revision: str


Way = StopIt | Deploy | GoesBack | WentBack | Runs


def rollable(facts: ServiceFacts) -> Cannot | None:
    """Return why this service cannot be rolled back from here at all; ``None`` if it can."""
    name = facts.name
    if facts.controller != "ECS":
        whose = _DEPLOYED_BY.get(
            facts.controller, f"its controller is {facts.controller}. Ask that controller"
        )
        return Cannot("rollback.controller", f"`{name}` cannot be rolled back here: {whose}.")
    if facts.express:
        said = "is an ECS Express service, which has an API of its own; it is only read here"
        return Cannot("rollback.express", f"`{name}` {said}. Roll it back in the ECS console.")
    if facts.scheduling == "DAEMON":
        said = "is a daemon: one task on every instance, which others may rest on. It is only read here"
        return Cannot("rollback.daemon", f"`{name}` {said}. Roll it back in the ECS console.")
    if facts.status != "ACTIVE":
        said = f"is {facts.status or 'in an unknown state'} in ECS (it is being deleted or is gone)"
        return Cannot("rollback.inactive", f"`{name}` {said}, so there is nothing to roll back.")
    if facts.desired == 0:
        said = "is stopped (desired count 0), so nobody could tell whether the earlier revision works"
        return Cannot(NOTHING_RUNS, f"`{name}` {said}. Scale it up first.")
    return None


def way_back(facts: ServiceFacts, worked: Sequence[PastDeployment], wanted: str = "") -> Way | Cannot:
    """Return the way back. ``worked``: the deployments that succeeded, newest first. ``wanted``: a revision
    as it is typed, ``41`` or ``family:41``; empty for the last one that worked before the one that runs.
    """
    release, current = _current(facts), running(facts)
    if release is not None and release.status in GOING_BACK:
        return GoesBack(plainly(release.reason))
    if release is not None and release.status in STOPPABLE:
        return _stop(facts, release, worked, wanted)
    if release is None and facts.primary is not None and facts.primary.rollout == "IN_PROGRESS":
        said = "is being deployed, but ECS does not tell which service deployment that is"
        return Cannot("rollback.unknown", f"`{facts.name}` {said}, so it cannot be stopped from here.")
    if wanted:
        return _named(facts, worked, wanted)
    further = earlier(worked, current)
    if release is not None and release.status == "ROLLBACK_SUCCESSFUL":
        return WentBack(current, plainly(release.reason), further)
    return Deploy(further) if further else _nothing(facts, worked)


def running(facts: ServiceFacts) -> str:
    """Return the ARN of the revision that is deployed."""
    return facts.primary.revision if facts.primary else facts.revision


def earlier(worked: Sequence[PastDeployment], current: str) -> PastDeployment | None:
    """Return the newest deployment that worked before the ``current`` revision first did. So a second
    rollback goes one revision further back, and not to the one from which the first came.
    """
    first = max((place for place, past in enumerate(worked) if past.definition == current), default=-1)
    older = (past for past in worked[first + 1 :] if past.definition)
    return next((past for past in older if past.definition != current), None)


def unusable(definition: Definition, facts: ServiceFacts, worked: Sequence[PastDeployment]) -> Cannot | None:
    """Return why ECS would refuse this revision; ``None`` if it would not."""
    if definition.active:
        return None
    others = [past for past in worked if past.definition != definition.arn]
    return Cannot(
        "rollback.deregistered",
        f"`{short(definition.arn)}` was deregistered ({definition.status}), and ECS deploys no such "
        f"revision. Your pipeline has to deploy it anew.{_these(facts, others)}",
        _others(facts, others),
    )


def _current(facts: ServiceFacts) -> ServiceDeployment | None:
    release = facts.service_deployment
    return release if release and facts.current_deployment in ("", release.arn) else None


def _stop(
    facts: ServiceFacts, release: ServiceDeployment, worked: Sequence[PastDeployment], wanted: str
) -> Way | Cannot:
    last = next((past for past in worked if past.created_at < release.created_at), None)
    if last is None and len(facts.deployments) < 2:
        said = "is deployed for the first time, as far as ECS remembers, so there is nothing to roll back to"
        return Cannot("rollback.nothing", f"`{facts.name}` {said}.")
    if release.stage == TOO_LATE:
        said = "has taken over, and ECS is removing the old tasks, so it can no longer be stopped"
        return Cannot(
            "rollback.clean-up",
            f"The deployment of `{facts.name}` {said}. Ask again when it has ended: then the revision "
            "before is deployed anew.",
        )
    if wanted and (last is None or not _is(last, wanted)):
        back = f" to `{short(last.definition)}`" if last and last.definition else " to what ran before"
        return Cannot(
            "rollback.in-progress",
            f"`{facts.name}` is being deployed, and from a deployment in progress ECS goes back{back} and "
            "nowhere else. Roll that one back first, without naming a revision.",
        )
    return StopIt(release, release.hook if release.paused else "")


def _named(facts: ServiceFacts, worked: Sequence[PastDeployment], wanted: str) -> Way | Cannot:
    current = running(facts)
    if _means(current, wanted):
        return Runs(current)
    found = [past for past in worked if past.definition and _is(past, wanted)]
    family = short(current).rsplit(":", 1)[0]
    ours = [past for past in found if short(past.definition).rsplit(":", 1)[0] == family]
    if ours or found:
        past = (ours or found)[0]
        return Runs(current) if past.definition == current else Deploy(past)
    return Cannot(
        "rollback.never-ran",
        f"`{facts.name}` has never run revision `{wanted}` successfully, as far as ECS remembers (90 days)."
        f"{_these(facts, worked) or ' It remembers no other revision that worked.'}",
        _others(facts, worked),
    )


def _nothing(facts: ServiceFacts, worked: Sequence[PastDeployment]) -> Cannot:
    others = [past for past in worked if past.definition != running(facts)]
    return Cannot(
        "rollback.nothing",
        f"There is no earlier revision of `{facts.name}` to roll back to: ECS remembers none that worked "
        f"before `{short(running(facts))}` (it keeps 90 days).{_these(facts, others)}",
    )


def _these(facts: ServiceFacts, worked: Sequence[PastDeployment]) -> str:
    """Name the revisions that can be gone back to."""
    listed = ", ".join(f"`{name}`" for name in _others(facts, worked))
    return f" Revisions that worked: {listed}." if listed else ""


def _others(facts: ServiceFacts, worked: Sequence[PastDeployment]) -> tuple[str, ...]:
    """The newest revisions that worked, beside the one that runs."""
    current = running(facts)
    names = dict.fromkeys(short(p.definition) for p in worked if p.definition not in ("", current))
    return tuple(names)[:NAMED]


def _is(past: PastDeployment, wanted: str) -> bool:
    return bool(past.definition) and wanted in (
        short(past.definition),
        short(past.definition).rsplit(":", 1)[-1],
    )


def _means(definition: str, wanted: str) -> bool:
    """Return whether the revision that runs is meant: by its number, or by its whole name."""
    return wanted in (short(definition), short(definition).rsplit(":", 1)[-1])


class Comes(StrEnum):
    """Which image a container would run after going back."""

    SAME_TAG = "same tag"
    """Both revisions name the same tag, so ECS pulls one image for both: the code does not go back."""
    MOVED = "moved"
    """The tag of the earlier revision names another image now than the one that ran."""
    UNSURE = "unsure"
    """It cannot be told what the tag names now, or what ran."""


@dataclass(frozen=True)
class Pulled:
    """A container that would not surely run the image that it ran then. Digests are empty where unknown."""

    container: str
    image: str
    comes: Comes
    then: str = ""
    now: str = ""


def not_as_then(
    definition: Definition, past: PastDeployment, facts: ServiceFacts, current: Mapping[str, str]
) -> tuple[Pulled, ...]:
    """Return the containers whose image might not be the one that ran then. ``current``: what each image
    names now; one that is missing there could not be read. Pinned images come back as they were (facts/ecs
    2.2).
    """
    now = {image.container: image.image for image in facts.images}
    found: list[Pulled] = []
    for container in definition.containers:
        image, then = container.image, past.digests.get(container.name, "")
        names, runs = current.get(image, ""), facts.digests.get(container.name, "")
        if "@sha256:" in image or (names and names == then):
            continue
        if now.get(container.name) == image and not (then and then == runs and not names):
            found.append(Pulled(container.name, image, Comes.SAME_TAG, then, names or runs))
        elif names and then:
            found.append(Pulled(container.name, image, Comes.MOVED, then, names))
        else:
            found.append(Pulled(container.name, image, Comes.UNSURE, then, names))
    return tuple(found)


def kept_settings(past: PastDeployment, worked: Sequence[PastDeployment], current: str) -> tuple[str, ...]:
    """Return what belongs to a service revision, differs from then, and does not go back with the task
    definition (facts/ecs 2.3). Empty where it is not known what is set now.
    """
    now = next((other for other in worked if other.definition == current), None)
    if now is None:
        return ()
    then_net, now_net = past.network, now.network
    found: list[str] = []
    if then_net is not None and now_net is not None:
        pairs = (
            ("subnets", then_net.subnets, now_net.subnets),
            ("security groups", then_net.security_groups, now_net.security_groups),
            ("public addresses", then_net.public_ip, now_net.public_ip),
        )
        found += [name for name, then, runs in pairs if then != runs]
    if past.platform != now.platform and past.platform and now.platform:
        found.append("the platform version")
    if past.load_balancers != now.load_balancers:
        found.append("load balancers")
    return tuple(found)
