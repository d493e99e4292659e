"""What ``share`` says."""

from __future__ import annotations

from handlers.words.result import Answer, Refusal
from policies.access.decision import refuse


def shared_channel(environment: str) -> Refusal:
    told = f"Another company reads the channel of `{environment}`, so no lines of a log are posted there."
    return Refusal(refuse("logs.shared channel", told))


def nothing_to_share(service: str) -> Answer:
    return Answer(f"`{service}` has no task now whose logs can be read from here, so nothing was posted.")
