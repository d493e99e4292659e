"""The only way in. The gate cannot forget to check or to record, because no operation does either by itself.

admit -> bind -> still -> resolve -> judge -> plan -> open: one file per stage, except that ``still`` is in
``admit``. Each stage fills in a ``Case``, or ends it with a reply. ``still`` asks Slack again about a person
as soon as it is known that they ask for a change. ``advance`` moves and closes what was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from handlers.gate.admit import Door
from handlers.gate.advance import Advance
from handlers.gate.bind import bind
from handlers.gate.case import Case
from handlers.gate.homes import Homes
from handlers.gate.judge import judge
from handlers.gate.kept import kept
from handlers.gate.menus import Menu, in_slack
from handlers.gate.offering import recorded
from handlers.gate.open import Opener
from handlers.gate.parts import Parts
from handlers.gate.plan import plan
from handlers.gate.resolve import resolve
from handlers.tell import gate as tell
from handlers.tell import typed as tell_typed
from handlers.typed.values import NOBODY, Names, Parsed
from handlers.words.elements import Element
from handlers.words.errors import StoreLost, Trouble
from handlers.words.home import HomePage
from handlers.words.message import Offer
from handlers.words.request import Request
from handlers.words.result import Failure, Reply
from policies.access.grants import visible
from policies.access.people import ConsoleUser, SlackPerson

Stage = Callable[[Case], Case | Reply]


class Gate:
    """Handles requests, from whichever edge. Thread-safe; ``handle`` never raises ``Trouble``."""

    def __init__(self, parts: Parts, advance: Advance) -> None:
        self._parts, self._now = parts, parts.clock.now
        self._door = Door(parts)
        self._homes = Homes(parts, self._door)
        self._stages: Sequence[Stage] = (
            self._door.admit,
            partial(bind, parts),
            self._door.still,
            partial(resolve, parts),
            partial(judge, parts),
            partial(plan, parts),
        )
        self._open = Opener(parts, advance).open

    def handle(self, request: Request) -> Reply:
        """Handle a request and return the reply. A change that was opened is a ``Report``."""
        try:
            return self._through(Case(request, self._now()))
        except StoreLost as lost:
            return tell.lost(lost)
        except Trouble as trouble:
            return Failure(str(trouble))

    def names(self, person: SlackPerson | ConsoleUser, channel: str, called: str = "") -> Names:
        """Return the names with which to read a line that this person types there; none if the database does
        not answer.
        """
        try:
            return self._door.names(person, channel, called)
        except Trouble:
            return NOBODY

    def menu(self, person: SlackPerson, channel: str = "", called: str = "") -> Menu:
        """Return what this person may ask for, and where; nothing if the database does not answer."""
        try:
            known = self._door.known(person)
            if known is None:
                return Menu()
            parts, state = self._parts, self._parts.catalog.read()
            mine = parts.grants_of(known, state, self._now())
            here = self._door.names(person, channel, called).here if channel else ""
            every = in_slack([o.demanding(state.settings) for o in parts.registry.operations.values()])
            return Menu(every, visible(state.environments, mine), mine, here)
        except Trouble:
            return Menu()

    def seen(self, person: SlackPerson, environment: str) -> tuple[str, ...]:
        """Return the services of an environment that the person may view, as last seen: from rows, not from
        AWS.
        """
        try:
            if environment not in self._door.viewable(person):
                return ()
            sighting = self._parts.book.ledger.sightings.all().get(environment)
        except Trouble:
            return ()
        return tuple(service.name for service in sighting.services) if sighting else ()

    def kept(self, person: SlackPerson, environment: str, element: Element, service: str) -> tuple[str, ...]:
        """Return the names that are kept for a form's field, in an environment that the person may view."""
        try:
            place = self._parts.catalog.read().environment(environment)
            if place is None or environment not in self._door.viewable(person):
                return ()
            return kept(self._parts, place, element, service)
        except Trouble:
            return ()

    def home(self, person: SlackPerson) -> HomePage | None:
        """Return what the person's Home shows now; ``None`` for a person who is not let in. Raises
        ``Trouble``.
        """
        return self._homes.page(person)

    def offered(self, person: SlackPerson, meant: Sequence[Parsed]) -> tuple[Offer, ...]:
        """Return buttons for what this person may have meant; each is decided when pressed.

        Returns none if the database cannot record them, or if the person may view nothing.
        """
        try:
            if not meant or not self._door.viewable(person):
                return ()
            parts = self._parts
            return recorded(parts.offers, tell_typed.run_it(meant), parts.catalog.read(), parts.clock.now())
        except Trouble:
            return ()

    def _through(self, case: Case) -> Reply:
        for stage in self._stages:
            came_to = stage(case)
            if not isinstance(came_to, Case):
                return came_to
            case = came_to
        return self._open(case)
