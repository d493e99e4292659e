"""The fleet as last seen, one page at a time: from rows of the meter, of the audit log and of the ledger.

AWS is asked only about environments that nobody has looked at since we changed them (a few per page), or if a
person asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from handlers.facts.spent import zone_named
from handlers.now import MOVES, move_in
from handlers.ports.desk import Desk
from handlers.ports.findings import Look
from handlers.ports.store import AuditQuery, OperationRecord
from handlers.words.errors import Trouble
from policies.access.people import SlackPerson, actor_of
from policies.cost.glance import Glance, glance
from policies.cost.sightings import ServiceSeen, Sighting
from policies.cost.usage import ON
from policies.orphans.evidence import Owner, Standing
from policies.orphans.owners import Contact, contact
from policies.record.evidence import Entry
from policies.service.environment import Environment
from policies.service.facts import ServiceFacts
from policies.service.health import Health
from policies.service.status import describe

LOOKED_AT = 20
"""The number of an environment's newest audit entries that are searched for the last action."""
DRIFTED = timedelta(days=8)
"""How far back to look for a reported drift (``handlers.clock.drift``)."""
_WELL = {Health.HEALTHY: True, Health.UNHEALTHY: False, Health.FAILED: False, Health.ROLLED_BACK: False}


@dataclass(frozen=True)
class Use:
    """The last use of an environment. ``at``: when a person or a deployment last did something there. ``by``:
    the person, empty for a deployment. ``moved``: when we last started or stopped it.
    """

    at: datetime | None = None
    by: str = ""
    moved: datetime | None = None

    def or_deployed(self, sighting: Sighting | None) -> Use:
        """Return the newest deployment instead, if it is newer."""
        services = sighting.services if sighting is not None else ()
        deployed = max((s.deployed for s in services if s.deployed), default=None)
        if deployed is None or (self.at is not None and self.at >= deployed):
            return self
        return replace(self, at=deployed, by="")


@dataclass(frozen=True)
class Fleet:
    """The state of every environment that is looked at. ``running``: the operations under way in each."""

    sightings: Mapping[str, Sighting]
    running: Mapping[str, Sequence[OperationRecord]]
    drifted: frozenset[str]

    def move(self, name: str) -> OperationRecord | None:
        return move_in(self.running.get(name, ()))

    def glance(self, name: str, sighting: Sighting | None = None) -> Glance:
        """Judge an environment by ``sighting``, or by the last one if there is none."""
        move, found = self.move(name), sighting or self.sightings.get(name)
        seen = found.services if found is not None and found.at is not None else None
        return glance(seen, MOVES[move.name] if move else None)


def fleet(desk: Desk, names: Sequence[str]) -> Fleet:
    """Read the fleet from its rows."""
    running: dict[str, list[OperationRecord]] = {name: [] for name in names}
    for record in desk.records.running(names):
        running[record.environment].append(record)
    return Fleet(desk.book.ledger.sightings.all(), running, _drifted(desk, names))


def _drifted(desk: Desk, names: Sequence[str]) -> frozenset[str]:
    """Return the environments that were reported as running although stopped.

    Once the schedule or a person has started an environment, nothing saved is left of its stop, and it no
    longer drifts.
    """
    claims, stopped = desk.book.claims.since(desk.now - DRIFTED), desk.book.capacities.stopped()
    told = (n for n in names if any(c.key.is_drift and c.state == "postponed" for c in claims.get(n, ())))
    return frozenset(told) & stopped


def used(desk: Desk, name: str) -> Use:
    """Return who did something there last, according to the audit log.

    If the newest entries are all the clock's, people's own entries are searched.
    """
    query = AuditQuery(environments=(name,), limit=LOOKED_AT)
    newest = [each.entry for each in desk.audit.entries(query)]
    moved = next((e.at for e in newest if e.kind == "closed" and e.operation in MOVES), None)
    last = next(filter(_is_persons, newest), None)
    if last is None and len(newest) == LOOKED_AT:
        theirs = desk.audit.entries(replace(query, people=True))
        last = next(filter(_is_persons, (each.entry for each in theirs)), None)
    return Use(last.at, last.actor_name, moved) if last else Use(moved=moved)


def _is_persons(entry: Entry) -> bool:
    return entry.kind in ("started", "read") and isinstance(actor_of(entry.actor), SlackPerson)


def outdated(sighting: Sighting | None, use: Use) -> bool:
    """Return whether the environment was never seen, or not since we last started or stopped it."""
    if sighting is None or (sighting.at is None and not sighting.trouble):
        return True
    return use.moved is not None and sighting.at is not None and sighting.at < use.moved


def looked(desk: Desk, environment: Environment, last: Sighting | None) -> Sighting:
    """Return the environment as AWS reports it now, or the last sighting with the reason if AWS does not
    answer.
    """
    try:
        services = desk.scopes.bind(environment, desk.actor).services
        facts = services.summaries([s.name for s in services.members().own])
    except Trouble as trouble:
        return replace(last or Sighting(environment.name), trouble=trouble.sentence)
    return Sighting(environment.name, desk.now, tuple(service_seen(f) for f in facts))


def owners(desk: Desk, environments: Collection[Environment]) -> dict[str, Owner]:
    """Return whom to ask about each environment. A Slack user's name, and whether they are still a member,
    come from the last lookup.
    """
    set_here = desk.book.orphans.owners.all()
    contacts = ((e.name, contact(e, set_here.get(e.name))) for e in environments)
    known = {name: each for name, each in contacts if each is not None}
    looks = desk.book.orphans.looks.all() if any(each.user for each in known.values()) else {}
    return {name: _owner(each, looks.get(name)) for name, each in known.items()}


def _owner(known: Contact, look: Look | None) -> Owner:
    last = look.evidence.owner if look is not None and look.evidence is not None else None
    if last is not None and last.user and last.user == known.user:
        return last
    return Owner(Standing.THERE, known.name, known.user)


@dataclass(frozen=True)
class Month:
    """``micros``: the cost of each environment in its own month so far; an environment with no known day is
    left out. ``prices``: the price lists used, in words.
    """

    micros: Mapping[str, int]
    prices: frozenset[str] = frozenset()


def this_month(desk: Desk, environments: Collection[Environment]) -> Month:
    months: dict[tuple[date, date], list[str]] = {}
    for each in environments:
        today = desk.now.astimezone(zone_named(each.time_zone)).date()
        months.setdefault((today.replace(day=1), today), []).append(each.name)
    found, prices = dict[str, int](), set[str]()
    for (first, last), names in months.items():
        for total in desk.book.ledger.days.totals(names, first, last):
            if total.item != ON:
                found[total.environment] = found.get(total.environment, 0) + total.micros
                prices.add(total.priced)
    return Month(found, frozenset(filter(None, prices)))


def service_seen(facts: ServiceFacts) -> ServiceSeen:
    primary = facts.primary
    return ServiceSeen(
        facts.name,
        facts.desired,
        facts.running,
        _WELL.get(describe(facts).health),
        primary.id if primary else "",
        primary.created_at if primary else None,
        facts.revision,
    )
