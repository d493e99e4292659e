"""Gathers the evidence on one environment: what AWS shows, and what was seen, recorded and paid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from handlers.gate.parts import Parts
from handlers.ports.findings import Look
from handlers.ports.signals import Signs
from handlers.ports.store import AuditQuery
from policies.access.people import ClockActor, SlackPerson, actor_of
from policies.cost.seconds import midnights
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.usage import ON, UsageRow
from policies.orphans.changes import Changes, last, seen
from policies.orphans.evidence import Evidence, Judged, Last, Measured, Owner, Rest, kept_on
from policies.orphans.monthly import as_lately
from policies.orphans.owners import contact, standing, tagged
from policies.orphans.purpose import made_for
from policies.orphans.signals import FEW, LONG_REST
from policies.record.evidence import Entry
from policies.service.environment import ClusterPick, Environment

DAYS = 14
"""How many days of requests and CPU are looked at: two of each weekday."""
BACK = timedelta(days=60)
"""How far back the records are read: whoever acted longer ago has not acted for a long time."""
STEPS = (BACK, timedelta(days=45), timedelta(days=30), timedelta(days=14))
PAGE, MOST = 200, 2_000
"""Entries read at once, and at most for one environment: the clock alone writes about four a night."""
SEEN_WITHIN = timedelta(days=1)
"""How old a sighting may be: an older one says nothing about today."""


@dataclass(frozen=True)
class Recorded:
    """What the audit entries of one environment tell. ``acted``: when a person last acted. ``ours``: the ids
    of deployments that this bot made.
    """

    acted: Last
    ours: frozenset[str] = frozenset()


class Gathering:
    """Gathers evidence for one beat: what concerns all environments is read once."""

    def __init__(self, parts: Parts, now: datetime) -> None:
        self._parts, self._now = parts, now
        self._sightings = parts.book.ledger.sightings.all()
        self._owners = parts.book.orphans.owners.all()
        self._since = recorded_since(parts, now)

    def of(self, environment: Environment, before: Look | None) -> Look:
        """Gather the evidence on one environment. Raises ``Trouble`` if AWS does not list its services."""
        scope, now = self._parts.scopes.bind(environment, ClockActor()), self._now
        signs, tags = scope.signals.read(DAYS), [s.tags for s in scope.services.members().own]
        recorded = self._recorded(environment.name)
        services = self._services(environment.name)
        changes = seen(before.changes if before else Changes(), services, recorded.ours, now=now)
        zone = ZoneInfo(environment.time_zone)
        today = now.astimezone(zone).date()
        rows = self._days(environment.name, today)
        rest = self._rest(environment.name, services, rows, zone)
        monthly = as_lately(rows, today - timedelta(days=1), since=self._long_rest(rest, zone))
        evidence = Evidence(
            environment.name,
            now,
            deployed=last(changes),
            acted=recorded.acted,
            image=signs.pushed,
            requests=_requests(signs),
            cpu=None if signs.cpu is None else Measured(round(signs.cpu * 100), signs.days, signs.at),
            optimizer=_optimizer(signs, services),
            owner=self._owner(environment, tags),
            made_for=made_for(tags, _named(environment)),
            rest=rest,
            monthly=monthly.micros,
            prices=monthly.prices,
        )
        evidence = kept_on(before.evidence if before else None, evidence)
        kept = changes or (before.changes if before else Changes())
        return Look(environment.name, now, evidence, kept)

    def _services(self, name: str) -> Sequence[ServiceSeen]:
        sighting = self._sightings.get(name, Sighting(name))
        fresh = sighting.at is not None and self._now - sighting.at <= SEEN_WITHIN
        return sighting.services if fresh else ()

    def _recorded(self, name: str) -> Recorded:
        ours: set[str] = set()
        acted: datetime | None = None
        for entry in self._entries(name):
            ours |= set(_deployed(entry))
            if acted is None and self._is_work(entry):
                acted = entry.at
        return Recorded(Last(acted, self._since), frozenset(ours))

    def _entries(self, name: str) -> Iterator[Entry]:
        """Yield the entries of one environment, newest first."""
        query = AuditQuery(environments=(name,), since=self._now - BACK, limit=PAGE)
        for _ in range(MOST // PAGE):
            page = self._parts.audit.entries(query)
            yield from (found.entry for found in page)
            if len(page) < PAGE:
                return
            query = replace(query, before_seq=page[-1].seq)

    def _is_work(self, entry: Entry) -> bool:
        """Return whether a person had something done or read. Answering whether anybody wants the environment
        is no work on it.
        """
        if entry.kind not in ("started", "read") or not isinstance(actor_of(entry.actor), SlackPerson):
            return False
        declared = self._parts.operation(entry.operation)
        return declared is None or declared.conflicts != "finding"

    def _owner(self, environment: Environment, tags: Sequence[Mapping[str, str]]) -> Owner | None:
        owned, home = self._owners.get(environment.name), self._parts.home()
        known = contact(environment, owned) or tagged(tags)
        if known is None or not known.user:
            return standing(known, None, home)
        team = known.owned.team if known.owned else home.team
        return standing(known, self._parts.people.account(team, known.user), home)

    def _days(self, name: str, today: date) -> Sequence[UsageRow]:
        """Return the environment's own usage of the 60 days up to that day."""
        return self._parts.book.ledger.days.sums([name], today - timedelta(days=60), today)

    def _long_rest(self, rest: Rest | None, zone: tzinfo) -> date | None:
        """Return since which day a long rest lasts; nights and weekends off are no long rest."""
        if rest is None or rest.since is None or self._now - rest.since < LONG_REST:
            return None
        return rest.since.astimezone(zone).date()

    def _rest(
        self, name: str, services: Sequence[ServiceSeen], rows: Sequence[UsageRow], zone: tzinfo
    ) -> Rest | None:
        """Return since when the environment has rested: the later of the stop that saved its capacity and the
        end of the last day on which a task ran. What is stopped each night ran the day before.
        """
        if not services:
            return None
        if any(service.desired for service in services):
            return Rest()
        saved = self._parts.book.capacities.find(name)
        ran = max((row.day for row in rows if row.item == ON and row.used), default=None)
        ends = [midnights(ran, zone)[1]] if ran else []
        ends += [saved.saved_at] if saved and saved.saved_at else []
        return Rest(min(max(ends), self._now)) if ends else None


def recorded_since(parts: Parts, now: datetime) -> datetime:
    """Return since when, at the least, the records are complete: pruning removes the oldest entries first."""
    for span in STEPS:
        if parts.audit.entries(AuditQuery(until=now - span, limit=1)):
            return now - span
    return now


def _deployed(entry: Entry) -> Iterator[str]:
    """Yield the ids of the deployments that the entry's steps made (``handlers.steps.deploy``)."""
    if entry.kind != "closed":
        return
    for known in entry.evidence.values():
        if isinstance(known, dict) and isinstance(known.get("deployment"), str):
            yield known["deployment"]


def _requests(signs: Signs) -> Measured | None:
    """Return the measured requests; a low count is unknown if some requests cannot be counted."""
    if signs.traffic is None:
        return None
    few = signs.traffic.requests <= FEW * signs.days
    if few and signs.traffic.uncounted:
        return None
    return Measured(signs.traffic.requests, signs.days, signs.at)


def _optimizer(signs: Signs, services: Sequence[ServiceSeen]) -> Judged | None:
    """Return what Compute Optimizer judged. An environment is idle only if all its services are idle; one
    idle service says nothing about the others.
    """
    if signs.idle is None:
        return None
    if not signs.idle:
        return Judged(idle=False, at=signs.at)
    idle = {found.name for found in signs.idle}
    if not services or not {service.name for service in services} <= idle:
        return None
    return Judged(idle=True, at=max((found.at for found in signs.idle if found.at), default=signs.at))


def _named(environment: Environment) -> tuple[str, ...]:
    pick = environment.pick
    return (environment.name, pick.cluster if isinstance(pick, ClusterPick) else pick.value)
