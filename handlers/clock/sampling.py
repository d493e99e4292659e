"""One look at what an environment costs: read, recorded, rolled up to days, and noted as seen.

The order matters: a process killed at any point leaves nothing that the next look does not make good. A span
that was recorded is recorded again unchanged, days are computed again from spans, and only what is noted as
seen counts as done.
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
"""Time until prices are read again. They are few rows, and those of a first day come soon after the first
look.
"""
MARGIN = REMEMBERED
"""How far before a change days are rolled up again: while two processes hold the meter for a moment, one may
write days that the other knows better, and the next look makes that good.
"""
DAY = timedelta(days=1)


@dataclass
class Sampler:
    """Looks at one environment at a time, in any thread.

    ``sightings``: the last noted sighting of each environment. ``settled``: environments whose days are known
    to hold all that is recorded; the days of any other may lack what was recorded since its last sighting.
    """

    parts: Parts
    sightings: dict[str, Sighting] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    _prices: tuple[datetime, Prices] | None = None

    @property
    def ledger(self) -> Ledger:
        return self.parts.book.ledger

    def sample(self, environment: Environment) -> bool:
        """Look at the environment; return whether all of it was seen. If not, only its tasks were. Raises
        ``Trouble`` if the tasks could not be read, or the store did not answer.
        """
        name, at = environment.name, self.parts.clock.now()
        usage = self.parts.scopes.bind(environment, ClockActor()).usage
        services, tasks = usage.services(), usage.tasks()
        attached, balancers, trouble = self._attached(usage, name, at)
        whole = trouble is None
        spans = (*tasks, *attached)
        since = self._since(environment, spans)
        self.settled.discard(name)
        changed = self.ledger.spans.record(Sample(name, at, spans))
        starts = [*([since] if since else []), *([changed - MARGIN] if changed else [])]
        if starts:
            self._roll_up(environment, {name, *(span.environment for span in spans)}, min(starts), at=at)
        self._note(Sighting(name, at, services, _told(trouble), environment.time_zone, balancers))
        self.settled.add(name)
        return whole

    def note_trouble(self, name: str, sentence: str) -> None:
        """Note why nothing newer was seen; what was last seen stays. Raises ``Trouble`` of the store."""
        known = self.sightings.get(name) or Sighting(name)
        self._note(replace(known, trouble=sentence))

    def _note(self, sighting: Sighting) -> None:
        self.ledger.sightings.put(sighting)
        self.sightings[sighting.environment] = sighting

    def _attached(
        self, usage: Usage, name: str, at: datetime
    ) -> tuple[tuple[Span, ...], tuple[str, ...], Trouble | None]:
        """Return the attached spans, the load balancers among them, and why they could not be read. If they
        could not, what is known of them is neither extended nor lost, and the tasks are counted all the same.
        """

        def known(owner: str) -> Sequence[Span]:
            return self.ledger.spans.overlapping(owner, at - REMEMBERED, at + REMEMBERED)

        own = known(name)
        try:
            seen = usage.attached(self._users())
        except Trouble as trouble:
            before = self.sightings.get(name) or Sighting(name)
            return kept_as_they_are(own, at), before.balancers, trouble
        balancers = tuple(sorted(span.id for span in seen if span.kind is Kind.BALANCER))
        others = sorted({span.environment for span in seen} - {name})
        spans = continued(seen, [*own, *(span for owner in others for span in known(owner))])
        return spans, balancers, None

    def _users(self) -> Users:
        """Return which environments used which load balancer, from the noted sightings: so every process gets
        the same answer.
        """
        found: dict[str, set[str]] = defaultdict(set)
        for sighting in list(self.sightings.values()):
            for balancer in sighting.balancers:
                found[balancer].add(sighting.environment)
        return found

    def _since(self, environment: Environment, spans: Sequence[Span]) -> datetime | None:
        """Return from when on the days may lack what was recorded before this look: since the last sighting,
        if this process did not settle the environment; all of them if they follow another time zone than now.
        """
        known = self.sightings.get(environment.name)
        if known is None or known.at is None:
            return min((span.begin for span in spans), default=None)
        if known.zone != environment.time_zone:
            return known.at - RECOUNTED
        return None if environment.name in self.settled else known.at - REMEMBERED

    def _roll_up(
        self, environment: Environment, owners: Collection[str], since: datetime, *, at: datetime
    ) -> None:
        """Roll up the days from ``since`` to now, of the environment and of what it shares."""
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
        """Return up to which instant days may have been rolled up. If the clock was ahead, that is later than
        now; what was counted there is taken back.
        """
        known = self.sightings.get(name)
        return max(now, known.at) if known and known.at else now

    def _zones(self, where: Where, name: str) -> Sequence[tzinfo]:
        """Return the time zones whose midnights divide the days, now and at the last sighting: a date of
        either may have rows.
        """
        known = self.sightings.get(name)
        if where.shared or known is None or not known.zone:
            return (where.clock,)
        return (where.clock, ZoneInfo(known.zone))

    def _first_look(self, name: str, at: datetime) -> datetime:
        """Return the instant of the first look. Days before it are not the meter's: what ran then is known at
        most in part.
        """
        watched = self.ledger.spans.watched([name], at - RECOUNTED)
        return min((stretch.begin for stretch in watched), default=at)

    def _priced(self, now: datetime) -> Prices:
        read = self._prices
        if read is None or not read[0] <= now < read[0] + PRICES_AGAIN:
            read = now, Prices.of([*TABLE.known.values(), *self.ledger.prices.all()])
            self._prices = read
        return read[1]


def _told(trouble: Trouble | None) -> str:
    """Say why not all was seen; nothing where AWS was not asked, because it is only read a little later."""
    return "" if trouble is None or trouble.unasked else trouble.sentence


def _days(start: datetime, end: datetime, *, at: datetime, zones: Sequence[tzinfo]) -> list[date]:
    """Return the local dates from one instant to another, in any of the zones; none that began before what
    may be counted again.
    """
    first = min(start.astimezone(zone).date() for zone in zones)
    last = max(end.astimezone(zone).date() for zone in zones)
    oldest = (at - RECOUNTED).astimezone(zones[0]).date() + DAY
    first = max(first, oldest)
    return [first + DAY * n for n in range((last - first).days + 1)]
