"""A feature flag in AppConfig: a new version of its configuration is written, then deployed, and watched
until the deployment is complete.

AppConfig compares before each call: a version is written only while no newer one was, and deployed only while
no other deployment was begun (facts/ecs 12.2).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.ports.features import CONFLICT, Change
from handlers.ports.scope import Scope
from handlers.ports.store import OperationRecord
from handlers.steps.capacity import asked_again
from handlers.steps.revert_flag import Reverting, flag_of, standing, undone_by
from handlers.steps.safe import Safe
from handlers.tell.steps import feature as tell
from handlers.tell.steps.flag import Told, switched
from handlers.words.codec import decode, encode
from handlers.words.errors import Denied, Rejected
from handlers.words.plan import Facts, Step
from handlers.words.step import Acted, Begun, End, Left, StepState, Verdict
from policies.access.people import actor_name
from policies.flags.deploying import COMPLETE, GOING, STOPPABLE, Feature, Rollout, label_of
from policies.flags.switching import Switch, stands
from policies.service.environment import Flag

SOON, LATER = timedelta(seconds=5), timedelta(seconds=30)
"""Time between looks in the first two minutes of a deployment, and after them: it takes minutes to days."""
SLACK = timedelta(minutes=15)
"""How much longer than its strategy says a deployment may take; our own choice."""


@dataclass(frozen=True)
class Deploying:
    """``was``: what the flag was when it was planned. ``version``, ``newest`` and ``latest``: the version
    that was deployed then, the newest one that was written, and the newest deployment, which guard the two
    calls."""

    state: Switch
    was: str
    version: int
    newest: int
    latest: int


@dataclass(frozen=True)
class Deployed:
    """``version`` and ``number``: of the version that we wrote, and of its deployment. ``overtaken``:
    somebody else wrote or deployed first. ``refused``: why AWS made no such version or deployment."""

    version: int = 0
    number: int = 0
    overtaken: bool = False
    refused: str = ""


Deployment = Begun[Deploying, Deployed]


def deploy_step(flag: Flag, state: Switch, feature: Feature) -> Step:
    was = stands(flag, feature.held)
    intent = Deploying(state, was or "", feature.held.version, feature.newest, feature.latest)
    return Step("deploy flag", flag.name, encode(intent))


def under_way(record: OperationRecord) -> Reverting | None:
    """Return what takes back the deployment that a running operation has under way; ``None`` if it has
    none."""
    for step in record.steps:
        if step.step.kind != DeployFlag.name or step.state is not StepState.BEGAN:
            continue
        made, planned = decode(Deployed, step.evidence), decode(Deploying, step.step.arguments)
        if made.number and planned.was:
            return Reverting(Switch(planned.was), planned.state, made.number, made.version, going=True)
    return None


class DeployFlag(Safe[Deploying, Deployed]):
    """``SAFE``: first the version is written, then it is deployed. Where an answer was lost, the version is
    looked for by its label and the deployment by the version; and a call that did arrive makes the same call
    conflict, so neither has its effect twice.
    """

    name = "deploy flag"
    counted = "flags"
    intent = Deploying
    evidence = Deployed
    deadline = timedelta(minutes=15)

    def act(self, place: Scope, step: Deployment) -> Acted[Deployed]:
        try:
            with asked_again():
                return _deploy(place, step) if step.evidence.version else _write(place, step)
        except (Denied, Rejected) as no:
            known = step.evidence
            if no.code == CONFLICT:
                return Acted(replace(known, overtaken=True), (no.request_id,))
            return Acted(replace(known, refused=no.sentence), (no.request_id,))

    def look(self, place: Scope, step: Deployment) -> Verdict[Deployed]:
        made = step.evidence
        if made.refused:
            told, left = _now(place, step)
            return Verdict(End.FAILED, tell.refused(told, made.refused, made.version), left=left)
        if made.overtaken:
            told, left = _now(place, step)
            return Verdict(End.SUPERSEDED, tell.overtaken(told, made.version), left=left)
        if not made.number:
            return Verdict(End.AGAIN, tell.written(made.version), made)
        return _judged(place, step, place.features.rollout(step.on, made.number))


def _write(place: Scope, step: Deployment) -> Acted[Deployed]:
    flag = flag_of(place, step.on)
    assert flag.appconfig is not None, "only a flag of AppConfig is deployed"
    label = label_of(flag.appconfig.environment, f"{place.operation_id}-{step.position}")
    if step.repeated and (found := place.features.written(step.on, label)):
        return Acted(Deployed(version=found))
    feature, planned = place.features.facts(step.on), step.intent
    if feature.held.version != planned.version or feature.under_way is not None:
        return Acted(Deployed(overtaken=True))
    change = Change(planned.state, planned.version, planned.newest, label)
    written = place.features.write(step.on, change)
    return Acted(Deployed(version=written.version), (written.request_id,))


def _deploy(place: Scope, step: Deployment) -> Acted[Deployed]:
    known = step.evidence
    if step.repeated and (found := place.features.of_version(step.on, known.version)):
        return Acted(replace(known, number=found.number))
    why = tell.description(flag_of(place, step.on), step.intent.state, actor_name(place.actor))
    started = place.features.deploy(step.on, known.version, after=step.intent.latest, why=why)
    return Acted(replace(known, number=started.number), (started.request_id,))


def _judged(place: Scope, step: Deployment, rollout: Rollout) -> Verdict[Deployed]:
    took = place.now - step.began_at
    if rollout.state in GOING:
        if took <= timedelta(minutes=rollout.minutes) + SLACK:
            pause = SOON if took < timedelta(minutes=2) else LATER
            left = _withdrawn(step) if rollout.state in STOPPABLE else _now(place, step)[1]
            return Verdict(End.WAITS, tell.going(rollout), left=left, until=place.now + pause)
        told, left = _now(place, step)
        return Verdict(End.TIMED_OUT, tell.late(told, rollout, took), left=left)
    told, left = _now(place, step)
    if rollout.state != COMPLETE:
        if by := _undone_by(place, rollout, step.on):
            return Verdict(End.SUPERSEDED, tell.undone(told, rollout, by), left=left)
        cause = tell.rolled_back(told, rollout)
        return Verdict(End.ROLLED_BACK, cause, left=replace(left, cause=cause))
    if told.held.version != step.evidence.version or told.now is not step.intent.state:
        return Verdict(End.SUPERSEDED, tell.not_as_written(told), left=left)
    return Verdict(End.DONE, switched(told, 0), left=replace(left, undo=_undo(step)))


def _undone_by(place: Scope, rollout: Rollout, flag: str) -> str:
    """Return who undid it from here; empty if an alarm, AppConfig itself or somebody else took it back."""
    return undone_by(place, flag, rollout.number) if rollout.by in ("", "USER") else ""


def _now(place: Scope, step: Deployment) -> tuple[Told, Left]:
    return standing(place, step.on, step.intent.state, step.intent.was)


def _withdrawn(step: Deployment) -> Left:
    """What ends the deployment while it is under way."""
    return Left(ends={"name": step.on, "deployment": str(step.evidence.number)})


def _undo(step: Deployment) -> Facts:
    """Bound to our deployment, and to the version that it made."""
    made = step.evidence
    bound = {"expected": str(made.version), "deployment": str(made.number)}
    return {"name": step.on, "state": step.intent.was, **bound}


KINDS = (DeployFlag(),)
