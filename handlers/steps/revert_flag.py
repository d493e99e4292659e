"""A deployment of AppConfig is taken back: one that is under way is stopped, a complete one is reverted.
Either brings back the version before.

AppConfig compares nothing before it does so (facts/ecs 12.2), so the deployment is looked at first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.capacity import asked_again
from handlers.steps.flag import state_of
from handlers.steps.safe import Safe
from handlers.tell.steps import feature
from handlers.tell.steps import revert_flag as tell
from handlers.tell.steps.flag import Told
from handlers.words.codec import decode, encode
from handlers.words.errors import Absent, Denied, Rejected
from handlers.words.plan import Facts, Step
from handlers.words.step import Acted, Begun, End, Left, StepState, Verdict, waits
from policies.flags.deploying import COMPLETE, TAKEN_BACK
from policies.flags.switching import Switch, meant, stands
from policies.service.environment import Flag

SOON = timedelta(seconds=5)
KIND = "revert flag"


@dataclass(frozen=True)
class Reverting:
    """Bring ``state`` back, where the flag ``was`` something else, or was about to be. ``number`` and
    ``version``: of the deployment to take back and of what it deployed. ``going``: it is under way, and is
    left alone once it is complete."""

    state: Switch
    was: Switch
    number: int
    version: int
    going: bool = False


@dataclass(frozen=True)
class Reverted:
    """Why nothing was sent: it was ``already`` taken back, it was ``overtaken`` by another deployment, or it
    was ``complete`` by then. ``refused``: why AWS did not take it back."""

    already: bool = False
    overtaken: bool = False
    complete: bool = False
    refused: str = ""


Reversal = Begun[Reverting, Reverted]


def revert_step(flag: Flag, intent: Reverting) -> Step:
    return Step(KIND, flag.name, encode(intent))


def undone_by(place: Scope, flag: str, number: int) -> str:
    """Return who asked from here for that deployment to be taken back; empty if nobody did."""
    for record in place.switches(flag):
        for step in record.steps:
            if step.step.kind != KIND or step.state not in (StepState.BEGAN, StepState.DONE):
                continue
            if decode(Reverting, step.step.arguments).number == number:
                return record.actor_name
    return ""


class RevertFlag(Safe[Reverting, Reverted]):
    """``SAFE``: a deployment is taken back once. Where an answer was lost, its state says whether the call
    arrived."""

    name = KIND
    counted = "flags"
    intent = Reverting
    evidence = Reverted
    deadline = timedelta(minutes=15)

    def act(self, place: Scope, step: Reversal) -> Acted[Reverted]:
        known, number = step.evidence, step.intent.number
        found = place.features.newest(step.on)
        if found is None or (found.number, found.version) != (number, step.intent.version):
            return Acted(replace(known, overtaken=True))
        if found.state in TAKEN_BACK or found.state == "ROLLING_BACK":
            return Acted(replace(known, already=not step.repeated))
        if step.intent.going and found.state == COMPLETE:
            return Acted(replace(known, complete=True))
        try:
            with asked_again():
                return Acted(known, (place.features.revert(step.on, number),))
        except (Denied, Rejected) as no:
            return Acted(replace(known, refused=no.sentence), (no.request_id,))

    def look(self, place: Scope, step: Reversal) -> Verdict[Reverted]:
        made, found = step.evidence, place.features.rollout(step.on, step.intent.number)
        took = place.now - step.began_at
        nothing = made.refused or made.overtaken or made.complete
        if found.state not in TAKEN_BACK and not nothing and took <= self.deadline:
            return waits(place.now + SOON, tell.going(found))
        told, left = standing(place, step.on, step.intent.state, step.intent.was)
        if found.state in TAKEN_BACK:
            if told.now is not step.intent.state:
                return Verdict(End.SUPERSEDED, tell.not_as_before(told, found), left=left)
            said = tell.taken_back(told, found, already=made.already)
            return Verdict(End.DONE, said, left=replace(left, undo=_undo(step, told)))
        if made.refused:
            return Verdict(End.FAILED, feature.refused(told, made.refused, 0), left=left)
        if made.overtaken:
            return Verdict(End.SUPERSEDED, tell.overtaken(told), left=left)
        if made.complete:
            return Verdict(End.FAILED, tell.complete(told, found), left=left)
        return Verdict(End.TIMED_OUT, tell.late(told, found, took), left=left)


def standing(place: Scope, name: str, wanted: Switch, was: str) -> tuple[Told, Left]:
    """Return how the flag stands now, as a step tells it and leaves it."""
    flag, held = flag_of(place, name), place.features.facts(name).held
    told = Told(place.environment.name, flag, wanted, was, stands(flag, held), held)
    return told, Left(state_of(flag, held))


def flag_of(place: Scope, name: str) -> Flag:
    """Raise ``Absent`` if the catalog no longer keeps the flag in AppConfig."""
    found = meant(name, place.environment)
    if not isinstance(found, Flag) or found.appconfig is None:
        raise Absent(feature.gone(name))
    return found


def _undo(step: Reversal, told: Told) -> Facts:
    """Switching it again is a deployment of its own, bound to the version that is in force."""
    return {"name": step.on, "state": str(step.intent.was), "expected": str(told.held.version)}


KINDS = (RevertFlag(),)
