"""What a catalog's schedules would cost, before they are applied."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.scopes import PortScopes
from handlers.steps.running_cost import lit_cost
from handlers.words.errors import Trouble
from policies.access.people import ConsoleUser
from policies.schedule.rows import ScheduleRow, governing
from policies.schedule.schedule import parse
from policies.service.environment import Environment

MOST = 20
"""Environments that AWS is asked about, with about three calls each."""


def lines(
    scopes: PortScopes,
    environments: Sequence[Environment],
    rows: tuple[Sequence[ScheduleRow], Sequence[ScheduleRow]],
    user: ConsoleUser,
) -> Iterator[str]:
    """Yield one line for each environment whose schedule changes. ``rows`` are the stored schedules and the
    wanted ones. If AWS does not answer for one environment, the others are not asked about.
    """
    before, after = rows
    changed = [e for e in environments if _text(e, after) not in ("", _text(e, before))]
    asked = scopes.among(environments)
    for environment in changed[:MOST]:
        up = parse(_text(environment, after)).hours_a_week()
        if up is None:
            continue
        try:
            yield f"{environment.name}: {lit_cost(asked.bind(environment, user)).words(up)}"
        except Trouble as trouble:
            yield f"{environment.name}: what that is in money cannot be told now. {trouble.sentence}"
            return
    if len(changed) > MOST:
        yield f"{len(changed) - MOST} more environments were not asked about."


def _text(environment: Environment, rows: Sequence[ScheduleRow]) -> str:
    row = governing(environment, rows)
    return row.text if row else ""
