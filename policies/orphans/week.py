"""Which findings people are asked about: the few that matter, not all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from policies.orphans.findings import Finding, Stage

MOST = 3
"""The most findings in one message: whoever is asked ten things answers none."""
_OPEN = (Stage.OVERDUE, Stage.ASKED, Stage.NEW)


@dataclass(frozen=True)
class Week:
    """A week's questions. ``asks``: the findings to ask about now. ``more``: how many others are open.
    ``monthly``: what all open findings of known cost cost a month; ``None`` if no cost is known.
    """

    asks: tuple[Finding, ...] = ()
    more: int = 0
    monthly: int | None = None


def week(
    findings: Iterable[Finding], environments: Collection[str], now: datetime, *, most: int = MOST
) -> Week:
    """Return what to ask about these environments this week.

    Nobody is asked about an environment that costs nothing, or whose finding is settled by an answer. Overdue
    findings come first, then the most expensive ones; in both groups those of unknown cost come last.
    """
    found = [f for f in opened(findings, now) if f.subject in environments and f.monthly != 0]
    known = [f.monthly for f in found if f.monthly is not None]
    return Week(tuple(found[:most]), max(0, len(found) - most), sum(known) if known else None)


def opened(findings: Iterable[Finding], now: datetime) -> list[Finding]:
    """Return environments that are found and not settled, in the order in which to ask."""
    found = [f for f in findings if f.evidence is not None and f.stage(now) in _OPEN]
    return sorted(found, key=lambda f: _place(f, now))


def _place(finding: Finding, now: datetime) -> tuple[bool, bool, int, str]:
    monthly = finding.monthly
    overdue = finding.stage(now) is Stage.OVERDUE
    return not overdue, monthly is None, -(monthly or 0), finding.subject
