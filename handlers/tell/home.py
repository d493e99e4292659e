"""Composes the Home of a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from handlers.ports.store import OperationRecord
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
PICKED = {"restart": "Restart…", "keep": "Keep on…", "run": "Run a task…", "flag": "Switch a flag…"}
"""The operations that need more than one press, with the labels of their buttons."""
PRESSED = {"pause": "Pause tonight", "resume": "Back to schedule", "start": "Start", "stop": "Stop…"}
"""The operations that one press asks for, with the labels of their buttons."""


def environments(count: int) -> str:
    return f"{count} environment{'s' if count != 1 else ''} you may view"


def card(
    row: Row, seen: Seen, buttons: Sequence[Pick | Offer], planned: Sequence[Override], zone: tzinfo
) -> Card:
    """Compose one card. ``planned``: what is planned there; ``zone`` is that of the schedule."""
    lines = [row.held] if row.held else []
    lines += [f"Planned: {planned_words(o, zone, seen.now)}" for o in planned]
    return Card(row.environment.name, at_a_glance(row, seen), tuple(lines), tuple(buttons))


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
