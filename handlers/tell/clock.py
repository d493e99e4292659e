"""What the clock tells that is neither an operation's nor a notice's."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from handlers.words.message import Message, Offer, Status, Text, blocks
from policies.access.decision import NotAllowed
from policies.capacity.drift import Drift

LASTS = timedelta(hours=24)
_NOT_DONE = {"stop": Status.NOT_STOPPED, "start": Status.NOT_STARTED}


def not_done(action: Literal["stop", "start"], decision: NotAllowed) -> Message:
    """A transition that is not even begun, so that no operation tells it."""
    return Message(_NOT_DONE[action], decision.told)


def drifted(environment: str, found: Drift) -> Message:
    told = f"`{environment}` should be stopped by its schedule, but {found.sentence}."
    stay = Offer(
        "Keep on for 4 h", "keep", environment=environment, arguments={"words": "4h"}, expires_in=LASTS
    )
    stop = Offer("Stop now", "stop", environment=environment, expires_in=LASTS)
    return Message(Status.DRIFTED, told, blocks(Text(found.advice)), (stay, stop))
