"""`/env orphans`: which of the environments that the actor may view look orphaned, what speaks for and
against it, and what they cost.
"""

from __future__ import annotations

from datetime import UTC

from handlers.ports.desk import Desk
from handlers.tell import leftovers
from handlers.tell import orphans as tell
from handlers.tell.orphans import Part, Seen, Shown
from handlers.words.arguments import Hidden
from handlers.words.message import Block
from handlers.words.operation import Purpose, Reach, operation
from handlers.words.result import Answer
from policies.access.decision import Allowed
from policies.access.grants import installation
from policies.access.people import Role
from policies.orphans.findings import Finding, Stage
from policies.orphans.week import opened
from policies.schedule.rows import governing
from policies.schedule.standing import zone_of

PAGE = 5
"""Findings per answer: each has four buttons, and a message takes about two dozen."""


@operation("orphans", purpose=Purpose.MORE, role=Role.VIEWER, reach=Reach.VIEWABLE)
def orphans(desk: Desk, skip: Hidden[int] = 0) -> Answer:
    """Environments that nobody may want any more: why, what speaks against it, what they cost."""
    mine = {e.name for e in desk.environments}
    found = [f for f in desk.book.orphans.findings.all() if f.leftover is not None or f.subject in mine]
    some = opened(found, desk.now)
    settled = [f for f in found if f.evidence is not None and f.stage(desk.now) is Stage.SETTLED]
    part = Part(
        [_shown(desk, f) for f in some[skip : skip + PAGE]],
        [_shown(desk, f) for f in settled] if not skip else [],
        of=len(some),
        skipped=skip,
    )
    answer = tell.page(part, _seen(desk), desk.now)
    return Answer(answer.headline, (*answer.blocks, *_left(desk, found)), answer.offers)


def _shown(desk: Desk, finding: Finding) -> Shown:
    place = desk.state.environment(finding.subject)
    return Shown(finding, zone_of(place, governing(place, desk.state.schedules)) if place else UTC)


def _seen(desk: Desk) -> Seen:
    """Return how many environments are judged at all (production is not), how many were looked at, and the
    oldest look.
    """
    looks = desk.book.orphans.looks.all()
    judged = [e.name for e in desk.environments if not e.production]
    at = [looks[name].at for name in judged if name in looks]
    return Seen(len(judged), len(at), min(at, default=None))


def _left(desk: Desk, found: list[Finding]) -> tuple[Block, ...]:
    """Return the leftovers for admins of the whole installation: they name accounts and addresses."""
    if not isinstance(installation(desk.mine, needed=Role.ADMIN), Allowed):
        return ()
    return leftovers.listed([f.leftover for f in found if f.leftover is not None], desk.now)
