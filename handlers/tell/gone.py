"""Why a stop that was told in a notice does not come any more."""

from __future__ import annotations

from policies.schedule.rows import ScheduleRow
from policies.schedule.standing import set_by

NOT_IN_CATALOG = "it is not in the catalog any more"
NO_SUCH_STOP = "its schedule has no stop then any more"


def unscheduled(by: str, *, production: bool) -> str:
    """``by``: who took its schedule away, if that is known; ``production``: whether it is that now."""
    why = f"its schedule was taken away{f' by {by}' if by else ''}"
    return f"{why}, and it is production now" if production else why


def rescheduled(row: ScheduleRow) -> str:
    return f"its schedule is `{row.text}` now, set by {set_by(row)}"


def given_back(by: str) -> str:
    """The override at whose end it would have stopped."""
    return f"{by or 'somebody'} ended what kept it on"
