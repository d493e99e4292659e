"""The fleet as it was last seen: rows of the meter, of the audit log and of the ledger, for a page at a time.

AWS is asked only of what nobody has seen since it was changed by us, of a few a page, and where a person
asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from handlers.now import MOVES, move_in
from handlers.ports.desk import Desk
from handlers.ports.findings import Look
from handlers.ports.store import AuditQuery, OperationRecord
from handlers.spent import zone_named
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
"""Audit entries of one environment, from the newest, among which is looked for what was done last."""
DRIFTED = timedelta(days=8)
"""How far back a drift that was told is looked for (``handlers.clock.drift``)."""
_WELL = {Health.HEALTHY: True, Health.UNHEALTHY: False, Health.FAILED: False, Health.ROLLED_BACK: False}


@dataclass(frozen=True)
class Use:
    """``at``: when a person or a deployment last did something there; ``by``: the person, empty for a
    deployment. ``moved``: when we last brought it up or down."""

    at: datetime | None = None
    by: str = ""
    moved: datetime | None = None

    def or_deployed(self, sighting: Sighting | None) -> Use:
        """With its newest deployment, where that is newer."""
        services = sighting.services if sighting is not None else ()
        deployed = max((s.deployed for s in services if s.deployed), default=None)
        if deployed is None or (self.at is not None and self.at >= deployed):
            return self
        return replace(self, at=deployed, by="")


@dataclass(frozen=True)
class Fleet:
    """Of every environment that is looked at. ``running``: what is being done in each."""

    sightings: Mapping[str, Sighting]
    running: Mapping[str, Sequence[OperationRecord]]
    drifted: frozenset[str]

    def move(self, name: str) -> OperationRecord | None:
        return move_in(self.running.get(name, ()))

    def glance(self, name: str, sighting: Sighting | None = None) -> Glance:
        """By what was seen last, if not by another look."""
        move, found = self.move(name), sighting or self.sightings.get(name)
        seen = found.services if found is not None and found.at is not None else None
        return glance(seen, MOVES[move.name] if move else None)


def fleet(desk: Desk, names: Sequence[str]) -> Fleet:
    """As the rows have it."""
    running: dict[str, list[OperationRecord]] = {name: [] for name in names}
    for record in desk.records.running(names):
        running[record.environment].append(record)
    return Fleet(desk.book.ledger.sightings.all(), running, _drifted(desk, names))


def _drifted(desk: Desk, names: Sequence[str]) -> frozenset[str]:
    """Those of which it was told that they run although they are stopped. Once the schedule or a person has
    started one, nothing saved is left of its stop, and it drifts no more."""
    claims, stopped = desk.book.claims.since(desk.now - DRIFTED), desk.book.capacities.stopped()
    told = (n for n in names if any(c.key.is_drift and c.state == "postponed" for c in claims.get(n, ())))
    return frozenset(told) & stopped


def used(desk: Desk, name: str) -> Use:
    """Who did something there last, as the audit log has it. Where the clock alone did anything lately,
    people's own entries are looked through."""
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
    """Whether it was never seen, or not since we brought it up or down."""
    if sighting is None or (sighting.at is None and not sighting.trouble):
        return True
    return use.moved is not None and sighting.at is not None and sighting.at < use.moved


def looked(desk: Desk, environment: Environment, last: Sighting | None) -> Sighting:
    """As AWS has it now; as it was seen last, with why, where AWS does not say."""
    try:
        services = desk.scopes.bind(environment, desk.actor).services
        facts = services.summaries([s.name for s in services.members().own])
    except Trouble as trouble:
        return replace(last or Sighting(environment.name), trouble=trouble.sentence)
    return Sighting(environment.name, desk.now, tuple(_seen(f) for f in facts))


def owners(desk: Desk, environments: Collection[Environment]) -> dict[str, Owner]:
    """Whom to ask about each. Of an id in Slack, its name and whether they are still there are as they were
    looked up last."""
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
    """``micros``: of each environment in its own month so far; one of which no day is known is left out.
    ``prices``: which were gone by, in words."""

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


def _seen(facts: ServiceFacts) -> ServiceSeen:
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
