"""The time of `/env cost`, `/env list` and `/env digest` for a large fleet, from the request to the message
for Slack.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.slack.blocks import draw
from handlers.ports.store import CatalogChange
from handlers.tell.reply import message
from handlers.words.result import Answer
from policies.access.grants import Grant
from policies.access.people import Role
from policies.cost.sightings import ServiceSeen, Sighting
from tests.bot.db.real_store import RealStore
from tests.handlers.stage import Stage
from tests.handlers.world import OLU, HandClock, World, environment

TRIES = 3


def answered(url: str, names: Sequence[str], services: int, now: datetime) -> tuple[float, float, float]:
    """Return the seconds of the shortest of some tries for three answers: what all environments cost this
    month, a page of the list, and last week's digest.

    The database already holds the days of these environments; the last sightings are added here.
    """
    store: Any = RealStore(url)
    try:
        world = World(HandClock(now), store)
        put = tuple(environment(name, channel="") for name in names)
        store.catalog.write(CatalogChange(put_environments=put, put_grants=(Grant(OLU.id, Role.OPERATOR),)))
        seen = tuple(ServiceSeen(f"service-{n:02}", 1, 1, healthy=True) for n in range(services))
        for name in names:
            store.book.ledger.sightings.put(Sighting(name, now, seen))
        stage = Stage(world)
        return _least(stage, "cost"), _least(stage, "list"), _least(stage, "digest")
    finally:
        store.dispose()


def _least(stage: Stage, operation: str) -> float:
    taken = []
    for _ in range(TRIES):
        begun = time.monotonic()
        reply = stage.ask(operation, who=OLU)
        draw(message(reply))
        taken.append(time.monotonic() - begun)
        assert isinstance(reply, Answer), reply
    return min(taken)
