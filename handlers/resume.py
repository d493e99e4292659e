"""`/env resume staging`: end what keeps an environment on or off, so that its schedule holds again."""

from __future__ import annotations

from handlers.now import held_now, seen_now, stands
from handlers.planned import cancel, planned_here
from handlers.ports.scope import Scope
from handlers.steps.override import end_override_step
from handlers.tell import keep as tell
from handlers.tell import planned as tell_planned
from handlers.words.arguments import Hidden
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Unchanged
from policies.access.people import Role
from policies.schedule.overrides import replaced_by
from policies.schedule.standing import zone_of


@operation(
    "resume",
    purpose=Purpose.TONIGHT,
    role=Role.DEVELOPER,
    changes=True,
    verb=Verb("going back to its schedule", "is back on schedule", "is not back on schedule", whole=True),
    conflicts="override",
    noticed=True,
)
def resume(scope: Scope, override: Hidden[str] = "") -> Plan | Unchanged | Choice:
    """End a pause or a keep, or cancel one that is planned: the schedule holds again.

    ``override``: end only this override, if it is still in force, or cancel it if it has yet to begin; the
    override that it replaced then holds again.
    """
    name, held, planned = scope.environment.name, held_now(scope), planned_here(scope)
    meant = [o for o in planned if o.id == override or (held is None and not override)]
    if len(meant) == 1:
        return cancel(scope, meant[0])
    if meant:
        return tell_planned.which(name, meant, zone_of(scope.environment, scope.schedule), scope.now)
    seen = seen_now(scope)
    if held is None:
        return tell.nothing_kept(name, stands(scope), scope.now, seen=seen)
    if override and held.id != override:
        return tell.ended_already(name, stands(scope), scope.now, seen=seen)
    before = replaced_by(held, scope.book.overrides.recent(held.since), scope.now) if override else None
    zone = zone_of(scope.environment, scope.schedule)
    return Plan(
        doing="ending the override of",
        steps=(end_override_step(held, again=before),),
        before={"override": held.id},
        until=before.until if before else None,
        of="" if before else held.id,
        notes=(*tell.was(stands(scope), scope.now, seen=seen), *tell.again(before, zone, scope.now)),
    )
