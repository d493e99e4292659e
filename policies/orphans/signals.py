"""What each part of the evidence says by itself, and which parts are of one kind.

Two signals are independent if they are of two kinds. Signals that follow from one fact are of one kind:

- *change*: a deployment brings an image, so an old deployment has an old image;
- *people*: what people asked this bot for;
- *use*: requests, CPU, Compute Optimizer's finding and a long rest measure the same idle days: an environment
  that nobody calls has no work, and a stopped one has neither;
- *owner*: an owner who is deactivated or gone cannot be asked. An owner who is not named is unknown
  (facts/ecs 8);
- *purpose*: the environment was made for a branch or a pull request, and those do not last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from policies.orphans.evidence import FRESH, Evidence, Standing, current

LONG = timedelta(days=30)
"""How long nobody deployed or asked for anything."""
OLD_IMAGE = timedelta(days=90)
LONG_REST = timedelta(days=14)
FEW = 10
"""Requests a day. Health checks are not counted, but internet scanners are (facts/ecs 8)."""
IDLE = 200
"""Hundredths of a percent: a service that only waits uses less. This is no proof (queues, cron): facts/ecs 8.
"""
BUSY = 1_000
"""Hundredths of a percent: a service that only waits never uses this much."""
_KNOWN_FOR = timedelta(days=14) + FRESH
"""Compute Optimizer looks back over two weeks, so an older finding says nothing of today."""


class Kind(StrEnum):
    CHANGE = "change"
    PEOPLE = "people"
    USE = "use"
    OWNER = "owner"
    PURPOSE = "purpose"


class Sign(StrEnum):
    """A part of the evidence."""

    DEPLOYED = "deployed"
    IMAGE = "image"
    ACTED = "acted"
    REQUESTS = "requests"
    CPU = "cpu"
    OPTIMIZER = "optimizer"
    REST = "rest"
    OWNER = "owner"
    PURPOSE = "purpose"


KINDS: Mapping[Sign, Kind] = {
    Sign.DEPLOYED: Kind.CHANGE,
    Sign.IMAGE: Kind.CHANGE,
    Sign.ACTED: Kind.PEOPLE,
    Sign.REQUESTS: Kind.USE,
    Sign.CPU: Kind.USE,
    Sign.OPTIMIZER: Kind.USE,
    Sign.REST: Kind.USE,
    Sign.OWNER: Kind.OWNER,
    Sign.PURPOSE: Kind.PURPOSE,
}


class Says(StrEnum):
    ORPHANED = "orphaned"
    WANTED = "wanted"
    NEITHER = "neither"


@dataclass(frozen=True)
class Signal:
    """What one part of the evidence says. ``in_use``: whether the environment is certainly in use; then
    nobody has to be asked, whatever else is known.
    """

    sign: Sign
    says: Says
    in_use: bool = False

    @property
    def kind(self) -> Kind:
        return KINDS[self.sign]


def signals(evidence: Evidence) -> tuple[Signal, ...]:
    """Return one signal for each part that is known."""
    return tuple(
        Signal(sign, says, in_use=in_use)
        for sign, says, in_use in (*_by_dates(evidence), *_by_use(evidence), *_by_people(evidence))
    )


def unknown(evidence: Evidence) -> tuple[Sign, ...]:
    known = {signal.sign for signal in signals(evidence)}
    return tuple(sign for sign in Sign if sign not in known)


_Said = tuple[Sign, Says, bool]


def _by_dates(evidence: Evidence) -> Iterator[_Said]:
    """Judge the parts that have a date. An act longer ago than ``LONG`` suggests an orphan, and a recent act
    speaks against it. If no act is known and the records do not reach back that far, the part says neither.
    """
    for sign, last in ((Sign.DEPLOYED, evidence.deployed), (Sign.ACTED, evidence.acted)):
        if last is None:
            continue
        if evidence.at - last.quiet_since >= LONG:
            yield sign, Says.ORPHANED, False
        else:
            yield sign, Says.NEITHER if last.at is None else Says.WANTED, False
    if evidence.image is not None:
        age = evidence.at - evidence.image
        young = Says.WANTED if age < LONG else Says.NEITHER
        yield Sign.IMAGE, Says.ORPHANED if age >= OLD_IMAGE else young, False


def _by_use(evidence: Evidence) -> Iterator[_Said]:
    requests, cpu = current(evidence.requests, evidence.at), current(evidence.cpu, evidence.at)
    if requests is not None:
        used = requests.value > FEW * requests.days
        yield Sign.REQUESTS, Says.WANTED if used else Says.ORPHANED, used
    if cpu is not None:
        used = cpu.value >= BUSY
        idle = Says.ORPHANED if cpu.value < IDLE else Says.NEITHER
        yield Sign.CPU, Says.WANTED if used else idle, used
    judged = evidence.optimizer
    if judged is not None and evidence.at - judged.at <= _KNOWN_FOR:
        yield Sign.OPTIMIZER, Says.ORPHANED if judged.idle else Says.WANTED, False
    if evidence.rest is not None:
        yield Sign.REST, _rests(evidence), False


def _rests(evidence: Evidence) -> Says:
    """Judge a rest: a long one suggests an orphan if the environment still costs money. The cost must be
    known, because an environment that costs nothing may rest.
    """
    since = evidence.rest.since if evidence.rest else None
    if since is None or evidence.at - since < LONG_REST or not evidence.monthly:
        return Says.NEITHER
    return Says.ORPHANED


def _by_people(evidence: Evidence) -> Iterator[_Said]:
    if evidence.owner is not None and evidence.owner.standing is not Standing.MISSING:
        there = evidence.owner.standing is Standing.THERE
        yield Sign.OWNER, Says.WANTED if there else Says.ORPHANED, False
    if evidence.made_for is not None:
        yield Sign.PURPOSE, Says.ORPHANED if evidence.made_for else Says.NEITHER, False
