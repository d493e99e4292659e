"""What a digest says, section by section. A section whose source did not answer says so, and the others
stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo

from policies.cost.digest import Line, Mover
from policies.digest.leftovers import Leftovers
from policies.digest.money import Budgets, OutOfLine, Saved
from policies.orphans.week import Week as Orphans
from policies.record.endings import Ended
from policies.schedule.overrides import Override
from policies.times.weeks import Week


@dataclass(frozen=True)
class Unread:
    """A section whose source did not answer. ``why``: a sentence."""

    why: str


@dataclass(frozen=True)
class Costs:
    """``outside``: something is shared with environments that are not among these, and is in no figure.
    ``prices``: which the week was counted by, in words."""

    lines: tuple[Line, ...]
    movers: tuple[Mover, ...] = ()
    outside: bool = False
    prices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failures:
    """``count``: operations that did not end well in the week. ``open``: those of them that nobody has made
    up for, the newest first. ``running``: operations that still run after a long time, by their place."""

    count: int = 0
    open: tuple[Ended, ...] = ()
    running: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Coming:
    """In the week after. ``holidays``: days on which schedules keep something off, and what."""

    overrides: tuple[Override, ...] = ()
    holidays: tuple[tuple[date, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Head:
    """The newest link of the audit chain."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Digest:
    """All of it, of these environments and no others."""

    week: Week
    zone: tzinfo
    names: tuple[str, ...]
    costs: Costs | Unread
    orphans: Orphans | Unread
    failures: Failures | Unread
    coming: Coming | Unread
    head: Head | Unread | None
    saved: Saved | Unread
    budgets: Budgets | Unread
    out_of_line: OutOfLine | Unread
    leftovers: Leftovers | Unread | None = None
    """``None`` if it is not for whoever reads this digest."""
