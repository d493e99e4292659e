"""Explains why a stop that a notice announced will not happen."""

from __future__ import annotations

from datetime import datetime, tzinfo

from policies.schedule.overrides import Override
from policies.schedule.rows import ScheduleRow
from policies.schedule.standing import from_until, said_in_full, set_by

NOT_IN_CATALOG = "it is no longer in the catalog"
NO_SUCH_STOP = "its schedule no longer has a stop then"


def unscheduled(by: str, *, production: bool) -> str:
    """Say that the environment has no schedule any more. ``by`` is who removed it, if known; ``production``
    says that the environment is production now.
    """
    why = f"its schedule was taken away{f' by {by}' if by else ''}"
    return f"{why}, and it is production now" if production else why


def rescheduled(row: ScheduleRow) -> str:
    return f"its schedule is `{row.text}` now, set by {set_by(row)}"


def given_back(by: str) -> str:
    """Say that somebody ended the override at whose end the environment would have stopped."""
    return f"{by or 'somebody'} ended what kept it on"


def kept_off(held: Override, zone: tzinfo, now: datetime) -> str:
    """Say that somebody keeps the environment off at the time of the stop, so that it is stopped before."""
    by = held.actor_name or "somebody"
    if held.planned_at is not None:
        return f"{by} planned to keep it off {from_until(held.since, held.until, zone, now)}"
    return f"{by} keeps it off until {said_in_full(held.until, zone, now)}"


def cancelled(planned: Override) -> str:
    """The reason that the keep which would have begun with the stop does not begin."""
    if planned.ended_by:
        return f"{planned.ended_by} cancelled the planned keep"
    return planned.not_begun or "the planned keep did not begin"
