"""Composes the answer of ``list``."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell import failed as tell_failed
from handlers.tell.caveats import which
from handlers.tell.glance import signed
from handlers.tell.operation import by_whom
from handlers.tell.pages import more
from handlers.tell.wording import meter
from handlers.words.message import Offer, Status, Table, Text, blocks
from handlers.words.result import Answer
from policies.cost.glance import Glance, State
from policies.cost.money import told
from policies.cost.sightings import Sighting
from policies.orphans.evidence import Owner, Standing
from policies.record.lifecycle import WHOLE
from policies.service.environment import Environment
from policies.times.instants import words

COLUMNS = ("Environment", "State", "Health", "Idle", "Schedule", "This month", "Owner")
OLD = 3
"""The age, in looks of the meter, beyond which a row says how old its data is."""
UNWELL, NAME, HELD, TROUBLE = 3, 24, 90, 80
"""The most services that a row names, and the most characters of a name (service, person or owner), of what
holds the environment, and of a trouble. Fifteen rows have to fit into one table of 8,000 characters.
"""


@dataclass(frozen=True)
class Row:
    """One environment in the list. ``asked`` says that AWS was asked about it just now. ``running`` is the
    operation that is under way there. ``at`` and ``by`` say when something was last done there, and by whom;
    an empty ``by`` means a deployment. ``held`` says what holds the environment as it is, and until when.
    ``micros`` is this month's cost; ``None`` if nothing is known of it. ``failed`` is what of ours failed
    last, the newest first. ``zone`` is that of the schedule.
    """

    environment: Environment
    glance: Glance
    sighting: Sighting | None
    asked: bool
    drifted: bool
    running: OperationRecord | None
    at: datetime | None
    by: str
    held: str
    micros: int | None
    owner: Owner | None
    zone: tzinfo
    failed: tell_failed.Failed = ()

    @property
    def stale(self) -> bool:
        """Whether something failed there since it was seen, so that it is not called healthy."""
        return tell_failed.since(self.failed, self.sighting.at if self.sighting else None)


def none() -> Answer:
    return Answer("There is no environment here for you yet; an admin can give you a grant.")


def nothing_like(find: str) -> Answer:
    return Answer(
        f"None of your environments matches `{find}`. Write a state (on, off, partly, unknown), a part of a "
        "name or an owner, or nothing at all."
    )


@dataclass(frozen=True)
class Seen:
    """When the list is read. ``every`` is the interval between two looks of the meter; zero if the meter is
    off.
    """

    now: datetime
    every: timedelta


def page(
    rows: Sequence[Row],
    remarks: Sequence[str],
    asked: Mapping[str, str],
    *,
    of: int,
    skip: int,
    seen: Seen,
) -> Answer:
    """Show one page. ``of`` counts the environments that were found, of which this page shows ``rows``;
    ``asked`` holds the arguments as typed.
    """
    again = {**asked, "skip": str(skip), "live": "yes"}
    return Answer(
        f"{of} environment{'s' if of != 1 else ''} you may view{_like(asked, of)}.",
        blocks(
            Table(COLUMNS, tuple(_row(row, seen) for row in rows)),
            Text(tuple(_failures(rows, seen.now))),
            Text((*_ages(rows, seen), *remarks)),
        ),
        (
            *more("list", of - skip - len(rows), skip + len(rows), asked),
            Offer("Ask AWS now", "list", arguments=again, once=False),
        ),
        names=tuple(row.environment.name for row in rows),
    )


def clock(ran: datetime | None, now: datetime) -> str:
    """Say when the clock last ran. ``ran`` is ``None`` if this process's clock has not run."""
    if ran is None:
        return "The clock runs in another replica, or has not run yet."
    return f"The clock last ran {words(now - ran)} ago."


def costs(command: str, prices: Collection[str]) -> str:
    at = f"at list prices{which(prices)}"
    return f"Costs are of this month so far, {at}; `{command} cost` says what is not in them."


def _like(asked: Mapping[str, str], of: int) -> str:
    find = asked.get("find", "")
    return f" match{'es' if of == 1 else ''} `{find}`" if find else ""


def _row(row: Row, seen: Seen) -> tuple[str, ...]:
    environment = row.environment
    return (
        f"{environment.name} (production)" if environment.production else environment.name,
        _state(row, seen),
        _well(row),
        _idle(row, seen.now),
        _short(row.held, HELD),
        "–" if row.micros is None else told(row.micros),
        _owner(row.owner),
    )


def _failures(rows: Sequence[Row], now: datetime) -> Iterator[str]:
    """Yield what of ours failed last in these environments, in the words of Home."""
    for row in rows:
        said = ", ".join(tell_failed.lines(row.failed, row.zone, now))
        yield from (f"`{row.environment.name}`: {said}",) if said else ()


def _well(row: Row) -> str:
    """Say which services are unhealthy, or on what something failed since they were seen healthy."""
    if row.glance.unwell or not row.stale:
        return _health(row.glance)
    on = dict.fromkeys(r.name if r.target == WHOLE else r.target for r, _ in row.failed)
    return f"failed: {', '.join(_short(name, NAME) for name in list(on)[:UNWELL])}"


def _state(row: Row, seen: Seen) -> str:
    now = seen.now
    parts = [_is(row), *([_doing(row.running, row.glance, now)] if row.running else [])]
    if row.drifted:
        parts.append("drifted")
    at, trouble = (row.sighting.at, row.sighting.trouble) if row.sighting else (None, "")
    if at is not None and now - at > OLD * seen.every:
        parts.append(f"seen {words(now - at)} ago")
    if trouble:
        parts.append(f"cannot tell now: {_short(trouble, TROUBLE)}")
    return "; ".join(part for part in parts if part)


def at_a_glance(row: Row, seen: Seen) -> str:
    """Sum up one environment: *on: 2 up of 2 · healthy*."""
    health = "" if row.stale and not row.glance.unwell else _health(row.glance)
    return " · ".join(filter(None, (_state(row, seen), health)))


def _is(row: Row) -> str:
    found, trouble = row.glance, row.sighting.trouble if row.sighting else ""
    match found.state:
        case State.UNKNOWN:
            return "" if trouble else signed(Status.UNKNOWN, "not seen yet")
        case State.OFF | State.EMPTY:
            return signed(_STATUS[found.state], found.state.value)
        case _ if not found.of:
            return signed(_STATUS[found.state], found.state.value)
    status = Status.PARTLY_UP if row.stale and found.state is State.ON else _STATUS[found.state]
    return signed(status, f"{found.state.value}: {found.up} up of {found.of}")


_STATUS: Mapping[State, Status] = {
    State.ON: Status.ON,
    State.PARTLY: Status.PARTLY_UP,
    State.OFF: Status.OFF,
    State.STARTING: Status.STARTING,
    State.STOPPING: Status.STOPPING,
    State.EMPTY: Status.UNCHANGED,
    State.UNKNOWN: Status.UNKNOWN,
}
"""The status that leads each state. Nothing can be done about an environment without services."""


def _doing(record: OperationRecord, found: Glance, now: datetime) -> str:
    """Say what is under way. A start or a stop needs only the person, because the state says the rest."""
    moves = found.state in (State.STARTING, State.STOPPING)
    return by_whom(record, now=now) if moves else f"{record.name} {by_whom(record, now=now)}"


def _health(found: Glance) -> str:
    if found.unwell:
        left = len(found.unwell) - UNWELL
        more_of_them = f" and {left} more" if left > 0 else ""
        return f"unhealthy: {', '.join(_short(n, NAME) for n in found.unwell[:UNWELL])}{more_of_them}"
    if not found.up:
        return ""
    return "not measured" if found.unmeasured >= found.up else "healthy"


def _idle(row: Row, now: datetime) -> str:
    if row.at is None:
        return "–"
    return f"{words(now - row.at)} ({_short(row.by, NAME) or 'a deployment'})"


def _ages(rows: Sequence[Row], seen: Seen) -> tuple[str, ...]:
    """Say how old the shown data is, both what the meter saw and what was asked just now."""
    ages = sorted(seen.now - r.sighting.at for r in rows if r.sighting and r.sighting.at and not r.asked)
    lines: list[str] = []
    if ages:
        newest, oldest = words(ages[0]), words(ages[-1])
        lines.append(f"Seen {newest} ago." if newest == oldest else f"Seen {newest} to {oldest} ago.")
    if asked := sum(row.asked for row in rows):
        lines.append(f"AWS was asked about {'all' if asked == len(rows) else asked} of these just now.")
    if unseen := sum(row.glance.state is State.UNKNOWN and not row.asked for row in rows):
        verb = "has" if unseen == 1 else "have"
        lines.append(f"{unseen} {verb} not been seen yet: {meter(seen.every)}.")
    return (" ".join(lines),) if lines else ()


def _owner(owner: Owner | None) -> str:
    """Name the owner, and mark one who can no longer be asked."""
    if owner is None:
        return ""
    left = owner.standing in (Standing.DEACTIVATED, Standing.GONE)
    return f"{_short(owner.name, NAME)}{' (has left)' if left else ''}"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
