"""`/env changes staging since 3pm`: what was changed in an environment, through Lamplighter and past it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from handlers.facts.happened import acts_of, asked_for
from handlers.ports.desk import Desk
from handlers.ports.scope import Scope
from handlers.ports.store import AuditQuery, OperationRecord
from handlers.tell import changes as tell
from handlers.tell.changes import Line, Page, Source
from handlers.words.arguments import Hidden, sentence
from handlers.words.errors import Trouble
from handlers.words.operation import Reach, operation
from handlers.words.result import Answer, Refusal
from policies.access.people import Role
from policies.schedule.rows import governing
from policies.schedule.standing import zone_of
from policies.schedule.weekly import agreed
from policies.service.console import deployments_page
from policies.service.environment import Environment
from policies.service.facts import ServiceFacts
from policies.service.happened import Activity, Did, Rollout, moved, not_ours, others
from policies.times.gone_by import GoneBy
from policies.times.reading import TimeError

PAGE = 20
"""Lines per answer; a button shows more."""
USUAL, LONGEST = timedelta(hours=24), timedelta(days=14)
TURNED = timedelta(hours=2)
"""How much later a further page may be asked for, whose time was within the limit when it was asked first."""
EVENTS_KEPT = 100
"""The service events that ECS keeps (facts/ecs 2.5)."""
STOPPED_KEPT = timedelta(hours=1)
"""For how long ECS shows a task that has stopped (facts/ecs 1.2)."""
T = TypeVar("T")


@operation("changes", role=Role.VIEWER, reach=Reach.ONE_OR_ALL, aliases=("timeline", "changed"))
def changes(
    desk: Desk,
    since: Annotated[GoneBy | None, sentence("since when, 24 hours if not said", "since 3pm")] = None,
    skip: Hidden[int] = 0,
) -> Answer | Refusal:
    """What was changed in an environment, by whom, here and past Lamplighter, newest first."""
    if not desk.environments:
        return tell.none()
    zone = _zone(desk)
    try:
        begin = since.at(desk.now, zone) if since else desk.now - USUAL
    except TimeError as wrong:
        return tell.not_gone_by(str(wrong))
    if begin < desk.now - LONGEST - (TURNED if skip else timedelta()):
        return tell.too_old(desk.now - LONGEST, zone, desk.now)
    places = [desk.named] if desk.named else list(desk.environments)
    records = asked_for(desk, [place.name for place in places], begin)
    asked = [record for record in records if record.opened_at >= begin]
    links = desk.links([record.id for record in asked])
    lines = [replace(_own(desk, record), link=links.get(record.id, "")) for record in asked]
    look = _Look(desk, desk.named, begin, records) if desk.named else None
    lines += look.lines() if look else []
    lines.sort(key=lambda line: line.at, reverse=True)
    found = Page(tuple(lines), begin, desk.now, zone, desk.named.name if desk.named else "")
    notes = (
        *_record_begins(desk, begin, zone),
        *(look.notes(zone) if look else (tell.name_one(desk.command),)),
    )
    return tell.page(found, notes, skip=skip, most=PAGE)


def _zone(desk: Desk) -> ZoneInfo:
    """The zone in which times are read and said: the environment's, or the one that all of them share."""
    if desk.named is not None:
        found = zone_of(desk.named, governing(desk.named, desk.state.schedules))
        return found if isinstance(found, ZoneInfo) else ZoneInfo(desk.named.time_zone)
    return agreed((e.time_zone for e in desk.environments), "UTC")


def _own(desk: Desk, record: OperationRecord) -> Line:
    declared = next((o for o in desk.operations if o.name == record.name), None)
    return tell.own(record, declared, now=desk.now, placed=desk.named is None)


def _record_begins(desk: Desk, begin: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Say from when on our own record is known, if it does not reach back so far."""
    first = desk.audit.entries(AuditQuery(before_seq=2, limit=1))
    at = first[0].entry.at if first else None
    return (tell.record_begins(at, zone, desk.now),) if at is not None and at > begin else ()


@dataclass
class _Look:
    """One look at what AWS shows of one environment. A source that cannot be read is told, and the others
    stand.
    """

    desk: Desk
    place: Environment
    since: datetime
    records: Sequence[OperationRecord]
    missing: list[tuple[Source, str]] = field(default_factory=list)
    facts: tuple[ServiceFacts, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    """The console's page with the deployments of each service."""
    unexplained: bool = False

    def lines(self) -> list[Line]:
        scope = self.desk.scopes.bind(self.place, self.desk.actor)
        ours = acts_of(self.records, self.desk.now)
        names = self._tried(Source.SERVICES, lambda: self._names(scope))
        rollouts = self._tried(
            Source.DEPLOYMENTS, lambda: scope.services.deployments_since(names, self.since)
        )
        activities = self._tried(Source.SCALING, lambda: scope.scaling.activities(names, self.since))
        ran = self._tried(Source.TASKS, lambda: scope.tasks.ran_since(self.since))
        known = frozenset(id_ for did in ours for id_ in did.known)
        found = [
            replace(tell.deployed(rollout), link=self.pages.get(rollout.service, ""))
            for rollout in others(rollouts, ours)
        ]
        found += [tell.scaled(activity) for activity in not_ours(activities, ours)]
        found += [tell.ran(one) for one in ran if not known & {one.id, one.started_by}]
        for facts in self.facts:
            causes = _causes(facts.name, ours, rollouts, activities, self.desk.now)
            events = [event for event in facts.events if event.at >= self.since]
            bursts = [tell.moved(one) for one in moved(facts.name, events, causes)]
            self.unexplained = self.unexplained or bool(bursts)
            found += bursts
        return found

    def notes(self, zone: ZoneInfo) -> tuple[str, ...]:
        said = [tell.missing(source, why) for source, why in self.missing]
        short = {f.name: f.events[-1].at for f in self.facts if len(f.events) >= EVENTS_KEPT}
        short = {name: at for name, at in short.items() if at > self.since}
        said += [tell.events_known(short, zone, self.desk.now)] if short else []
        said += [tell.UNEXPLAINED] if self.unexplained else []
        said += [tell.TASKS_FORGOTTEN] if self.since < self.desk.now - STOPPED_KEPT else []
        return tuple(said)

    def _names(self, scope: Scope) -> tuple[str, ...]:
        own = scope.services.members().own
        names = tuple(service.name for service in own)
        self.pages = {service.name: deployments_page(service) for service in own}
        self.facts = scope.services.summaries(names)
        return names

    def _tried(self, source: Source, read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return read()
        except Trouble as trouble:
            self.missing.append((source, trouble.sentence))
            return ()


def _causes(
    service: str,
    ours: Sequence[Did],
    rollouts: Sequence[Rollout],
    activities: Sequence[Activity],
    now: datetime,
) -> list[tuple[datetime, datetime]]:
    """The spans in which tasks of the service came and went for a known cause."""
    spans = [(did.begin, did.end) for did in ours if service in did.services]
    spans += [(r.created_at, r.finished_at or now) for r in rollouts if r.service == service]
    return spans + [(a.at, a.at) for a in activities if a.service == service]
