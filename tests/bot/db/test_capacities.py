"""What is saved is also logged, so that it can be recovered if the database is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.db.database import Database, Listeners, database
from handlers.words.errors import StoreLost
from policies.capacity.facts import Capacity, GroupFacts, SavedCapacity, ScalingFacts, Suspended
from policies.capacity.saved_values import saved_from
from tests.bot.db.tampering import run
from tests.contracts.values import NOW

SAVED = SavedCapacity(
    {"web": Capacity(2, ScalingFacts(1, 4, Suspended(scaling_out=True))), "worker": Capacity(1)},
    {"cluster:ledger": "available"},
    "op-1",
    NOW,
    {"ec2": GroupFacts(1, 4, 2)},
    frozenset({"ec2"}),
)
Told = list[tuple[str, Mapping[str, Any]]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def db(database_url: str, told: Told) -> Iterator[Database]:
    made = database(
        database_url,
        holder="one",
        lease_seconds=30,
        listeners=Listeners(on_saved=lambda name, body: told.append((name, body))),
    )
    yield made
    made.dispose()


def test_the_logged_capacity_is_complete_and_can_be_read_back_from_a_line(db: Database, told: Told) -> None:
    db.book.capacities.write("staging", SAVED)
    ((name, body),) = told
    assert (name, saved_from(json.loads(json.dumps(body)))) == ("staging", SAVED)


def test_a_forgotten_capacity_is_logged_once_with_an_empty_body(db: Database, told: Told) -> None:
    db.book.capacities.write("staging", SAVED)
    told.clear()
    for _ in range(2):
        db.book.capacities.forget("staging")
    assert told == [("staging", {})]


def test_a_capacity_that_was_not_written_is_not_logged(db: Database, told: Told, database_url: str) -> None:
    run(database_url, "ALTER TABLE saved_capacity RENAME TO away")
    try:
        with pytest.raises(StoreLost):
            db.book.capacities.write("staging", SAVED)
    finally:
        run(database_url, "ALTER TABLE away RENAME TO saved_capacity")
    assert told == []


@pytest.mark.parametrize("body", [{}, {"services": {"web": {}}, "databases": {}}, {"services": []}])
def test_an_invalid_body_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="saved capacity"):
        saved_from({"stop_id": "", "saved_at": None, **body})


def test_a_database_without_a_listener_saves_all_the_same(sqlite_url: str) -> None:
    made = database(sqlite_url, holder="one", lease_seconds=30)
    made.book.capacities.write("staging", SAVED)
    made.book.capacities.forget("staging")
    assert made.book.capacities.find("staging") is None
    made.dispose()
