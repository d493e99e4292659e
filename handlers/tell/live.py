"""Composes what a message of the clock adds, after it was posted, about what happened since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from handlers.ports.store import OperationRecord
from handlers.words.message import Asking, Message, Status, Text, blocks
from policies.schedule.overrides import Override
from policies.schedule.standing import said_in_full


@dataclass(frozen=True)
class Became:
    """What happened to the subject of a message. ``told`` says that in sentences that stay true whatever
    happens later. ``over`` says that the message is not drawn again and has no buttons. ``instead`` says that
    the first sentence replaces the message, including its buttons. ``spent`` names the environments whose
    buttons are gone, with the lines that ask about them.
    """

    told: tuple[str, ...] = ()
    over: bool = False
    instead: bool = False
    spent: Collection[str] = ()


def drawn(said: Message, became: Became, at: datetime, zone: tzinfo, now: datetime) -> Message:
    """Draw the message again. ``said`` is the message as it was posted at the time ``at``."""
    offers = () if became.over else tuple(o for o in said.offers if o.environment not in became.spent)
    if became.instead:
        first, *rest = became.told
        before = f"This message said at {said_in_full(at, zone, now)}: {said.headline}"
        return Message(Status.ANSWERED, first, blocks(Text((*rest, before))))
    more = blocks(Text(became.told))
    left = (b for b in said.blocks if not (isinstance(b, Asking) and b.about in became.spent))
    return replace(said, blocks=(*left, *more), offers=offers)


def moved(record: OperationRecord, zone: tzinfo, now: datetime) -> str:
    """Say who moved an environment: *Olu asked at 22:10 (UTC) to stop `staging`.*"""
    at = said_in_full(record.opened_at, zone, now)
    if record.source == "clock":
        return f"The schedule began to {record.name} `{record.environment}` at {at}."
    return f"{record.actor_name} asked at {at} to {record.name} `{record.environment}`."


def kept(held: Override, zone: tzinfo, now: datetime) -> str:
    """Say who kept an environment: *Olu asked at 22:10 (UTC) to keep `staging` on.*"""
    on = "on" if held.state == "up" else "off"
    at = said_in_full(held.since, zone, now)
    return f"{held.actor_name or 'Somebody'} asked at {at} to keep `{held.environment}` {on}."


def stopped_again(environment: str, at: str) -> str:
    return f"At {at} nothing ran in `{environment}` any more."


def asleep(environment: str, at: str) -> str:
    return f"`{environment}` was found stopped at {at}."


def wanted(environment: str, at: str) -> str:
    return f"At {at} the schedule of `{environment}` no longer had it stopped."


def not_in_catalog(environment: str, at: str) -> str:
    return f"`{environment}` was no longer in the catalog at {at}."


def not_orphaned(environment: str, at: str) -> str:
    return f"`{environment}` no longer looked orphaned at {at}."


def denied(names: str) -> str:
    return f"{names} said that it is not theirs."


def denied_of(environment: str, names: str) -> str:
    return f"{names} said that `{environment}` is not theirs."


def unanswered(environment: str) -> str:
    return f"Nobody answered about `{environment}` in time."


def orphaned_no_longer(environment: str) -> str:
    """Say it without a time, in a message that goes on: it is drawn again for other findings."""
    return f"`{environment}` no longer looked orphaned when it was looked at again."


def left_the_catalog(environment: str) -> str:
    return f"`{environment}` was taken out of the catalog."
