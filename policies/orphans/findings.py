"""What was found, as it is remembered: since when, who was asked, what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from policies.orphans.answers import Answer, Reply
from policies.orphans.evidence import Evidence
from policies.orphans.leftovers import Leftover

GRACE = timedelta(days=14)
"""From the first asking to the day on which a person is asked to stop it, unless a setting says otherwise."""
SETTING = "orphan_grace_days"


def grace(settings: Mapping[str, str]) -> timedelta:
    """As the catalog's settings have it."""
    days = settings.get(SETTING, "")
    return timedelta(days=int(days)) if days.isdigit() else GRACE


class Stage(StrEnum):
    GONE = "gone"
    """It was not found any more."""
    SETTLED = "settled"
    """Somebody answered, and that holds."""
    NEW = "new"
    ASKED = "asked"
    OVERDUE = "overdue"
    """Nobody answered in time."""


@dataclass(frozen=True)
class Finding:
    """``subject``: an environment's name, or a leftover's key. ``found`` and ``seen``: first and last found.
    ``asked``, ``grace_end`` and ``urged``: when it was first asked about, until when an answer was waited
    for, and when a person was asked to stop it. ``denied``: who said that it is not theirs."""

    subject: str
    found: datetime
    seen: datetime
    evidence: Evidence | None = None
    leftover: Leftover | None = None
    asked: datetime | None = None
    grace_end: datetime | None = None
    urged: datetime | None = None
    urge: str = ""
    """The id of that asking, so that of two holders at once one knows that it is theirs."""
    answer: Answer | None = None
    denied: tuple[Answer, ...] = ()
    gone: datetime | None = None

    @property
    def round(self) -> str:
        """Names this finding among those of its subject: a button is bound to it."""
        return self.found.strftime("%Y%m%dT%H%M%S")

    @property
    def monthly(self) -> int | None:
        """Millionths of a US dollar; ``None``: unknown."""
        about = self.evidence or self.leftover
        return about.monthly if about else None

    @property
    def prices(self) -> tuple[str, ...]:
        """By which that was counted, in words."""
        about = self.evidence or self.leftover
        return about.prices if about else ()

    @property
    def _lapsed(self) -> bool:
        """Once its answer holds no more: what that settled is asked anew. Whoever answered when it was asked
        is not taken for nobody."""
        return self.answer is not None and self.asked is not None and self.asked <= self.answer.at

    def stage(self, now: datetime) -> Stage:
        if self.gone is not None:
            return Stage.GONE
        if self.answer is not None and self.answer.holds(now):
            return Stage.SETTLED
        if self.grace_end is None or self._lapsed:
            return Stage.NEW
        return Stage.ASKED if now < self.grace_end else Stage.OVERDUE


def found(known: Finding | None, seen: Finding) -> Finding:
    """What is to be kept of something that was found (again). One that was gone meanwhile is another finding,
    which an answer that still holds settles too."""
    if known is None:
        return seen
    if known.gone is not None:
        held = known.answer is not None and known.answer.holds(seen.seen)
        return replace(seen, answer=known.answer if held else None, denied=known.denied)
    if known.asked is not None and known.stage(seen.seen) is Stage.NEW:
        known = replace(known, asked=None, grace_end=None, urged=None, urge="")
    return replace(known, seen=seen.seen, evidence=seen.evidence, leftover=seen.leftover)


def not_found(known: Finding | None, at: datetime) -> Finding | None:
    """A look at ``at`` did not find it; one that was found since stays."""
    if known is None or known.gone is not None or known.seen > at:
        return known
    return replace(known, gone=at)


def asked(known: Finding | None, round_: str, at: datetime, grace: timedelta = GRACE) -> Finding | None:
    """Somebody was asked, who has until the end of the grace. Asking again moves no end."""
    if known is None or known.round != round_ or known.stage(at) is not Stage.NEW:
        return known
    return replace(known, asked=at, grace_end=at + grace, urged=None, urge="")


def urged(known: Finding | None, round_: str, at: datetime, *, urge: str = "") -> Finding | None:
    """A person is asked to stop it: once."""
    if known is None or known.round != round_ or known.stage(at) is not Stage.OVERDUE or known.urged:
        return known
    return replace(known, urged=at, urge=urge)


def answered(known: Finding | None, answer: Answer, over: str) -> Finding | None:
    """With the answer, unless it is gone or another answered since: ``over`` is the id of the answer that
    whoever answers knew of, empty for none. The same answer again changes nothing."""
    if known is None or known.gone is not None:
        return known
    if answer.reply is Reply.NOT_MINE:
        told = any(said.by == answer.by for said in known.denied)
        return known if told else replace(known, denied=(*known.denied, answer))
    if (known.answer.id if known.answer else "") != over:
        return known
    return replace(known, answer=answer)


def has(known: Finding | None, answer: Answer) -> bool:
    """Whether that answer stands."""
    if known is None:
        return False
    if answer.reply is Reply.NOT_MINE:
        return any(said.by == answer.by for said in known.denied)
    return known.answer is not None and known.answer.id == answer.id
