"""The step *say once*."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from handlers.ports.scope import Scope
from handlers.steps.said import FOR_GOOD, SayOnce, said_before, say_step
from handlers.words.step import End, Left, Repeat, StepRecord, Verdict
from policies.schedule.claims import Claim, ClaimKey
from tests.handlers.rowed import Rowed
from tests.handlers.world import DEV, QA, World

Place = Callable[[], Scope]
STAYS = "Database `orders` stays on."
RECORD = StepRecord(0, say_step([STAYS, "So does `ledger`."], after=()))


def test_told_sentences_are_known_afterwards_only_for_this_environment(world: World, place: Place) -> None:
    assert said_before(place()) == frozenset()
    Rowed(SayOnce()).act(place(), RECORD)
    assert said_before(place()) == {STAYS, "So does `ledger`."}
    assert said_before(world.scopes.bind(QA, DEV)) == frozenset()


def test_a_sentence_is_told_even_if_everything_is_done(place: Place) -> None:
    assert Rowed(SayOnce()).look(place(), RECORD) == Verdict(
        End.DONE, f"{STAYS} So does `ledger`.", left=Left(tell=True)
    )


def test_a_second_call_changes_nothing(world: World, place: Place) -> None:
    assert SayOnce.repeat is Repeat.SAFE
    Rowed(SayOnce()).act(place(), RECORD)
    before = dict(world.store.memory.claims)
    world.forward(60)
    Rowed(SayOnce()).act(place(), RECORD)
    assert world.store.memory.claims == before


def test_claims_on_edges_are_not_taken_for_sentences(world: World, place: Place) -> None:
    now = world.clock.now()
    edge = Claim(ClaimKey("staging", now.date(), "Mon 20:00", "stop"), now, "skipped", now, reason=STAYS)
    place().book.claims.record([edge])
    assert said_before(place()) == frozenset()
    assert now + timedelta(days=366 * 100) < FOR_GOOD
