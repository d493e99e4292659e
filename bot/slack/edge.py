"""The parts that the listeners work with, wired once, and how a listener hands on its work."""

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
from handlers.words.elements import Element
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
        """Decide a request and reply. May block for seconds; called from the work pool only."""
        ...

    def names(self, person: SlackPerson, channel: str, called: str = "") -> Names:
        """Return the names by which a line that the person types there may be read. ``called`` is the
        channel's name.
        """
        ...

    def menu(self, person: SlackPerson, channel: str = "", called: str = "") -> Menu:
        """Return what this person may ask for, and where, as things stand now."""
        ...

    def home(self, person: SlackPerson) -> HomePage | None:
        """Return what the person's Home shows now; ``None`` for somebody who is not let in. Raises
        ``Trouble``.
        """
        ...

    def seen(self, person: SlackPerson, environment: str) -> tuple[str, ...]:
        """Return the services of an environment that the person may view, as last seen; AWS is not asked."""
        ...

    def kept(self, person: SlackPerson, environment: str, element: Element, service: str) -> tuple[str, ...]:
        """Return the names that are kept for a form's field, in an environment that the person may view; AWS
        is not asked.
        """
        ...

    def offered(self, person: SlackPerson, meant: Sequence[Parsed]) -> tuple[Offer, ...]:
        """Return buttons for what the person may have meant, recorded so that the buttons can be pressed."""
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
    """Make a fresh opaque id for each request."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The decision clock: it checks a form before the form is sent on."""
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
        """Return the gate's answer. A defect behind the gate is logged and reported in words,
        never raised.
        """
        try:
            return self.gate.handle(request)
        except Exception:
            log.exception("request %s broke", request.id)
            return Failure(BROKEN)
