"""Which databases stop and start, and for whom a database stays on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from policies.capacity.databases import IN_USE, kept_status, taken_back, to_start, to_stop, users_of
from policies.capacity.facts import DatabaseFacts, SavedCapacity
from policies.service.environment import ClusterPick, Environment, Tier
from tests.golden import Golden

QA = Environment("qa", Tier.NONPRODUCTION, "1", "eu-west-1", ClusterPick("qa"), databases=("orders",))
PRODUCTION = replace(QA, name="production", tier=Tier.PRODUCTION)
ELSE = replace(QA, name="else", databases=("other",))
UP = DatabaseFacts("orders", "available")
DOWN = SavedCapacity(databases={"orders": "available"})


def test_a_database_that_runs_stops() -> None:
    assert to_stop(DatabaseFacts("orders", "available"), ()).do == "stop"
    assert to_stop(DatabaseFacts("orders", "backing-up"), ()).do == "stop"


@pytest.mark.parametrize(
    ("facts", "users"),
    [
        (DatabaseFacts("orders", "absent"), ()),
        (UP, ("qa",)),
        (UP, ("a", "qa")),
        (UP, ("b",)),
        (UP, ("a", "b", "c")),
        (replace(UP, cannot_stop="it has a read replica"), ()),
    ],
    ids=["absent", "used", "used by two", "used by one unseen", "used by some unseen", "cannot stop"],
)
def test_a_database_that_is_left_alone_says_why(
    facts: DatabaseFacts, users: tuple[str, ...], golden: Golden
) -> None:
    found = to_stop(facts, users, seen={"qa", "a"})
    assert found.do == "nothing"
    assert found.why == golden


def test_a_stopped_database_needs_no_words() -> None:
    found = to_stop(DatabaseFacts("orders", "stopped"), ())
    assert (found.do, found.why) == ("nothing", "")


def test_a_database_is_in_use_until_every_other_environment_is_down() -> None:
    assert users_of("orders", (QA, ELSE), {}) == ("qa",)
    assert users_of("orders", (QA, ELSE), {"qa": DOWN}) == ()
    assert users_of("orders", (QA, ELSE), {"qa": SavedCapacity()}) == ()


def test_production_always_uses_its_database() -> None:
    assert users_of("orders", (PRODUCTION,), {"production": DOWN}) == ("production",)


def test_an_environment_uses_its_database_again_as_soon_as_its_start_begins() -> None:
    taken = replace(DOWN, databases=taken_back(DOWN))
    assert taken.databases == {"orders": IN_USE}
    assert users_of("orders", (QA,), {"qa": taken}) == ("qa",)


def test_a_database_that_was_down_before_the_stop_is_not_started(golden: Golden) -> None:
    saved = SavedCapacity(databases={"orders": "stopped"})
    assert taken_back(saved) == {"orders": "stopped"}
    found = to_start(DatabaseFacts("orders", "stopped"), saved)
    assert found.do == "nothing"
    assert found.why == golden


@pytest.mark.parametrize("status", ["stopped", "stopping", "starting"])
def test_a_database_that_is_not_up_is_started(status: str) -> None:
    assert to_start(DatabaseFacts("orders", status), DOWN).do == "start"
    assert to_start(DatabaseFacts("orders", status), None).do == "start"
    assert (
        to_start(DatabaseFacts("orders", status), SavedCapacity(databases={"orders": IN_USE})).do == "start"
    )


@pytest.mark.parametrize("status", ["available", "backing-up", "absent"])
def test_a_database_that_is_up_or_absent_is_not_started(status: str) -> None:
    assert to_start(DatabaseFacts("orders", status), DOWN).do == "nothing"


@pytest.mark.parametrize(
    ("kept", "seen", "result"),
    [
        (None, "available", "available"),
        (None, "stopped", "stopped"),
        ("available", "stopped", "available"),
        ("available", "stopping", "available"),
        ("available", "absent", "available"),
        ("stopped", "available", "available"),
        (IN_USE, "stopped", "available"),
        (IN_USE, "available", "available"),
    ],
)
def test_a_saved_status_is_not_overwritten_by_a_stopped_one(kept: str | None, seen: str, result: str) -> None:
    assert kept_status(kept, seen) == result
