"""Whether Slack sent a request: an HMAC over its raw bytes, before anything is parsed (facts/slack 7)."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Callable

WINDOW = 300
"""Seconds by which a request's time may differ from the bot's, either way (facts/slack 7)."""
_TIME = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


class Signatures:
    """Checks signatures with the signing secret alone. Total: whatever the headers say, the answer is yes or
    no.
    """

    def __init__(self, secret: str, *, now: Callable[[], float] = time.time) -> None:
        self._secret, self._now = secret.encode(), now

    def possible(self, at: str, signature: str) -> bool:
        """Whether the headers can be right, before the body is here: both are well-formed, and the time is
        near the bot's. A header that was sent twice is not well-formed: the server joins the two by a comma.
        """
        if not _TIME.fullmatch(at) or not _SIGNATURE.fullmatch(signature):
            return False
        return abs(self._now() - int(at)) <= WINDOW

    def holds(self, at: str, signature: str, body: bytes) -> bool:
        """Whether the signature is right, compared in constant time."""
        if not self.possible(at, signature):
            return False
        digest = hmac.new(self._secret, b"v0:" + at.encode() + b":" + body, hashlib.sha256).hexdigest()
        return hmac.compare_digest(f"v0={digest}", signature)
