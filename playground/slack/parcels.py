"""What Slack sends to the bot, and what comes back: values that both transports carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from playground.slack.words import Json

Kind = Literal["command", "interaction", "event"]
TOO_LATE, NOBODY, CUT = "timeout", "no_connection", "connection_failed"


@dataclass(frozen=True)
class Wire:
    """A signed HTTP request, kept as it was sent so that it can be sent again unchanged."""

    headers: Mapping[str, str]
    body: bytes


@dataclass
class Parcel:
    """One delivery. ``forgery`` is how a fault spoils its signature (``bad_signature``, ``stale_timestamp``);
    the HTTP transport fills in ``wire`` at the first sending.
    """

    kind: Kind
    payload: Json
    envelope_id: str
    retry: int = 0
    retry_reason: str = ""
    forgery: str = ""
    wire: Wire | None = None


@dataclass(frozen=True)
class Ack:
    """The bot's answer. ``status`` is 0 if none came, and ``reason`` says why."""

    status: int
    body: Json | str | None = None
    ms: float = 0.0
    reason: str = ""
    errors: list[str] = field(default_factory=list)
    final: bool = False
    """Whether the bot asked for no retry (``X-Slack-No-Retry``)."""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def content(self) -> Json:
        """Return the body as an object; bare text becomes a text to show."""
        if isinstance(self.body, str):
            return {"text": self.body} if self.body else {}
        return self.body or {}


class Transport(Protocol):
    """Carries a parcel to the bot and returns its ack; never raises because the bot is away."""

    async def send(self, parcel: Parcel) -> Ack: ...

    async def close(self) -> None: ...
