"""`/env schedule staging set Mon-Fri 08:00-20:00 Europe/Berlin`, and `… clear`: change a schedule that no
file owns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from handlers.now import sleeping
from handlers.ports.scope import Scope
from handlers.steps.running_cost import lit_cost
from handlers.steps.write_schedule import (
    ORIGIN,
    hand_row,
    remove_schedule_step,
    slack_row,
    write_schedule_step,
)
from handlers.tell import schedule as tell
from handlers.words.arguments import Hidden, sentence
from handlers.words.errors import Trouble
from handlers.words.operation import Purpose, Verb, operation
from handlers.words.plan import Plan
from handlers.words.result import Choice, Refusal, Unchanged
from policies.access.people import Role
from policies.catalog.schedules import barred, flaws
from policies.schedule.rows import AskedSchedule, ScheduleRow, governing
from policies.schedule.schedule import Schedule, parse
from policies.schedule.standing import Standing, standing, zone_of
from policies.schedule.words import ScheduleError


@operation(
    "reschedule",
    role=Role.OPERATOR,
    purpose=Purpose.SCHEDULE,
    changes=True,
    verb=Verb("getting a new schedule", "has a new schedule", "did not get its schedule", whole=True),
    confirm=True,
    conflicts="schedule",
    aliases=("schedule set", "set", "set schedule"),
)
def reschedule(
    scope: Scope,
    when: Annotated[AskedSchedule, sentence("the times", "Mon-Fri 08:00-20:00 Europe/Berlin")],
    shown: Hidden[bool] = False,
) -> Plan | Refusal | Choice | Unchanged:
    """Set when an environment is up; shows its nights and asks first.

    ``shown``: its plan was shown already.
    """
    when = when.at(zone_of(scope.environment, scope.schedule))
    try:
        scope.holidays(when.schedule)
    except ScheduleError as wrong:
        return tell.not_a_schedule(wrong)
    row = ScheduleRow(scope.environment.name, str(when.schedule), when.mode, origin=ORIGIN)
    if (owned := _owned(scope)) is not None:
        return owned
    for said_so in barred(row, (scope.environment,)):
        return tell.barred(said_so)
    current = slack_row(scope)
    if current is not None and (current.text, current.mode) == (row.text, row.mode):
        return tell.set_already(row)
    for flaw in flaws(row.text, scope.now):
        return tell.unfit(flaw)
    by_it = _now_by(scope, row)
    plan = Plan(
        doing="scheduling",
        steps=(write_schedule_step(row),),
        before={"schedule": current.text if current else ""},
        notes=tuple(tell.promised(row, by_it, scope.schedule, now=scope.now)),
    )
    if shown:
        return plan
    can_stop_now = by_it.state == "down" and not sleeping(scope)
    money = tuple(_money(scope, parse(row.text)))
    return tell.to_confirm(scope.environment.name, when.text, plan, money=money, can_stop_now=can_stop_now)


def _owned(scope: Scope) -> Refusal | None:
    """Refuse to change from Slack what a file owns."""
    row = scope.schedule
    if row is None or row.origin != "file" or row.pattern != scope.environment.name:
        return None
    return Refusal(tell.owned(row))


def _money(scope: Scope, read: Schedule) -> Iterator[str]:
    """Tell what the schedule saves. This is shown with the plan but is not part of it: what runs may change
    until the plan is confirmed.
    """
    up = read.hours_a_week()
    if up is None:
        return
    try:
        yield lit_cost(scope).words(up)
    except Trouble as trouble:
        yield tell.no_money(trouble)


def _now_by(scope: Scope, row: ScheduleRow) -> Standing:
    return standing(row, None, scope.now, scope.holidays(parse(row.text)))


@operation(
    "unschedule",
    role=Role.OPERATOR,
    purpose=Purpose.SCHEDULE,
    changes=True,
    verb=Verb("losing its schedule", "has no schedule", "still has its schedule", whole=True),
    confirm=True,
    conflicts="schedule",
    aliases=("schedule clear", "schedule remove", "remove schedule", "delete schedule"),
)
def unschedule(scope: Scope) -> Plan | Refusal | Unchanged:
    """Take away the schedule that was set in Slack."""
    current = slack_row(scope) or hand_row(scope)
    if current is None:
        return _owned(scope) or tell.none_set(scope.environment.name)
    rest = [] if scope.catalog is None else [r for r in scope.catalog.read().schedules if r != current]
    return Plan(
        doing="taking the schedule from",
        steps=(remove_schedule_step(current),),
        before={"schedule": current.text},
        notes=tell.taken_away(current, governing(scope.environment, rest)),
    )
