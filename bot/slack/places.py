"""What a channel is: whether another company reads along (facts/slack 7, channel rules)."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.slack.web import SlackWeb
from handlers.words.errors import Trouble

KEPT_SECONDS = 300.0
MOST = 5_000


class Places:
    """Answers from ``conversations.info``, kept for five minutes; a channel that Slack cannot describe counts
    as shared.
    """

    def __init__(self, web: SlackWeb, *, monotonic: Callable[[], float]) -> None:
        self._web, self._monotonic = web, monotonic
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, bool]] = {}

    def shared(self, channel: str) -> bool:
        """Whether evidence must stay out of the channel. A direct message belongs only to the bot and the
        person.
        """
        try:
            return self.told_shared(channel)
        except Trouble:
            return True

    def told_shared(self, channel: str) -> bool:
        """Whether the channel is shared, for callers that can wait. Raises ``Trouble`` if Slack
        does not say.
        """
        if not channel or channel.startswith("D"):
            return False
        with self._lock:
            held = self._known.get(channel)
        if held is not None and held[0] > self._monotonic():
            return held[1]
        told = self._web.ask("conversations.info", channel=channel).get("channel") or {}
        shared = any(told.get(flag) for flag in ("is_ext_shared", "is_pending_ext_shared"))
        with self._lock:
            if len(self._known) >= MOST:
                self._known.clear()
            self._known[channel] = (self._monotonic() + KEPT_SECONDS, bool(shared))
        return bool(shared)

    def forget(self, channel: str) -> None:
        with self._lock:
            self._known.pop(channel, None)
