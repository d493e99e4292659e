"""*Keep 30 days*, and the same typed: with a reason, remembered, audited, and not asked about again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.words.result import Choice, Reply, Unchanged
from policies.access.grants import Grant
from policies.access.people import Role
from policies.orphans.answers import Answer
from policies.orphans.answers import Reply as Said
from policies.orphans.findings import Stage as Stands
from tests import telling
from tests.golden import Golden
from tests.handlers.orphaned import LOST, found, now_of, owned
from tests.handlers.stage import Stage
from tests.handlers.world import DEV, GRANTS, NIA, OLU, PRODUCTION, QA, STAGING, VIC, World

MINE = (*GRANTS, Grant(DEV.id, Role.DEVELOPER, "pr-*"), Grant(VIC.id, Role.VIEWER, "pr-*"))
WORDS = '30d "demo on Friday"'


@pytest.fixture
def world() -> World:
    return World().catalogue(STAGING, QA, PRODUCTION, LOST, grants=MINE)


def retain(stage: Stage, words: str = WORDS, **rest: Any) -> Reply:
    return stage.ask("retain", "pr-142", arguments={"words": words} if words else {}, **rest)


def button(stage: Stage, number: int = 0) -> Any:
    return telling.offers(stage.ask("orphans"))[number]


def test_an_environment_stays_for_the_given_time_and_nobody_is_asked(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world)
    done = retain(stage)
    assert telling.status(done) == "succeeded"
    assert done.headline == golden
    answer = now_of(world).answer
    assert answer is not None
    assert (answer.reply, answer.by, answer.reason) == (Said.KEPT, DEV.id, "demo on Friday")
    assert answer.until == world.clock.at + timedelta(days=30)
    assert now_of(world).stage(world.clock.at + timedelta(days=29)) is Stands.SETTLED
    assert stage.kinds() == ["started", "closed"]
    assert stage.last().after == {"finding": {"reply": "kept", "until": answer.until.isoformat()}}
    assert not world.aws("pr-142").script.calls, "AWS is not asked for anything"


def test_the_button_asks_why_and_carries_the_reason_that_is_pressed(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world)
    why = stage.press(button(stage))
    assert isinstance(why, Choice)
    assert (why.headline, telling.notes(why), [o.label for o in why.offers]) == golden
    done = stage.press(why.offers[0])
    assert telling.status(done) == "succeeded"
    answer = now_of(world).answer
    assert answer is not None
    assert answer.reason == why.offers[0].label


def test_a_reason_and_a_valid_time_are_needed(stage: Stage, world: World, golden: Golden) -> None:
    known = found(world)
    for words in ("30d", '400d "long"', 'until 2020-01-01 "x"', '4h "x"', '"only a reason"'):
        assert retain(stage, words).headline == golden(name=words)
    assert now_of(world) == known
    assert stage.operations() == []


def test_an_environment_that_does_not_look_orphaned_is_not_kept(
    stage: Stage, world: World, golden: Golden
) -> None:
    assert retain(stage).headline == golden
    assert stage.operations() == []


def test_a_button_on_a_finding_that_is_gone_says_so_and_changes_nothing(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world)
    keep = button(stage)
    known = found(world, gone=world.clock.at)
    pressed = stage.press(keep)
    assert isinstance(pressed, Unchanged)
    assert pressed.headline == golden
    found(world, found=world.clock.at)  # finding it again makes another finding
    assert stage.press(keep).headline == pressed.headline
    assert now_of(world).answer == known.answer
    assert stage.operations() == []


def test_a_button_on_a_finding_that_was_answered_says_by_whom(
    stage: Stage, world: World, golden: Golden
) -> None:
    found(world)
    keep = button(stage)
    retain(stage, who=OLU)
    pressed = stage.press(keep)
    assert isinstance(pressed, Unchanged)
    assert pressed.headline == golden
    assert len(stage.operations()) == 1


def test_whoever_types_the_command_again_replaces_their_answer(stage: Stage, world: World) -> None:
    found(world)
    retain(stage)
    assert telling.status(retain(stage, '60d "the demo moved"', who=OLU)) == "succeeded"
    answer = now_of(world).answer
    assert answer is not None
    assert answer.reason == "the demo moved"


def test_the_second_of_two_answers_at_once_is_told_of_the_first(stage: Stage, world: World) -> None:
    found(world)
    other, replies = Stage(world, holder="two"), list[Reply]()
    world.store.memory.before_call = _once("findings.change", lambda: replies.append(retain(other, who=OLU)))
    assert telling.status(retain(stage)) == "succeeded"
    assert [telling.rule(reply) for reply in replies] == ["gate.busy"]
    answer = now_of(world).answer
    assert answer is not None
    assert answer.by == DEV.id


def test_an_answer_that_came_in_between_is_not_overwritten(
    stage: Stage, world: World, golden: Golden
) -> None:
    known = found(world)
    first = Answer(
        "op-0", Said.OWNED, world.clock.at, OLU.id, "Olu", world.clock.at + timedelta(days=9), "", "Vic"
    )

    def answers() -> None:
        world.store.memory.findings["pr-142"] = replace(known, answer=first)

    world.store.memory.before_call = _once("findings.change", answers)
    done = retain(stage)
    assert telling.status(done) == "superseded"
    assert done.headline == golden
    assert now_of(world).answer == first


def test_a_finding_that_went_in_between_is_not_answered(stage: Stage, world: World, golden: Golden) -> None:
    known = found(world)

    def goes() -> None:
        world.store.memory.findings["pr-142"] = replace(known, gone=world.clock.at)

    world.store.memory.before_call = _once("findings.change", goes)
    done = retain(stage)
    assert telling.status(done) == "superseded"
    assert done.headline == golden
    assert now_of(world).answer is None


def _once(method: str, act: Callable[[], object]) -> Callable[[str], None]:
    """Let something else happen just before the first call."""
    left = [act]

    def before(name: str) -> None:
        if name == method and left:
            left.pop()()

    return before


def test_a_developer_or_the_owner_may_answer_and_a_viewer_may_not(stage: Stage, world: World) -> None:
    found(world)
    assert telling.rule(retain(stage, who=VIC)) == "access.role"
    assert telling.rule(retain(stage, who=NIA)) == "access.no-grant"
    owned(world, "U0NIA", "Nia")
    assert telling.rule(retain(stage, who=NIA)) == "access.no-grant", "an owner has no rights by it"
    owned(world, "U0VIC", "Vic")
    assert telling.status(retain(stage, who=VIC)) == "succeeded"


def test_a_secret_in_the_reason_is_not_kept(stage: Stage, world: World) -> None:
    found(world)
    retain(stage, '30d "password=hunter2hunter2"')
    assert "hunter2" not in repr(now_of(world))
    assert "hunter2" not in repr(stage.entries())
