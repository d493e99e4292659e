"""The step *write catalog*: all of it or nothing; writing the same again changes nothing."""

from __future__ import annotations

import pytest

from handlers.ports.desk import Desk
from handlers.steps.write_catalog import WriteCatalog
from handlers.words.errors import StoreLost
from handlers.words.plan import Step
from handlers.words.step import End, Left, Repeat, StepRecord, StepState
from policies.catalog.values import Wanted, to_json
from policies.record.lifecycle import State
from tests import telling
from tests.golden import Golden
from tests.handlers.rowed import Rowed
from tests.handlers.stage import Stage
from tests.handlers.world import GRANTS, QA, ROOT, STAGING, World

KIND = Rowed(WriteCatalog())


def record(*environments: object) -> StepRecord:
    content = to_json(Wanted((STAGING, QA), GRANTS, {"group_admins": "true"}))
    return StepRecord(0, Step("write catalog", arguments={"content": content}), StepState.BEGAN)


@pytest.fixture
def desk(world: World) -> Desk:
    stage = Stage(world)
    return stage.parts.desk(ROOT, world.store.catalog.read())


def test_the_catalog_becomes_what_the_file_says(world: World, desk: Desk) -> None:
    assert KIND.before(desk, record().step) == {"environments": 3, "grants": len(GRANTS)}
    evidence = KIND.act(desk, record())
    state = world.store.catalog.read()
    assert [e.name for e in state.environments] == ["qa-eu", "staging"]
    assert state.settings == {"group_admins": "true"}
    assert evidence == {"changed": 2}


def test_writing_the_same_catalog_again_changes_nothing_and_keeps_generations(
    world: World, desk: Desk
) -> None:
    KIND.act(desk, record())
    before = world.store.catalog.read()
    assert KIND.repeat is Repeat.SAFE
    assert KIND.act(desk, record()) == {"changed": 0}
    assert world.store.catalog.read() == before


def test_the_written_catalog_is_looked_at_not_assumed(desk: Desk, golden: Golden) -> None:
    done = KIND.look(desk, StepRecord(0, record().step, evidence={"changed": 2}))
    after = {"environments": 3, "grants": len(GRANTS)}
    assert (done.end, done.left) == (End.DONE, Left(after))
    assert done.sentence == golden


def test_a_write_whose_answer_is_lost_is_repeated_and_told_as_it_ended(world: World) -> None:
    stage = Stage(World())
    content = {"content": to_json(Wanted((STAGING,), GRANTS))}
    lost: list[str] = []

    def away(method: str) -> None:
        if method == "catalog.write" and not lost:
            lost.append(method)
            raise StoreLost("It is gone.")

    stage.world.store.before_call(away)
    shown = stage.ask("apply", who=ROOT, arguments=content)
    begun = stage.press(telling.offers(shown)[0], who=ROOT)
    assert telling.status(begun) == "running", "nobody can tell whether it was committed"
    assert stage.world.store.catalog.read().environments == ()
    stage.forward(5)
    assert stage.operation().state is State.SUCCEEDED
    assert stage.world.store.catalog.read().environments != ()
