"""Composes the replies of ``schedule``, ``reschedule`` and ``unschedule``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from handlers.tell.keep import STOP_NOW, undo
from handlers.words.errors import Trouble
from handlers.words.message import Field, Fields, Log, Offer, Text, blocks
from handlers.words.plan import Plan
from handlers.words.result import Answer, Choice, Refusal, Unchanged
from policies.access.decision import Refused, refuse
from policies.catalog.schedules import WEEK, hours
from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.schedule import Schedule, parse
from policies.schedule.standing import Standing, planned_words, said_in_full, set_by, words
from policies.schedule.strip import DAY, DRAWN
from policies.schedule.transitions import Edge
from policies.schedule.words import ScheduleError

WEEKS_A_MONTH = 365.25 / 7 / 12
_REMARK = re.compile(r", (?!\d)")
"""Matches the remark after a day's times: why the day differs from its weekday, such as a holiday."""


def none(environment: str) -> Answer:
    told = f"`{environment}` has no schedule: nothing stops or starts it by itself."
    return Answer(told, blocks(Text((f"`schedule {environment} set Mon-Fri 08:00-20:00 Europe/Berlin`",))))


def week(
    environment: str, stands: Standing, strip: Sequence[str], fields: Sequence[Field], seen: str
) -> Answer:
    """Show the week. ``strip`` is the drawn week; ``seen`` is the environment's state in words."""
    assert stands.row is not None
    remarks = (f"{line[:DAY].strip()}: {line[DRAWN:].strip()}." for line in strip if _REMARK.search(line))
    return Answer(
        f"`{environment}` is {seen}.",
        blocks(Fields(tuple(fields)), _drawn(stands.row.text, strip), Text(tuple(remarks))),
        (undo(stands.override.id),) if stands.override else (),
    )


def _drawn(text: str, strip: Sequence[str]) -> Log:
    """Draw the week without its words, which a phone would wrap; the notation above says the same."""
    lines = tuple(line[:DRAWN].rstrip() for line in strip)
    marks = {"#": "up", ".": "down", "+": "part of the hour", "x": "stops", ">": "starts", "-": "neither"}
    cells = "".join(line[DAY:] for line in lines[1:])
    key = ", ".join(f"{mark} {word}" for mark, word in marks.items() if mark in cells)
    return Log(f"{text} ({key})", lines)


def fields(stands: Standing, environment: str, coming: Sequence[Edge], *, now: datetime) -> Iterator[Field]:
    """Yield the fields of ``stands``, which has a row. ``coming`` holds the transitions to tell."""
    row = stands.row
    assert row is not None
    zone = parse(row.text).zone
    yield Field("Next", "; ".join(_edge(e, row, now) for e in coming) or "nothing comes")
    yield Field(
        "Mode",
        "act: stops and starts by itself"
        if row.mode == "act"
        else "observe: says what it would do, changes nothing",
    )
    since = f", in force since {said_in_full(row.since, zone, now)}" if row.since else ""
    pattern = "" if row.pattern == environment else f" on `{row.pattern}`"
    yield Field("Set by", f"{set_by(row)}{pattern}{since}")
    yield Field("Up", hours(row.text))
    if stands.override is not None:
        yield Field(
            "Override", f"{words(stands, now)}, since {said_in_full(stands.override.since, stands.zone, now)}"
        )


def planned(overrides: Sequence[Override], zone: tzinfo, now: datetime) -> Iterator[Field]:
    """Yield a field that says what is planned."""
    if said := "; ".join(planned_words(o, zone, now) for o in overrides):
        yield Field("Planned", said)


def _edge(edge: Edge, row: ScheduleRow, now: datetime) -> str:
    would = "would " if row.mode == "observe" else ""
    why = f", at {edge.why}" if edge.key.ends_override else ""
    why = f", {edge.why}" if edge.key.begins_override else why
    return f"{would}{edge.action} at {said_in_full(edge.instant, parse(row.text).zone, now)}{why}"


def not_a_schedule(wrong: ScheduleError) -> Refusal:
    return Refusal(refuse("schedule.text", f"{wrong} Nothing was changed."))


def barred(sentence: str) -> Refusal:
    return Refusal(refuse("safeguards.schedule", f"{sentence}. Nothing was changed."))


def unfit(flaw: str) -> Refusal:
    return Refusal(refuse("schedule.unfit", f"{flaw} Nothing was changed."))


def owned(row: ScheduleRow) -> Refused:
    return refuse(
        "safeguards.file-owns",
        f"The catalog file owns the schedule of `{row.pattern}` ({row.text}, {row.mode}): change it there "
        f"and run `lamplighter apply`. Nothing was changed.",
    )


def set_already(row: ScheduleRow) -> Unchanged:
    return Unchanged(f"`{row.pattern}` has this schedule already.")


def none_set(environment: str) -> Unchanged:
    return Unchanged(f"No schedule was set in Slack for `{environment}`.")


def to_confirm(
    environment: str, when: str, plan: Plan, *, money: Sequence[str], can_stop_now: bool
) -> Choice:
    """Show the plan. The person can confirm it; if the schedule has the environment down already, they can
    also stop it by hand.
    """
    confirm = Offer(
        "Set this schedule",
        "reschedule",
        arguments={"when": when, "shown": "yes"},
        style="primary",
        plan_hash=plan.hash,
    )
    shown = blocks(Text((*plan.notes, *money)))
    return Choice(f"Scheduling `{environment}`:", shown, (confirm, *((STOP_NOW,) if can_stop_now else ())))


def promised(
    row: ScheduleRow, by_it: Standing, before: ScheduleRow | None, *, now: datetime
) -> Iterator[str]:
    """Yield what the plan promises. ``by_it`` is the standing by the new row; ``before``, the present row."""
    read = parse(row.text)
    yield f"{row.text} ({row.mode}): {hours(row.text)}"
    yield _saved(read)
    until = f" until {said_in_full(by_it.until, read.zone, now)}" if by_it.until else ""
    if by_it.state == "down":
        yield f"Down now by this schedule{until}; it does not act on a moment before it took effect."
    elif by_it.state == "up":
        yield f"Up now by this schedule{until}."
    if row.mode == "observe":
        yield "It only observes: the clock says what it would have done and changes nothing."
    if before is not None:
        yield f"In place of {before.text} on `{before.pattern}`, set by {set_by(before)}."


def _saved(read: Schedule) -> str:
    """Say how many hours are saved; the money is told next to the plan."""
    up = read.hours_a_week()
    if up is None and read.starts:
        return "It only starts: nothing stops it by itself, so that saves nothing."
    if up is None:
        return "It only stops: what that saves depends on who starts it."
    off = WEEK - up
    return f"Off {off:.4g} hours a week, about {off * WEEKS_A_MONTH:.0f} a month."


def no_money(trouble: Trouble) -> str:
    return f"What that is in money cannot be told now. {trouble.sentence}"


def taken_away(current: ScheduleRow, then: ScheduleRow | None) -> tuple[str, ...]:
    after = (
        f"Then {then.text} on `{then.pattern}` holds, set by {set_by(then)}."
        if then
        else "After that, nothing stops or starts it by itself; it stays as it is now."
    )
    return (f"{current.text} ({current.mode}), set by {set_by(current)}", after)
