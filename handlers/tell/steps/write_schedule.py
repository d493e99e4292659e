"""Composes what is said of a schedule that was written or removed."""

from __future__ import annotations

from datetime import datetime, tzinfo

from policies.catalog.schedules import hours
from policies.schedule.rows import ScheduleRow
from policies.schedule.standing import said_in_full

NO_CATALOG = "No catalog is at hand to write a schedule to."


def up(row: ScheduleRow) -> str:
    return f"`{row.pattern}` is up {row.text} from now on ({row.mode}, {hours(row.text)})."


def started_by_hand(environment: str, until: datetime | None, *, zone: tzinfo, now: datetime) -> str:
    end = f" until {said_in_full(until, zone, now)}" if until else ""
    return f"`{environment}` stays on{end}: started by hand."


def no_end(environment: str) -> str:
    return f"`{environment}` no longer ends by itself."


def gone(environment: str) -> str:
    return f"The schedule set in Slack for `{environment}` is gone."
