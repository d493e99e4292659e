"""A person's Home, decided for them: what they may view, and which buttons they may press."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from handlers.gate.admit import Door
from handlers.gate.judge import may
from handlers.gate.judgement import generation
from handlers.gate.offering import recorded
from handlers.gate.parts import Parts
from handlers.home import home
from handlers.ports.store import CatalogState
from handlers.tell.home import LASTS
from handlers.words.home import Card, HomePage, Pick
from handlers.words.message import Offer
from policies.access.decision import Allowed
from policies.access.granting import able
from policies.access.people import SlackPerson
from policies.service.environment import Environment

Key = tuple[str, int, str, tuple[tuple[str, str], ...]]
KEPT = 20_000


class Homes:
    """Makes Homes. Thread-safe. A button is recorded once for everyone who sees it, because each press is
    decided for whoever presses; it binds to its environment's current generation, like any other.
    """

    def __init__(self, parts: Parts, door: Door) -> None:
        self._parts, self._door = parts, door
        self._lock = threading.Lock()
        self._made: dict[Key, tuple[datetime, Offer]] = {}

    def page(self, person: SlackPerson) -> HomePage | None:
        """Return the page; ``None`` for a person who is not let in. Asks nothing of AWS. Raises
        ``StoreLost``.
        """
        known = self._door.known(person)
        if known is None:
            return None
        parts, state = self._parts, self._parts.catalog.read()
        desk = parts.desk(known, state)

        declared = {operation.name: operation for operation in desk.operations}

        def allowed(name: str, place: Environment) -> bool:
            operation = declared.get(name)
            return operation is not None and isinstance(may(operation, place, desk.mine), Allowed)

        def granters(place: Environment) -> Sequence[str]:
            groups = state.settings.get("group_admins") == "true"
            return _people(able(state.grants, place, now=desk.now, group_admins=groups))

        page = home(desk, allowed, granters)
        return replace(page, cards=self._pressable(page.cards, state, desk.now))

    def _pressable(self, cards: Sequence[Card], state: CatalogState, now: datetime) -> tuple[Card, ...]:
        """Return the cards with recorded buttons, which have the ids of their offers."""
        wanted = [b for card in cards for b in card.buttons if isinstance(b, Offer)]
        with self._lock:
            missing = [offer for offer in wanted if not self._good(_key(offer, state), now)]
            for offer in recorded(self._parts.offers, missing, state, now):
                self._made[_key(offer, state)] = (now, offer)
            ids = {_key(offer, state): self._made[_key(offer, state)][1].id for offer in wanted}
            if len(self._made) > KEPT:
                self._made.clear()

        def pressable(button: Pick | Offer) -> Pick | Offer:
            return replace(button, id=ids[_key(button, state)]) if isinstance(button, Offer) else button

        return tuple(replace(card, buttons=tuple(map(pressable, card.buttons))) for card in cards)

    def _good(self, key: Key, now: datetime) -> bool:
        """Return whether the button can be pressed for a while yet. The age counts in both directions,
        because the clock may have been set back.
        """
        made = self._made.get(key)
        return made is not None and abs(now - made[0]) < LASTS / 2


def _key(offer: Offer, state: CatalogState) -> Key:
    """Return what makes a button the same one: what it asks for. Its label may change with the day."""
    bound = tuple(sorted(offer.arguments.items()))
    return offer.environment, generation(state, offer.environment), offer.operation, bound


def _people(subjects: Sequence[str]) -> Sequence[str]:
    """Return the Slack ids of those subjects that are people."""
    return [subject.rpartition(":")[2] for subject in subjects if subject.startswith("slack:")]
