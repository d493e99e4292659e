"""The settings of the Slack edge, given once at start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bot.slack.door import Limits

TransportName = Literal["socket", "http"]


@dataclass(frozen=True)
class SlackSettings:
    """``team``, ``app`` and ``enterprise`` are ids; an empty team is learnt from the token (``auth.test``).

    ``api_url`` is Slack's unless everything runs on loopback. ``edit_every`` is the least number of seconds
    between two live edits of one message (facts/slack 2.2: 3); ``answer_seconds`` is how long the bot waits
    for an answer from Slack. The representation contains no secret.
    """

    bot_token: str = field(repr=False)
    signing_secret: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    transport: TransportName = "socket"
    command: str = "/env"
    team: str = ""
    app: str = ""
    enterprise: str = ""
    groups: bool = False
    api_url: str = "https://slack.com/api/"
    edit_every: float = 3.0
    answer_seconds: int = 8
    host: str = "0.0.0.0"
    port: int = 3000
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        """Raises ``ValueError``, which says which setting is missing: Bolt itself notices only at the first
        request.
        """
        if not self.bot_token.strip():
            raise ValueError("the Slack bot token is missing")
        if self.transport == "http" and not self.signing_secret.strip():
            raise ValueError(
                "the Slack signing secret is missing; HTTP requests cannot be trusted without it"
            )
        if self.transport == "socket" and not self.app_token.strip():
            raise ValueError("the Slack app-level token is missing; Socket Mode needs one")
