"""What a digest says of leftovers in accounts: in those that the catalog names, and in no others."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover, Sweep

STALE = timedelta(days=2)
"""Each account and region is searched once a day; one that was not searched for this long is named as old."""
Place = tuple[str, str]
"""Account and region."""


@dataclass(frozen=True)
class NotLooked:
    """An account and region that was never searched or, if ``last`` is given, not since then."""

    place: Place
    last: datetime | None = None


@dataclass(frozen=True)
class NotListed:
    """A kind that AWS did not list in an account and region; if empty, none of the kinds. ``why`` is a
    sentence."""

    place: Place
    kind: str
    why: str


@dataclass(frozen=True)
class Leftovers:
    """The most expensive first. ``unknown`` says what is missing or may be missing for that reason."""

    found: tuple[Leftover, ...] = ()
    unknown: tuple[NotLooked | NotListed, ...] = ()

    @property
    def monthly(self) -> int | None:
        """Millionths of a US dollar, for those whose cost is known; ``None`` if it is known for none."""
        known = [each.monthly for each in self.found if each.monthly is not None]
        return sum(known) if known else None


def leftovers(
    findings: Iterable[Finding], sweeps: Iterable[Sweep], places: Collection[Place], now: datetime
) -> Leftovers:
    """``places``: those of the catalog's environments. What was found in any other is not looked at any
    more, so nobody knows whether it still is there."""
    there = [f.leftover for f in findings if f.leftover is not None and f.gone is None]
    found = [each for each in there if (each.account, each.region) in places]
    swept = {(sweep.account, sweep.region): sweep for sweep in sweeps}
    unknown = [told for place in sorted(places) for told in _unknown(place, swept.get(place), now)]
    return Leftovers(ordered(found), tuple(unknown))


def ordered(found: Iterable[Leftover]) -> tuple[Leftover, ...]:
    """The most expensive first, and each kind together."""
    return tuple(sorted(found, key=lambda each: (-(each.monthly or 0), each.kind, each.name)))


def _unknown(place: Place, sweep: Sweep | None, now: datetime) -> list[NotLooked | NotListed]:
    if sweep is None:
        return [NotLooked(place)]
    if now - sweep.at > STALE:
        return [NotLooked(place, sweep.at)]
    return [NotListed(place, kind, why) for kind, why in sweep.unread]
