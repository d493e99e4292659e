"""Composes the Home of a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
from handlers.tell import failed as tell_failed
from handlers.tell.headline import going
from handlers.tell.list import Row, Seen, at_a_glance
from handlers.tell.wording import meter
from handlers.words.home import Card, Pick
from handlers.words.message import Offer
from handlers.words.operation import Operation
from policies.schedule.overrides import Override
from policies.schedule.standing import planned_words, said_in_full
from policies.times.reading import named_zone

NONE = "You have no grant on any environment yet."
RUNNING, FIND = "Running now", "Find an environment"
ASK_FOR_A_GRANT = "An admin can give you one. Ask"
ASK_FOR_MORE = "Who can give you more:"
LASTS = timedelta(hours=12)
"""How long a button of a Home can be pressed."""
SHOWN = 2
"""Planned keeps that one card shows, a line each."""
PICKED = {
    "restart": "Restart…",
    "keep": "Keep on…",
    "run": "Run a task…",
    "flag": "Switch a flag…",
    "logs": "Logs…",
}
"""The operations that need more than one press, with the labels of their buttons."""
PRESSED = {
    "pause": "Pause tonight",
    "resume": "Back to schedule",
    "start": "Start",
    "stop": "Stop…",
    "why": "Why?",
}
"""The operations that one press asks for, with the labels of their buttons."""


def environments(count: int) -> str:
    return f"{count} environment{'s' if count != 1 else ''} you may view"


@dataclass(frozen=True)
class Beside:
    """What a card tells beside how its environment was seen. ``planned``: the keeps that are planned there,
    the soonest first. ``zone`` is that of the schedule. ``command`` is the slash command.
    """

    planned: Sequence[Override]
    zone: tzinfo
    command: str


def card(row: Row, seen: Seen, buttons: Sequence[Pick | Offer], beside: Beside) -> Card:
    """Compose one card."""
    held = [row.held] if row.held else []
    failed = tell_failed.lines(row.failed, beside.zone, seen.now)
    lines = (*held, *failed, *_planned(row.environment.name, beside, seen.now))
    return Card(row.environment.name, at_a_glance(row, seen), lines, tuple(buttons))


def _planned(environment: str, beside: Beside, now: datetime) -> Iterator[str]:
    yield from (f"Planned: {planned_words(o, beside.zone, now)}" for o in beside.planned[:SHOWN])
    if (left := len(beside.planned) - SHOWN) > 0:
        are = "more keep is" if left == 1 else "more keeps are"
        yield f"{left} {are} planned; `{beside.command} schedule {environment}` shows them all."


def button(operation: str, environment: str) -> Pick | Offer:
    """The button of an operation. A press may be repeated, because a Home stays; each press is decided
    separately.
    """
    if operation in PICKED:
        return Pick(PICKED[operation], operation, environment)
    return Offer(PRESSED[operation], operation, environment, once=False, expires_in=LASTS)


def cancels(environment: str, planned: Sequence[Override], zone: tzinfo, now: datetime) -> list[Offer]:
    """The buttons that cancel exactly what a card says is planned; where that is more than one keep, each
    button says which.
    """
    planned = planned[:SHOWN]
    labels = [f"Cancel the plan for {said_in_full(o.since, zone, now)}" for o in planned]
    labels = labels if len(planned) > 1 else ["Cancel the plan"]
    return [
        Offer(label, "resume", environment, arguments={"override": o.id}, once=False, expires_in=LASTS)
        for label, o in zip(labels, planned, strict=bool(planned))
    ]


def doing(record: OperationRecord, declared: Operation | None, zone: str, now: datetime) -> str:
    """Say what is running: *`orders-api` is restarting in `staging`, asked for by Dev at 14:02
    (Europe/Berlin)*.
    """
    at = said_in_full(record.opened_at, named_zone(zone), now)
    return f"{going(record, declared)}, asked for by {record.actor_name} at {at}"


def more_running(count: int) -> str:
    return f"and {count} more"


def rest(shown: int, of: int, command: str) -> str:
    return (
        f"{shown} of {of} are shown, those in which something is being done first. Find another below, or "
        f"type `{command} list` and a part of its name."
    )


def seen_at(at: datetime, zone: str, now: datetime, every: timedelta) -> str:
    """Say how old the shown data is at most."""
    return f"The oldest of this was seen at {said_in_full(at, named_zone(zone), now)}; {meter(every)}."


def typed(command: str) -> str:
    return f"Type `{command} help` in any channel, or `{command}` alone to choose."
