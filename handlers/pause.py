"""`/env pause staging`: no stop tonight. A Friday's pause does not burn the weekend."""

from __future__ import annotations

from handlers.keep import held_now, kept_on, over, undo
from handlers.ports.scope import Scope
from handlers.words.operation import operation
from handlers.words.plan import Plan
from handlers.words.result import Outcome
from policies.decision import Decision
from policies.overrides import Asked
from policies.people import Role
from policies.schedule import Holidays, parse
from policies.standing import said_in_full, tonight, zone_of


@operation("pause", role=Role.DEVELOPER, changes=True, conflicts="override")
def pause(scope: Scope) -> Plan | Outcome | Decision:
    """Pause the schedule for tonight: on until it starts in the morning, else until 06:00."""
    zone = zone_of(scope.environment, scope.schedule)
    schedule = parse(scope.schedule.text) if scope.schedule else None
    dates: Holidays = scope.holidays(schedule) if schedule else frozenset()
    asked = Asked("up", tonight(schedule, zone, scope.now, dates), "paused for tonight")
    held = held_now(scope)
    if held is not None and held.state == "up" and held.end > asked.until:
        until = said_in_full(held.end, zone, scope.now)
        told = f"`{scope.environment.name}` stays on until {until} already: {held.actor_name} keeps it."
        return Outcome("unchanged", told, offers=(undo(held.id),))
    return over(scope, asked) or kept_on(scope, asked)
