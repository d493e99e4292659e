"""What the clock tells that is neither an operation's nor a notice's."""

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
"""Why a stop is passed over."""
SEVEN_DAYS = "AWS starts a stopped database after seven days"
"""Why one is stopped again."""
_NOT_DONE = {"stop": Status.NOT_STOPPED, "start": Status.NOT_STARTED}


def not_done(action: Literal["stop", "start"], decision: NotAllowed) -> Message:
    """A transition that is not even begun, so that no operation tells it."""
    return Message(_NOT_DONE[action], decision.told)


def again(ended: str) -> str:
    """Why a transition is made once more. ``ended``: how its last try did."""
    return f"again, because the try before ended as {ended}"


def would_save(services: int, off: timedelta | None, money: str) -> str:
    """*2 services, off for 12 h: about 1.32 USD of Fargate compute.* ``off``: until its next start, where one
    is in sight; ``money``: what that saves, where it is known."""
    would = f"{services} service{'s' if services != 1 else ''}"
    return would if off is None else f"{would}, off for {words(off)}{': ' if money else ''}{money}"


def drifted(environment: str, found: Drift) -> Message:
    told = f"`{environment}` should be stopped by its schedule, but {found.sentence}."
    stay = Offer(
        "Keep on for 4 h", "keep", environment=environment, arguments={"words": "4h"}, expires_in=LASTS
    )
    stop = Offer("Stop now", "stop", environment=environment, style="danger", expires_in=LASTS)
    return Message(Status.DRIFTED, told, blocks(Text(found.advice)), (stay, stop))
