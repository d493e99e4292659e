"""`/env status staging`: how an environment, or one of its services, is now. Unhealthy services first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.facts.fleet import service_seen
from handlers.now import seen, stands, under_way
from handlers.planned import planned_here
from handlers.ports.scope import Scope
from handlers.tell import status as tell
from handlers.tell.failed import lines
from handlers.words.arguments import ServiceName
from handlers.words.message import Text, blocks
from handlers.words.operation import operation
from handlers.words.result import Answer
from policies.access.people import Role
from policies.cost.sightings import Sighting
from policies.record.lifecycle import WHOLE
from policies.schedule.standing import zone_of
from policies.service import images
from policies.service.facts import ServiceFacts
from policies.service.status import describe


@operation("status", role=Role.VIEWER, aliases=("st", "health"))
def status(scope: Scope, service: ServiceName | None = None) -> Answer:
    """How an environment is now, unhealthy services first, or one service in detail."""
    return _one(scope, service) if service else _all(scope)


def _all(scope: Scope) -> Answer:
    members = scope.services.members()
    judged = [(f, describe(f)) for f in scope.services.summaries([s.name for s in members.own], tasks=True)]
    judged.sort(key=lambda pair: (-pair[1].gravity, pair[0].name))
    found = seen(under_way(scope), [f.desired for f, _ in judged])
    held = tell.held(stands(scope), seen=found, now=scope.now)
    failed = _failed(scope, [f for f, _ in judged])
    notes = (*failed, *tell.left_out(members.disputed), *held, *planned(scope))
    return tell.of_environment(scope.environment, judged, running=scope.running, notes=notes, now=scope.now)


def _failed(scope: Scope, found: Sequence[ServiceFacts], service: str = "") -> tuple[str, ...]:
    """Return what of ours failed last here, on this service if one is named, as Home says it. It is told also
    where all services are healthy: then the old tasks go on.
    """
    sighting = Sighting(scope.environment.name, scope.now, tuple(map(service_seen, found)))
    failed = [each for each in scope.failed(sighting) if not service or each[0].target in (service, WHOLE)]
    return tuple(lines(failed, zone_of(scope.environment, scope.schedule), scope.now))


def planned(scope: Scope) -> tuple[str, ...]:
    """Return what is planned for the environment, in sentences."""
    zone = zone_of(scope.environment, scope.schedule)
    return tell.planned(planned_here(scope), zone, scope.now)


def _one(scope: Scope, service: str) -> Answer:
    facts = scope.services.facts(service)
    moved = images.moved(facts, scope.images.digests([i.image for i in facts.images]))
    running = tell.now_of(scope.running, facts.name, now=scope.now)
    told = tell.of_service(scope.environment.name, facts, describe(facts), running=running, moved=moved)
    return replace(told, blocks=(*told.blocks, *blocks(Text(_failed(scope, [facts], service)))))
