"""A feature flag in a parameter of Systems Manager: written over, and read again.

Parameter Store compares nothing before it writes, so a write of somebody else in the same moment can be
written over (facts/ecs 12.1). The versions tell: each write adds one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.capacity import asked_again
from handlers.steps.safe import Safe
from handlers.tell.steps import flag as tell
from handlers.words.codec import encode
from handlers.words.errors import Absent
from handlers.words.plan import Facts, Json, Step
from handlers.words.step import Acted, Begun, End, Left, Verdict, waits
from policies.flags.switching import Held, Switch, meant, shortened, stands
from policies.secrets.public import public
from policies.service.environment import Flag

SOON = timedelta(seconds=2)
STALE = timedelta(seconds=30)
"""How long an older version than ours may just be a stale answer."""


@dataclass(frozen=True)
class Switching:
    """``was`` and ``version``: what the flag was when it was planned; ``was`` is empty if it was neither."""

    state: Switch
    was: str
    version: int
    service: str = ""


@dataclass(frozen=True)
class Switched:
    """``version``: the one that our write made, or that was found instead. ``between``: how many writes of
    others ours went over. ``theirs``: somebody else wrote before ours, which was then not made."""

    version: int = 0
    between: int = 0
    theirs: bool = False


Switching_ = Begun[Switching, Switched]


def switch_step(flag: Flag, state: Switch, held: Held) -> Step:
    was = stands(flag, held)
    return Step("switch flag", flag.name, encode(Switching(state, was or "", held.version, flag.service)))


def state_of(flag: Flag, held: Held) -> dict[str, Json]:
    """What an audit entry keeps of a flag."""
    return {flag.name: {"value": public(shortened(held.value)), "version": held.version}}


class SwitchFlag(Safe[Switching, Switched]):
    """``SAFE``: the same text again leaves the flag as it is. The write is made only while the parameter has
    the version of the plan, so that what somebody else wrote since is kept; a write of our own whose answer
    was lost is found by its text.
    """

    name = "switch flag"
    counted = "flags"
    intent = Switching
    evidence = Switched

    def act(self, place: Scope, step: Switching_) -> Acted[Switched]:
        flag, held = _read(place, step.on)
        if held.version != step.intent.version:
            theirs = stands(flag, held) is not step.intent.state
            return Acted(Switched(held.version, theirs=theirs))
        with asked_again():
            written = place.flags.switch(step.on, step.intent.state)
        between = max(0, written.version - step.intent.version - 1)
        return Acted(Switched(written.version, between), (written.request_id,))

    def look(self, place: Scope, step: Switching_) -> Verdict[Switched]:
        flag, held = _read(place, step.on)
        made, now = step.evidence, stands(flag, held)
        told = tell.Told(place.environment.name, flag, step.intent.state, step.intent.was, now, held)
        left = Left(state_of(flag, held))
        if made.theirs:
            return Verdict(End.SUPERSEDED, tell.written_before(told), left=left)
        if held.version < made.version and place.now - step.began_at <= STALE:
            return waits(place.now + SOON, tell.not_shown_yet(flag.name))
        if now is not step.intent.state:
            return Verdict(End.SUPERSEDED, tell.written_after(told), left=left)
        done = Left(state_of(flag, held), undo=_undo(step, held), onward=_onward(step.intent))
        return Verdict(End.DONE, tell.switched(told, made.between), left=done)


def _read(place: Scope, name: str) -> tuple[Flag, Held]:
    """Raise ``Absent`` if the catalog or Parameter Store no longer has the flag."""
    found = meant(name, place.environment)
    held = place.flags.read((name,)).get(name)
    if not isinstance(found, Flag) or held is None:
        raise Absent(tell.gone(name))
    return found, held


def _undo(step: Switching_, held: Held) -> Facts:
    """Empty if the flag was neither on nor off before: there is no state to bring back."""
    if not step.intent.was:
        return {}
    return {"name": step.on, "state": step.intent.was, "expected": str(held.version)}


def _onward(intent: Switching) -> Facts:
    return {"operation": "restart", "target": intent.service} if intent.service else {}


KINDS = (SwitchFlag(),)
