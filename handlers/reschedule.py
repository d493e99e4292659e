"""`/env schedule staging set Mon-Fri 08:00-20:00 Europe/Berlin`, and `… clear`: what a file does not own."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.keep import STOP_NOW, sleeping
from handlers.ports.scope import Scope
from handlers.steps.running_cost import lit_cost
from handlers.steps.write_schedule import ORIGIN, remove_schedule_step, slack_row, write_schedule_step
from handlers.words.errors import Trouble
from handlers.words.operation import Argument, operation
from handlers.words.plan import Plan
from handlers.words.result import Offer, Outcome
from policies.catalog_schedules import WEEK, barred, hours
from policies.decision import Decision, refuse
from policies.people import Role
from policies.schedule import Schedule, ScheduleError, parse
from policies.schedule_rows import ScheduleRow, governing
from policies.standing import Standing, said_in_full, set_by, standing

WEEKS_A_MONTH = 365.25 / 7 / 12
SHOWN = Argument("shown", "that its plan was shown", hidden=True)


@operation(
    "reschedule",
    role=Role.OPERATOR,
    changes=True,
    confirm=True,
    conflicts="schedule",
    aliases=("schedule set",),
    arguments=(
        Argument(
            "when",
            "the times, for example Mon-Fri 08:00-20:00 Europe/Berlin",
            positional=True,
            required=True,
            rest=True,
        ),
        SHOWN,
    ),
)
def reschedule(scope: Scope, when: str = "", shown: str = "") -> Plan | Outcome | Decision:
    """Set when an environment is up."""
    try:
        row = _row(scope, when)
    except ScheduleError as wrong:
        return Outcome("refused", f"{wrong} Nothing was changed.")
    if (owned := _owned(scope)) is not None:
        return owned
    for said_so in barred(row, (scope.environment,)):
        return refuse("safeguards.schedule", f"{said_so}. Nothing was changed.")
    current = slack_row(scope)
    if current is not None and (current.text, current.mode) == (row.text, row.mode):
        return Outcome("unchanged", f"`{row.pattern}` has this schedule already.")
    plan = Plan(
        doing="scheduling",
        steps=(write_schedule_step(row),),
        before={"schedule": current.text if current else ""},
        notes=tuple(_promised(scope, row)),
    )
    return plan if shown else _to_confirm(scope, when, plan, row)


def _row(scope: Scope, when: str) -> ScheduleRow:
    """Raises ``ScheduleError``, also for a holiday calendar that is not known."""
    text = when.strip().strip("\"'")
    mode, _, rest = text.partition(" ")
    observes, acts = mode.lower() == "observe", mode.lower() == "act"
    read = parse(rest if observes or acts else text)
    scope.holidays(read)
    return ScheduleRow(scope.environment.name, str(read), "observe" if observes else "act", origin=ORIGIN)


def _owned(scope: Scope) -> Decision | None:
    """What a file owns is not changed from Slack."""
    row = scope.schedule
    if row is None or row.origin != "file" or row.pattern != scope.environment.name:
        return None
    return refuse(
        "safeguards.file-owns",
        f"The catalog file owns the schedule of `{row.pattern}` ({row.text}, {row.mode}): change it there "
        f"and run `lamplighter apply`. Nothing was changed.",
    )


def _to_confirm(scope: Scope, when: str, plan: Plan, row: ScheduleRow) -> Outcome:
    """The plan, shown; besides confirming it, what is down by it already can be stopped by hand."""
    confirm = Offer(
        "Set this schedule",
        "reschedule",
        arguments={"when": when, "shown": "yes"},
        style="primary",
        plan_hash=plan.hash,
    )
    stop = (STOP_NOW,) if _now_by(scope, row).state == "down" and not sleeping(scope) else ()
    told = f"Scheduling `{scope.environment.name}`:"
    notes = (*plan.notes, *_money(scope, parse(row.text)))
    return Outcome("needs confirmation", told, notes=notes, offers=(confirm, *stop))


def _money(scope: Scope, read: Schedule) -> Iterator[str]:
    """Beside the plan and not in it: what runs may change until it is confirmed."""
    up = read.hours_a_week()
    if up is None:
        return
    try:
        yield lit_cost(scope).words(up)
    except Trouble as trouble:
        yield f"What that is in money cannot be told now. {trouble.sentence}"


def _now_by(scope: Scope, row: ScheduleRow) -> Standing:
    return standing(row, None, scope.now, scope.holidays(parse(row.text)))


def _promised(scope: Scope, row: ScheduleRow) -> Iterator[str]:
    read, found = parse(row.text), _now_by(scope, row)
    yield f"{row.text} ({row.mode}): {hours(row.text)}"
    yield _saved(read)
    until = f" until {said_in_full(found.until, read.zone, scope.now)}" if found.until else ""
    if found.state == "down":
        yield f"Down now by this schedule{until}; it does not act on a moment before it took effect."
    elif found.state == "up":
        yield f"Up now by this schedule{until}."
    if row.mode == "observe":
        yield "It only observes: the clock says what it would have done and changes nothing."
    if scope.schedule is not None:
        before = scope.schedule
        yield f"In place of {before.text} on `{before.pattern}`, set by {set_by(before)}."


def _saved(read: Schedule) -> str:
    """Hours; money is told beside the plan."""
    up = read.hours_a_week()
    if up is None:
        return "It only stops: what that saves depends on who starts it."
    off = WEEK - up
    return f"Off {off:.4g} hours a week, about {off * WEEKS_A_MONTH:.0f} a month."


@operation(
    "unschedule",
    role=Role.OPERATOR,
    changes=True,
    confirm=True,
    conflicts="schedule",
    aliases=("schedule clear",),
)
def unschedule(scope: Scope) -> Plan | Outcome | Decision:
    """Take away the schedule that was set in Slack."""
    current, name = slack_row(scope), scope.environment.name
    if current is None:
        return _owned(scope) or Outcome("unchanged", f"No schedule was set in Slack for `{name}`.")
    rest = [] if scope.catalog is None else [r for r in scope.catalog.read().schedules if r != current]
    then = governing(scope.environment, rest)
    after = (
        f"Then {then.text} on `{then.pattern}` holds, set by {set_by(then)}."
        if then
        else "Then nothing stops or starts it by itself; as it is now it stays."
    )
    return Plan(
        doing="taking the schedule from",
        steps=(remove_schedule_step(current),),
        before={"schedule": current.text},
        notes=(f"{current.text} ({current.mode}), set by {set_by(current)}", after),
    )
