"""Which findings are asked about: the few that matter, not all that there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from policies.orphans.findings import Finding, Stage

MOST = 3
"""In one message: whoever is asked ten things answers none."""
_OPEN = (Stage.OVERDUE, Stage.ASKED, Stage.NEW)


@dataclass(frozen=True)
class Week:
    """``asks``: to be asked about now. ``more``: how many others are open. ``monthly``: what all open ones
    cost a month, of those of which that is known; ``None``: of none."""

    asks: tuple[Finding, ...] = ()
    more: int = 0
    monthly: int | None = None


def week(
    findings: Iterable[Finding], environments: Collection[str], now: datetime, *, most: int = MOST
) -> Week:
    """Of these environments. What somebody answered is not asked about again while that holds, nor what costs
    nothing. First those that nobody answered in time, then the dearest; those of unknown cost last."""
    found = [f for f in opened(findings, now) if f.subject in environments and f.monthly != 0]
    known = [f.monthly for f in found if f.monthly is not None]
    return Week(tuple(found[:most]), max(0, len(found) - most), sum(known) if known else None)


def opened(findings: Iterable[Finding], now: datetime) -> list[Finding]:
    """Environments that are found and not settled, in the order in which to ask."""
    found = [f for f in findings if f.evidence is not None and f.stage(now) in _OPEN]
    return sorted(found, key=lambda f: _place(f, now))


def _place(finding: Finding, now: datetime) -> tuple[bool, bool, int, str]:
    monthly = finding.monthly
    overdue = finding.stage(now) is Stage.OVERDUE
    return not overdue, monthly is None, -(monthly or 0), finding.subject
