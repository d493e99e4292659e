"""`/env pause staging`: no stop tonight. A Friday's pause does not burn the weekend."""

from __future__ import annotations

from handlers.keep import kept_on, over
from handlers.ports.scope import Scope
from handlers.tell.keep import PAUSED
from handlers.words.operation import operation
from handlers.words.plan import Plan
from handlers.words.result import Refusal, Unchanged
from policies.access.people import Role
from policies.schedule.overrides import Asked
from policies.schedule.schedule import Holidays, parse
from policies.schedule.standing import tonight, zone_of


@operation("pause", role=Role.DEVELOPER, changes=True, conflicts="override", undone_by="resume")
def pause(scope: Scope) -> Plan | Refusal | Unchanged:
    """Pause the schedule for tonight: on until it starts in the morning, else until 06:00."""
    zone = zone_of(scope.environment, scope.schedule)
    schedule = parse(scope.schedule.text) if scope.schedule else None
    dates: Holidays = scope.holidays(schedule) if schedule else frozenset()
    asked = Asked("up", tonight(schedule, zone, scope.now, dates), PAUSED)
    too_long = over(scope, asked)
    return kept_on(scope, asked) if too_long is None else Refusal(too_long)
