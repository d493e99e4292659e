"""The few shapes that every part of the Slack server shares: JSON objects, and refusals in
Slack's own words.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class SlackRefusal(Exception):
    """A Web API call that Slack answers with ``ok: false``; ``error`` is Slack's own code."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.more = more

    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.more}


class PersonRefusal(Exception):
    """Something that a person cannot do in Slack's client; the message says what the client would say."""

    def __init__(self, words: str, status: int = 409) -> None:
        super().__init__(words)
        self.status = status
