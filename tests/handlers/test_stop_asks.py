"""A stop by hand asks first, names whom it touches, and ends what keeps the environment on."""

from __future__ import annotations

import pytest

from handlers.words.result import Choice
from policies.schedule.overrides import Override
from tests import telling
from tests.golden import Golden
from tests.handlers.nights import NIGHT, FullStage, Night
from tests.handlers.world import DEV, OLU


@pytest.fixture
def world() -> Night:
    """21:00 in Berlin, and kept on until 23:00 by Dev."""
    return Night().catalogue().scheduled()


@pytest.fixture
def stage(world: Night) -> FullStage:
    stage = FullStage(world)
    stage.ask("keep", "staging", who=DEV, arguments={"words": 'until 23:00 "load test"'})
    return stage


def held(stage: FullStage) -> list[Override]:
    return list(stage.store.book.overrides.current(stage.world.clock.now()))


def test_it_asks_first_and_names_who_keeps_it_on_and_who_used_it_last(
    stage: FullStage, world: Night, golden: Golden
) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    assert isinstance(asked, Choice)
    assert asked.headline == golden
    assert telling.notes(asked) == golden
    assert [o.operation for o in telling.offers(asked)] == ["stop"]
    assert (len(stage.operations()), world.lit()) == (1, True)


def test_confirmed_it_ends_the_keep_and_says_so(stage: FullStage, world: Night, golden: Golden) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    assert world.dark()
    assert held(stage) == []
    assert stage.operations()[-1].summary == golden
    (ended,) = stage.store.book.overrides.recent(NIGHT)
    assert ended.ended_by == "Olu"


def test_what_was_used_since_it_was_shown_is_shown_again(stage: FullStage) -> None:
    asked = stage.ask("stop", "staging", who=OLU)
    stage.world.forward(60)
    stage.ask("keep", "staging", who=DEV, arguments={"words": "until 23:30"})
    again = stage.press(telling.offers(asked)[0], who=OLU)
    assert isinstance(again, Choice)
    assert "23:30" in " ".join(telling.notes(again))


def test_where_nobody_keeps_it_it_asks_too(stage: FullStage, golden: Golden) -> None:
    stage.ask("resume", "staging", who=DEV)
    asked = stage.ask("stop", "staging", who=OLU)
    assert isinstance(asked, Choice)
    assert telling.notes(asked) == golden


def test_what_is_stopped_already_is_not_asked_about(stage: FullStage, world: Night) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    again = stage.ask("stop", "staging", who=OLU)
    assert telling.status(again) == "unchanged"
    assert not any("Last used" in note for note in telling.notes(again)), "nobody is touched"


def test_a_start_under_way_is_named(stage: FullStage, golden: Golden) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    stage.ask("start", "staging", who=DEV)
    asked = stage.ask("stop", "staging", who=OLU)
    assert telling.notes(asked) == golden


def test_a_developer_may_not_and_is_not_asked(stage: FullStage) -> None:
    assert telling.status(stage.ask("stop", "staging", who=DEV)) == "refused"
    assert len(held(stage)) == 1
