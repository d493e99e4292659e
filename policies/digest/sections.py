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
    """A section whose source did not answer. ``why`` is a sentence."""

    why: str


@dataclass(frozen=True)
class Costs:
    """What the week cost. ``outside``: whether something is shared with environments that are not among
    these; no figure includes it. ``prices``: the prices behind the week's cost, in words.
    """

    lines: tuple[Line, ...]
    movers: tuple[Mover, ...] = ()
    outside: bool = False
    prices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failures:
    """What failed in the week.

    ``count``: operations that did not succeed. ``open``: the failed operations that nobody has made up for,
    the newest first. ``running``: operations that have been running for a long time, each with its place.
    """

    count: int = 0
    open: tuple[Ended, ...] = ()
    running: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Coming:
    """What happens in the week after. ``overrides``: in force or planned, with times in the zone of their
    environment. ``holidays``: days on which schedules keep something off, and what they keep off.
    """

    overrides: tuple[Override, ...] = ()
    holidays: tuple[tuple[date, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Head:
    """The newest link of the audit chain."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Digest:
    """A whole digest, of these environments and no others."""

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
    """``None`` if the reader of this digest may not see leftovers."""
