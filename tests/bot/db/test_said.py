"""A sentence that is said once is found again on each database, and is no edge to the clock."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.db.database import Database, database
from handlers.steps.said import FOR_GOOD, SayOnce, said_before, say_step
from handlers.words.step import StepRecord
from tests.contracts.values import NOW
from tests.handlers.rowed import Rowed

STAYS = "Database `orders` stays on: it cannot stop (it has a read replica)."


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    made = database(database_url, holder="one", lease_seconds=30)
    yield made
    made.dispose()


def test_a_sentence_that_was_said_once_is_found_again(db: Database) -> None:
    place = cast(Any, SimpleNamespace(book=db.book, now=NOW, environment=SimpleNamespace(name="staging")))
    record = StepRecord(0, say_step([STAYS], after=()))
    for _ in range(2):
        Rowed(SayOnce()).act(place, record)
    assert said_before(place) == {STAYS}
    (claim,) = db.book.claims.since(NOW)["staging"]
    assert (claim.instant, claim.state, claim.at) == (FOR_GOOD, "observed", NOW)
