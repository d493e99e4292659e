"""The one way in. It can forget neither to check nor to record, because no operation does either itself.

admit -> bind -> resolve -> judge -> plan -> open: a stage a file. Each fills in a ``Case``, or ends it with a
reply. Who asks for a change is looked at once more as soon as that is known. What was opened is moved, and
closed, by ``advance``.
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
from handlers.gate.menus import Menu, in_slack
from handlers.gate.offering import recorded
from handlers.gate.open import Opener
from handlers.gate.parts import Parts
from handlers.gate.plan import plan
from handlers.gate.resolve import resolve
from handlers.tell import gate as tell
from handlers.tell import typed as tell_typed
from handlers.typed.values import NOBODY, Names, Parsed
from handlers.words.errors import StoreLost, Trouble
from handlers.words.home import HomePage
from handlers.words.message import Offer
from handlers.words.request import Request
from handlers.words.result import Failure, Reply
from policies.access.grants import visible
from policies.access.people import SlackPerson

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
        """What came of it. A change that was opened is a ``Report``."""
        try:
            return self._through(Case(request, self._now()))
        except StoreLost as lost:
            return tell.lost(lost)
        except Trouble as trouble:
            return Failure(str(trouble))

    def names(self, person: SlackPerson, channel: str, called: str = "") -> Names:
        """What a line that this person types there is read with. Nothing where the database does not say."""
        try:
            return self._door.names(person, channel, called)
        except Trouble:
            return NOBODY

    def menu(self, person: SlackPerson, channel: str = "", called: str = "") -> Menu:
        """What this person may ask for, and where. Nothing where the database does not say."""
        try:
            known = self._door.known(person)
            if known is None:
                return Menu()
            parts, state = self._parts, self._parts.catalog.read()
            mine = parts.grants_of(known, state, self._now())
            here = self._door.names(person, channel, called).here if channel else ""
            every = in_slack(tuple(parts.registry.operations.values()))
            return Menu(every, visible(state.environments, mine), mine, here)
        except Trouble:
            return Menu()

    def seen(self, person: SlackPerson, environment: str) -> tuple[str, ...]:
        """The services of an environment they may view, as they were seen last: from rows, not from AWS."""
        try:
            if environment not in self._door.viewable(person):
                return ()
            sighting = self._parts.book.ledger.sightings.all().get(environment)
        except Trouble:
            return ()
        return tuple(service.name for service in sighting.services) if sighting else ()

    def home(self, person: SlackPerson) -> HomePage | None:
        """What their Home shows now; ``None`` for somebody who is not let in. Raises ``Trouble``."""
        return self._homes.page(person)

    def offered(self, person: SlackPerson, meant: Sequence[Parsed]) -> tuple[Offer, ...]:
        """Buttons for what this person may have meant, each decided when it is pressed. None where the
        database does not take them, and none for somebody who may view nothing."""
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
