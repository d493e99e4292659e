"""What a digest says of leftovers in accounts: only in the accounts that the catalog names."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover, Sweep

STALE = timedelta(days=2)
"""Each account and region is searched once a day. If the last search is older than this, the digest says so.
"""
Place = tuple[str, str]
"""An account and a region."""


@dataclass(frozen=True)
class NotLooked:
    """An account and region that was never searched, or not since ``last`` if that is given."""

    place: Place
    last: datetime | None = None


@dataclass(frozen=True)
class NotListed:
    """A kind that AWS did not list in an account and region; all kinds if ``kind`` is empty. ``why`` is a
    sentence.
    """

    place: Place
    kind: str
    why: str


@dataclass(frozen=True)
class Leftovers:
    """The leftovers, the most expensive first. ``unknown``: the searches that are missing or incomplete, so
    that leftovers may be missing.
    """

    found: tuple[Leftover, ...] = ()
    unknown: tuple[NotLooked | NotListed, ...] = ()

    @property
    def monthly(self) -> int | None:
        """Millionths of a US dollar, for the leftovers of known cost; ``None`` if no cost is known."""
        known = [each.monthly for each in self.found if each.monthly is not None]
        return sum(known) if known else None


def leftovers(
    findings: Iterable[Finding], sweeps: Iterable[Sweep], places: Collection[Place], now: datetime
) -> Leftovers:
    """Return the leftovers in these places.

    ``places``: those of the catalog's environments. Other places are no longer searched, so nobody knows
    whether a leftover found there still exists.
    """
    there = [f.leftover for f in findings if f.leftover is not None and f.gone is None]
    found = [each for each in there if (each.account, each.region) in places]
    swept = {(sweep.account, sweep.region): sweep for sweep in sweeps}
    unknown = [told for place in sorted(places) for told in _unknown(place, swept.get(place), now)]
    return Leftovers(ordered(found), tuple(unknown))


def ordered(found: Iterable[Leftover]) -> tuple[Leftover, ...]:
    """Return the leftovers, the most expensive first; among equals by kind and name."""
    return tuple(sorted(found, key=lambda each: (-(each.monthly or 0), each.kind, each.name)))


def _unknown(place: Place, sweep: Sweep | None, now: datetime) -> list[NotLooked | NotListed]:
    if sweep is None:
        return [NotLooked(place)]
    if now - sweep.at > STALE:
        return [NotLooked(place, sweep.at)]
    return [NotListed(place, kind, why) for kind, why in sweep.unread]
