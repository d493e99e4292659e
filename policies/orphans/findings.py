"""What is remembered of a finding: when it was found, who was asked, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from policies.orphans.answers import Answer, Reply
from policies.orphans.evidence import Evidence
from policies.orphans.leftovers import Leftover

GRACE = timedelta(days=14)
"""From the first question to the day on which a person is asked to stop the environment, unless a setting
says otherwise.
"""
SETTING = "orphan_grace_days"


def grace(settings: Mapping[str, str]) -> timedelta:
    """Return the grace that the catalog's settings name, or ``GRACE``."""
    days = settings.get(SETTING, "")
    return timedelta(days=int(days)) if days.isdigit() else GRACE


class Stage(StrEnum):
    GONE = "gone"
    """The environment or leftover is no longer found."""
    SETTLED = "settled"
    """Somebody answered, and the answer still holds."""
    NEW = "new"
    ASKED = "asked"
    OVERDUE = "overdue"
    """Nobody answered in time."""


@dataclass(frozen=True)
class Finding:
    """An orphan or a leftover, and what was asked and answered about it.

    ``subject``: an environment's name, or a leftover's key. ``found`` and ``seen``: when it was first and
    last found. ``asked``: when people were first asked. ``grace_end``: how long an answer was waited for.
    ``urged``: when a person was asked to stop it. ``denied``: the answers of those who said that it is not
    theirs.
    """

    subject: str
    found: datetime
    seen: datetime
    evidence: Evidence | None = None
    leftover: Leftover | None = None
    asked: datetime | None = None
    grace_end: datetime | None = None
    urged: datetime | None = None
    urge: str = ""
    """The id of that request, so that of two processes at once each can tell which one made it."""
    answer: Answer | None = None
    denied: tuple[Answer, ...] = ()
    gone: datetime | None = None

    @property
    def round(self) -> str:
        """The name of this finding among those of the same subject; buttons are bound to it."""
        return self.found.strftime("%Y%m%dT%H%M%S")

    @property
    def monthly(self) -> int | None:
        """Millionths of a US dollar; ``None`` if unknown."""
        about = self.evidence or self.leftover
        return about.monthly if about else None

    @property
    def prices(self) -> tuple[str, ...]:
        """The prices behind ``monthly``, in words."""
        about = self.evidence or self.leftover
        return about.prices if about else ()

    @property
    def _lapsed(self) -> bool:
        """Whether an answer was given after people were asked; once that answer has lapsed, people are asked
        again. Whoever answered does not count as silent.
        """
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
    """Return what to keep of a finding that was found, perhaps again.

    A subject that was gone in between makes a new finding, which an answer that still holds settles too.
    """
    if known is None:
        return seen
    if known.gone is not None:
        held = known.answer is not None and known.answer.holds(seen.seen)
        return replace(seen, answer=known.answer if held else None, denied=known.denied)
    if known.asked is not None and known.stage(seen.seen) is Stage.NEW:
        known = replace(known, asked=None, grace_end=None, urged=None, urge="")
    return replace(known, seen=seen.seen, evidence=seen.evidence, leftover=seen.leftover)


def not_found(known: Finding | None, at: datetime) -> Finding | None:
    """Return the finding after a look at ``at`` that did not find it; a finding that was seen since stays."""
    if known is None or known.gone is not None or known.seen > at:
        return known
    return replace(known, gone=at)


def asked(known: Finding | None, round_: str, at: datetime, grace: timedelta = GRACE) -> Finding | None:
    """Return the finding with the question recorded: people have until the end of the grace. Asking again
    moves no end.
    """
    if known is None or known.round != round_ or known.stage(at) is not Stage.NEW:
        return known
    return replace(known, asked=at, grace_end=at + grace, urged=None, urge="")


def urged(known: Finding | None, round_: str, at: datetime, *, urge: str = "") -> Finding | None:
    """Return the finding with the request to stop recorded; a person is asked to stop it only once."""
    if known is None or known.round != round_ or known.stage(at) is not Stage.OVERDUE or known.urged:
        return known
    return replace(known, urged=at, urge=urge)


def answered(known: Finding | None, answer: Answer, over: str) -> Finding | None:
    """Return the finding with the answer, unless the finding is gone or somebody else answered first.

    ``over``: the id of the answer that the person saw when answering, empty for none. The same *not mine*
    from the same person changes nothing.
    """
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
