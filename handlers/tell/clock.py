"""Composes what the clock says that belongs neither to an operation nor to a notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from handlers.words.message import Message, Offer, Status, Text, blocks
from policies.access.decision import NotAllowed
from policies.capacity.drift import Drift
from policies.times.instants import words

LASTS = timedelta(hours=24)

NO_CHANNEL = "it has no channel in which a notice could be given"
STOPPED_ALREADY = "it was stopped already"
"""Reasons why a stop is passed over."""
SEVEN_DAYS = "AWS starts a stopped database after seven days"
"""The reason why a database is stopped again."""
_NOT_DONE = {"stop": Status.NOT_STOPPED, "start": Status.NOT_STARTED}


def not_done(action: Literal["stop", "start"], decision: NotAllowed) -> Message:
    """The message about a transition that never began, so that no operation tells of it."""
    return Message(_NOT_DONE[action], decision.told)


def again(ended: str) -> str:
    """Say why a transition is tried again. ``ended`` is how its previous try ended."""
    return f"again, because the try before ended as {ended}"


def would_save(services: int, off: timedelta | None, money: str) -> str:
    """Say what a stop would save: *2 services, off for 12 h: about 1.32 USD of Fargate compute.* ``off`` is
    the time until the next start, if there is a known one; ``money`` is what that saves, if known.
    """
    would = f"{services} service{'s' if services != 1 else ''}"
    return would if off is None else f"{would}, off for {words(off)}{': ' if money else ''}{money}"


def drifted(environment: str, found: Drift) -> Message:
    told = f"`{environment}` should be stopped by its schedule, but {found.sentence}."
    stay = Offer(
        "Keep on for 4 h", "keep", environment=environment, arguments={"words": "4h"}, expires_in=LASTS
    )
    stop = Offer("Stop now", "stop", environment=environment, style="danger", expires_in=LASTS)
    return Message(Status.DRIFTED, told, blocks(Text(found.advice)), (stay, stop))
