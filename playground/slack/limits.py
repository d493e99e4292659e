"""Slack's rate limits: tiers per minute and method, one message a second per channel (facts/slack 2.2)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

TIERS = {
    "chat.update": 3, "chat.delete": 3, "chat.postEphemeral": 4, "chat.getPermalink": 4,
    "views.open": 4, "views.push": 4, "views.update": 4, "views.publish": 4,
    "users.info": 4, "users.lookupByEmail": 3, "users.list": 2,
    "usergroups.list": 2, "usergroups.users.list": 2,
    "conversations.info": 3, "conversations.members": 4, "conversations.list": 2, "conversations.open": 3,
    "reactions.add": 3, "files.getUploadURLExternal": 4, "files.completeUploadExternal": 4,
    "apps.connections.open": 1,
}  # fmt: skip
PER_MINUTE = {1: 1.0, 2: 20.0, 3: 50.0, 4: 100.0}
BURST = {1: 30.0, 2: 10.0, 3: 15.0, 4: 30.0}
"""Calls in a burst. Slack tolerates short bursts and documents no number; tier 1 is generous because a bot
that is killed and restarted over and over asks for a socket each time.
"""
SPECIAL = {"auth.test": (600.0, 60.0), "blocks.validate": (100.0, 30.0)}
POST_A_SECOND, POST_BURST = 1.0, 5.0
WORKSPACE_A_MINUTE, WORKSPACE_BURST = 400.0, 60.0


@dataclass
class Bucket:
    """A token bucket: ``rate`` tokens a second, at most ``size`` kept."""

    rate: float
    size: float
    filled: float
    at: float

    def wait(self, now: float) -> float:
        """Return the seconds until a token is available; 0 if one is."""
        self.filled = min(self.size, self.filled + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.filled >= 1 else (1 - self.filled) / self.rate


class RateLimits:
    """One bucket per method; posting has one per channel and one for the workspace.

    Everything runs ``pace`` times as fast as at Slack, so that the limits do not slow down a faster world.
    """

    def __init__(self, pace: float = 1.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._pace, self._monotonic = pace, monotonic
        self._buckets: dict[str, Bucket] = {}

    def refused_for(self, method: str, channel: str = "") -> int:
        """Take a token for this call; return 0, or the whole seconds for ``Retry-After`` if the call is
        refused.
        """
        now = self._monotonic()
        buckets = [self._bucket(key, now, *spec) for key, spec in self._specs(method, channel)]
        longest = max((bucket.wait(now) for bucket in buckets), default=0.0)
        if longest > 0:
            return max(1, math.ceil(longest))
        for bucket in buckets:
            bucket.filled -= 1
        return 0

    def refill(self) -> None:
        """Forget every call so far."""
        self._buckets.clear()

    def _specs(self, method: str, channel: str) -> list[tuple[str, tuple[float, float]]]:
        if method == "chat.postMessage":
            return [
                (f"{method} {channel}", (POST_A_SECOND, POST_BURST)),
                (method, (WORKSPACE_A_MINUTE / 60, WORKSPACE_BURST)),
            ]
        if method in SPECIAL:
            per_minute, burst = SPECIAL[method]
            return [(method, (per_minute / 60, burst))]
        tier = TIERS.get(method)
        return [(method, (PER_MINUTE[tier] / 60, BURST[tier]))] if tier else []

    def _bucket(self, key: str, now: float, rate: float, size: float) -> Bucket:
        return self._buckets.setdefault(key, Bucket(rate * self._pace, size, size, now))
