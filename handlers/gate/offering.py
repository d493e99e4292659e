"""Records buttons before they are shown, so that they can be pressed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from handlers.gate.judgement import generation
from handlers.ports.store import CatalogState, Offers
from handlers.words.message import Offer


def recorded(offers: Offers, given: Sequence[Offer], state: CatalogState, now: datetime) -> tuple[Offer, ...]:
    """Return the offers with their ids. Each binds to its own environment at the current generation."""
    made: list[Offer] = []
    for name, some in groupby(given, key=lambda offer: offer.environment):
        made += offers.record(tuple(some), generation=generation(state, name), now=now)
    return tuple(made)
