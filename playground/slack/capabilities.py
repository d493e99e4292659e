"""Short-lived rights that Slack grants: triggers that open a modal, and response addresses."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playground.clock import PlaygroundClock
from playground.slack.words import SlackRefusal

PATIENCE = 3.0
"""Real seconds, because a person is waiting: for an acknowledgement, and until a trigger expires (facts/slack
2.3).
"""
RESPONSE_USES, RESPONSE_AGE = 5, timedelta(minutes=30)  # facts/slack 2.3; by the playground's clock
KEPT = 5_000


@dataclass
class Trigger:
    """The right to open one modal for ``user``; ``view_id`` is the modal of the press, if any."""

    user: str
    born: float
    view_id: str | None = None
    used: bool = False


class Triggers:
    """Triggers of a single use, valid for three seconds unless told otherwise."""

    def __init__(
        self,
        mint: Callable[[], str],
        monotonic: Callable[[], float] = time.monotonic,
        *,
        patience: float = PATIENCE,
    ) -> None:
        self._mint, self._monotonic, self._patience = mint, monotonic, patience
        self._held: dict[str, Trigger] = {}

    def give(self, user: str, view_id: str | None = None) -> str:
        trigger_id = self._mint()
        self._held[trigger_id] = Trigger(user, self._monotonic(), view_id)
        _forget_oldest(self._held)
        return trigger_id

    def take(self, trigger_id: str) -> Trigger:
        """Spend a trigger. Raises ``SlackRefusal`` if it is unknown, spent or too old."""
        trigger = self._held.get(trigger_id)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id" if trigger_id else "invalid_arguments")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._monotonic() - trigger.born > self._patience:
            raise SlackRefusal("expired_trigger_id")
        trigger.used = True
        return trigger


@dataclass
class ResponseUrl:
    """Where one interaction may be answered: its channel, its person, and its message."""

    user: str
    channel: str
    message_ts: str | None
    born: datetime
    left: int = RESPONSE_USES


class ResponseUrls:
    """Response addresses: five uses, thirty minutes. Whoever holds an address may use it: it is a bearer
    capability.
    """

    def __init__(self, clock: PlaygroundClock, mint: Callable[[], str]) -> None:
        self._clock, self._mint = clock, mint
        self._held: dict[str, ResponseUrl] = {}

    def give(self, user: str, channel: str, message_ts: str | None = None) -> str:
        """Return the path of a new address."""
        key = self._mint()
        self._held[key] = ResponseUrl(user, channel, message_ts, self._clock.now())
        _forget_oldest(self._held)
        return f"/response/{key}"

    def take(self, key: str) -> ResponseUrl:
        """Use an address once. Raises ``SlackRefusal`` if it is unknown, used up or too old."""
        held = self._held.get(key)
        if held is None:
            raise SlackRefusal("invalid_url")
        if self._clock.now() - held.born > RESPONSE_AGE:
            raise SlackRefusal("expired_url")
        if held.left <= 0:
            raise SlackRefusal("used_url")
        held.left -= 1
        return held


def _forget_oldest(held: dict[str, Any]) -> None:
    while len(held) > KEPT:
        del held[next(iter(held))]
