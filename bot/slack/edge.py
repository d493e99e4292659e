"""The parts the listeners work with, wired once, and how a listener hands on what it was given."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.slack.choices import Choices
from bot.slack.directory import SlackDirectory
from bot.slack.identity import Identity
from bot.slack.messages import SlackMessages
from bot.slack.places import Places
from bot.slack.settings import SlackSettings
from bot.slack.viewers import Viewers
from bot.slack.web import SlackWeb
from bot.slack.work import WorkPool
from handlers.gate.menus import Menu
from handlers.registry import Registry
from handlers.typed.values import Names, Parsed
from handlers.words.home import HomePage
from handlers.words.message import Offer
from handlers.words.request import Request
from handlers.words.result import Failure, Reply
from policies.access.people import SlackPerson

log = logging.getLogger(__name__)
Body = dict[str, Any]
Ack = Callable[..., Any]
BUSY = "I have too much to do this moment, so nothing was done. Try again in a minute."
BROKEN = (
    "Something broke here and is in the log. What was begun is shown in its channel; look before repeating."
)


class Gate(Protocol):
    def handle(self, request: Request) -> Reply:
        """May block for seconds; called from the work pool only."""
        ...

    def names(self, person: SlackPerson, channel: str, called: str = "") -> Names:
        """What a line that they type there may be read with; ``called``: the channel's name."""
        ...

    def menu(self, person: SlackPerson, channel: str = "", called: str = "") -> Menu:
        """What this person may ask for, and where, as things stand now."""
        ...

    def home(self, person: SlackPerson) -> HomePage | None:
        """What their Home shows now; ``None`` for somebody who is not let in. Raises ``Trouble``."""
        ...

    def seen(self, person: SlackPerson, environment: str) -> tuple[str, ...]:
        """The services of an environment they may view, as they were seen last; AWS is not asked."""
        ...

    def offered(self, person: SlackPerson, meant: Sequence[Parsed]) -> tuple[Offer, ...]:
        """Buttons for what they may have meant, recorded so that they can be pressed."""
        ...


@dataclass(frozen=True)
class Edge:
    settings: SlackSettings
    gate: Gate
    registry: Registry
    web: SlackWeb
    identity: Identity
    directory: SlackDirectory
    places: Places
    messages: SlackMessages
    new_id: Callable[[], str]
    """A fresh opaque id for each request."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The decision clock: what a form is looked through by before it is sent on."""
    pool: WorkPool = field(default_factory=WorkPool)
    choices: Choices = field(default_factory=Choices)
    viewers: Viewers = field(default_factory=lambda: Viewers(time.monotonic))

    def after_ack(self, ack: Ack, job: Callable[[], None], *, busy: Callable[[], object]) -> None:
        """Acknowledge first, then work. When the pool is full, ``busy`` acknowledges and says so instead."""
        if not self.pool.reserve():
            busy()
            return
        try:
            ack()
        except BaseException:
            self.pool.give_back()
            raise
        self.pool.start(job)

    def handle(self, request: Request) -> Reply:
        """The gate's answer; a defect behind it is logged and told in words, never raised."""
        try:
            return self.gate.handle(request)
        except Exception:
            log.exception("request %s broke", request.id)
            return Failure(BROKEN)
