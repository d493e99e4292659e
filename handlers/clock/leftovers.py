"""Leftovers in each account and region are looked for once a day and listed, and never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from handlers.gate.parts import Parts
from handlers.ports.signals import Found
from handlers.ports.signals import Leftover as LeftoverSeen
from handlers.words.errors import StoreLost, Trouble
from policies.access.people import ClockActor
from policies.cost.prices import Prices
from policies.orphans.findings import Finding, found, not_found
from policies.orphans.leftovers import Leftover, Sweep
from policies.orphans.monthly import all_the_while
from policies.service.environment import Environment

EVERY = timedelta(days=1)
AGAIN = timedelta(hours=1)
"""Time until AWS is asked again after it did not answer."""


class LeftoverSweep:
    """Looks for leftovers. Not thread-safe; part of the look at orphans. What was swept is remembered only to
    spare calls.
    """

    def __init__(self, parts: Parts, prices: Callable[[], Prices]) -> None:
        self._parts, self._prices, self._book = parts, prices, parts.book.orphans
        self._swept: dict[tuple[str, str], datetime] = {}

    def sweep(self, environments: Iterable[Environment], now: datetime) -> None:
        """Sweep one account and region per beat, through the first environment in it."""
        places: dict[tuple[str, str], Environment] = {}
        for environment in sorted(environments, key=lambda e: (e.production, e.name)):
            places.setdefault((environment.account, environment.region), environment)
        due = [place for place in sorted(places) if not self._fresh(place, now)]
        for place in due[:1]:
            self._swept[place] = now
            try:
                listed = self._parts.scopes.bind(places[place], ClockActor()).leftovers.find()
            except StoreLost:
                raise
            except Trouble as trouble:
                self._swept[place] = now - EVERY + AGAIN
                self._book.sweeps.put(Sweep(*place, now, (("", trouble.sentence),)))
                continue
            self._write(listed, now)
            unread = tuple((kind.value, why) for kind, why in listed.unread)
            self._book.sweeps.put(Sweep(*place, now, unread))

    def _fresh(self, place: tuple[str, str], now: datetime) -> bool:
        swept = self._swept.get(place)
        return swept is not None and swept <= now < swept + EVERY

    def _write(self, listed: Found, now: datetime) -> None:
        """Write what was found. Findings of a kind that could not be listed stay as they were."""
        prices = self._prices()
        there = {left.key: left for left in (_leftover(each, prices) for each in listed.leftovers)}
        unread = {kind.value for kind, _ in listed.unread}
        for known in self._book.findings.all():
            left = known.leftover
            if left is None or (left.account, left.region) != (listed.account, listed.region):
                continue
            if left.key not in there and left.kind not in unread:
                self._book.findings.change(known.subject, partial(not_found, at=now))
        for key, left in there.items():
            self._book.findings.change(key, partial(found, seen=Finding(key, now, now, leftover=left)))


def _leftover(each: LeftoverSeen, prices: Prices) -> Leftover:
    monthly = all_the_while(each.parts, each.region, prices)
    return Leftover(
        account=each.account,
        region=each.region,
        kind=each.kind.value,
        id=each.id,
        name=each.name,
        since=each.since,
        gigabytes=each.gigabytes,
        monthly=monthly.micros,
        prices=monthly.prices,
    )
