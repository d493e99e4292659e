"""One look at what an environment costs: read, recorded, rolled up to days, and noted as seen.

In this order, so that a process killed anywhere leaves nothing that the next look does not make good: a span
that was recorded is recorded again as it is, days are made anew from spans, and only what is noted as seen
counts as done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handlers.gate.parts import Parts
from handlers.ports.ledger import Ledger, Sample
from handlers.ports.usage import Usage, Users
from handlers.words.errors import Trouble
from policies.access.people import ClockActor
from policies.cost.continuing import continued, kept_as_they_are
from policies.cost.prices import Prices
from policies.cost.rolling import Where, day_rows
from policies.cost.seconds import midnights
from policies.cost.sightings import Sighting
from policies.cost.spans import RECOUNTED, REMEMBERED, Kind, Span
from policies.cost.table import TABLE
from policies.service.environment import Environment

PRICES_AGAIN = timedelta(minutes=1)
"""Until prices are read again: some rows, of which those of a first day come soon after the first look."""
MARGIN = REMEMBERED
"""Before what has changed: where two hold the meter for a moment, one may put days that the other knows
better, and the next look makes that good."""
DAY = timedelta(days=1)


@dataclass
class Sampler:
    """Looks at one environment at a time, in any thread.

    ``sightings``: as last noted, by environment. ``settled``: those whose days are known to hold all that is
    recorded; of any other, what was recorded since it was last noted may be missing in them.
    """

    parts: Parts
    sightings: dict[str, Sighting] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    _prices: tuple[datetime, Prices] | None = None

    @property
    def ledger(self) -> Ledger:
        return self.parts.book.ledger

    def sample(self, environment: Environment) -> bool:
        """Was all of it seen? False: its tasks alone. Raises ``Trouble`` where these could not be read, or
        the store did not answer."""
        name, at = environment.name, self.parts.clock.now()
        usage = self.parts.scopes.bind(environment, ClockActor()).usage
        services, tasks = usage.services(), usage.tasks()
        attached, balancers, trouble = self._attached(usage, name, at)
        spans = (*tasks, *attached)
        since = self._since(environment, spans)
        self.settled.discard(name)
        changed = self.ledger.spans.record(Sample(name, at, spans))
        starts = [*([since] if since else []), *([changed - MARGIN] if changed else [])]
        if starts:
            self._roll_up(environment, {name, *(span.environment for span in spans)}, min(starts), at=at)
        self._note(Sighting(name, at, services, trouble, environment.time_zone, balancers))
        self.settled.add(name)
        return not trouble

    def note_trouble(self, name: str, sentence: str) -> None:
        """What was last seen stays; why nothing newer is seen is told beside it. ``Trouble`` of the store."""
        known = self.sightings.get(name) or Sighting(name)
        self._note(replace(known, trouble=sentence))

    def _note(self, sighting: Sighting) -> None:
        self.ledger.sightings.put(sighting)
        self.sightings[sighting.environment] = sighting

    def _attached(
        self, usage: Usage, name: str, at: datetime
    ) -> tuple[tuple[Span, ...], tuple[str, ...], str]:
        """With the load balancers among it, and why it could not be read: then what is known of it is neither
        drawn out nor lost, and the tasks are counted all the same."""

        def known(owner: str) -> Sequence[Span]:
            return self.ledger.spans.overlapping(owner, at - REMEMBERED, at + REMEMBERED)

        own = known(name)
        try:
            seen = usage.attached(self._users())
        except Trouble as trouble:
            before = self.sightings.get(name) or Sighting(name)
            return kept_as_they_are(own, at), before.balancers, trouble.sentence
        balancers = tuple(sorted(span.id for span in seen if span.kind is Kind.BALANCER))
        others = sorted({span.environment for span in seen} - {name})
        spans = continued(seen, [*own, *(span for owner in others for span in known(owner))])
        return spans, balancers, ""

    def _users(self) -> Users:
        """Who used which load balancer, as it is noted: so it is the same for whoever looks."""
        found: dict[str, set[str]] = defaultdict(set)
        for sighting in list(self.sightings.values()):
            for balancer in sighting.balancers:
                found[balancer].add(sighting.environment)
        return found

    def _since(self, environment: Environment, spans: Sequence[Span]) -> datetime | None:
        """From when on its days may lack what was recorded before this look: since it was last noted, if this
        process did not settle it; all of them where they follow another zone than now."""
        known = self.sightings.get(environment.name)
        if known is None or known.at is None:
            return min((span.begin for span in spans), default=None)
        if known.zone != environment.time_zone:
            return known.at - RECOUNTED
        return None if environment.name in self.settled else known.at - REMEMBERED

    def _roll_up(
        self, environment: Environment, owners: Collection[str], since: datetime, *, at: datetime
    ) -> None:
        """The days from ``since`` to now, of the environment and of what it shares."""
        now, name = max(at, self.parts.clock.now()), environment.name
        reached = self._reached(name, now)
        start = min(max(since, self._first_look(name, at)), at)
        for owner in sorted(owners):
            where = Where(owner, ZoneInfo(environment.time_zone), environment.region)
            days = _days(start, reached, at=at, zones=self._zones(where, name))
            first, last = midnights(days[0], where.clock)[0], midnights(days[-1], where.clock)[1]
            spans = self.ledger.spans.overlapping(owner, first, last)
            rows = day_rows(where, spans, days=days, prices=self._priced(now), now=now)
            self.ledger.days.put(owner, days, rows)

    def _reached(self, name: str, now: datetime) -> datetime:
        """To which instant days may have been rolled up. Where the clock was ahead, that is not now: what was
        counted there is taken back."""
        known = self.sightings.get(name)
        return max(now, known.at) if known and known.at else now

    def _zones(self, where: Where, name: str) -> Sequence[tzinfo]:
        """By whose midnights its days are parted, now and as they were last noted: a date of either may have
        rows."""
        known = self.sightings.get(name)
        if where.shared or known is None or not known.zone:
            return (where.clock,)
        return (where.clock, ZoneInfo(known.zone))

    def _first_look(self, name: str, at: datetime) -> datetime:
        """Days before the first one are not the meter's: what ran then is known in part at most."""
        watched = self.ledger.spans.watched([name], at - RECOUNTED)
        return min((stretch.begin for stretch in watched), default=at)

    def _priced(self, now: datetime) -> Prices:
        read = self._prices
        if read is None or not read[0] <= now < read[0] + PRICES_AGAIN:
            read = now, Prices.of([*TABLE.known.values(), *self.ledger.prices.all()])
            self._prices = read
        return read[1]


def _days(start: datetime, end: datetime, *, at: datetime, zones: Sequence[tzinfo]) -> list[date]:
    """Local dates from one instant to another, in any of the zones; none that began before what may be
    counted anew."""
    first = min(start.astimezone(zone).date() for zone in zones)
    last = max(end.astimezone(zone).date() for zone in zones)
    oldest = (at - RECOUNTED).astimezone(zones[0]).date() + DAY
    first = max(first, oldest)
    return [first + DAY * n for n in range((last - first).days + 1)]
