"""`/env list`: the environments I may view."""

from __future__ import annotations

from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied
from handlers.words.result import Answer
from tests import telling
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.world import ADA, NIA, OLU, VIC, World, environment, service


def test_only_what_i_may_view_is_listed_with_my_role(stage: Stage, golden: Golden) -> None:
    mine = stage.ask("list")
    assert mine.headline == golden
    assert telling.table(mine).columns == ("Environment", "Tier", "Services", "You are", "Schedule", "Now")
    assert [(r[0], r[1], r[3], r[4], r[5]) for r in telling.table(mine).rows] == [
        ("qa-eu", "nonproduction", "developer", "no schedule", ""),
        ("staging", "nonproduction", "developer", "no schedule", ""),
    ]
    assert telling.table(mine).rows[1][2] == golden
    ada = stage.ask("ls", who=ADA)
    assert [(r[0], r[1], r[3]) for r in telling.table(ada).rows] == [
        ("production", "production", "admin"),
        ("qa-eu", "nonproduction", "admin"),
        ("staging", "nonproduction", "admin"),
    ]


def test_one_is_one_environment(stage: Stage, golden: Golden) -> None:
    assert stage.ask("list", who=VIC).headline == golden


def test_whoever_has_none_is_told_what_to_do(stage: Stage, golden: Golden) -> None:
    answer = stage.ask("list", who=NIA)
    assert answer.headline == golden


def test_what_is_down_and_what_is_being_done_are_counted_and_said(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws().services.put(service("worker", desired=0))
    world.aws().services.put(service("batch", running=1))
    opened = stage.ask("restart", "staging", "web")
    world.forward(61)
    answer = stage.ask("list", who=VIC)
    (row,) = telling.table(answer).rows
    assert row[2] == golden
    assert telling.operation_of(opened) in row[5]
    assert row[5] == golden


def test_one_unreadable_environment_leaves_the_others_shown(
    stage: Stage, world: World, golden: Golden
) -> None:
    world.aws("qa-eu").services.fail("members", Denied("AWS denies it."))
    answer = stage.ask("list")
    unreadable, other = telling.table(answer).rows
    assert (unreadable[0], other[0]) == ("qa-eu", "staging")
    assert unreadable[2] == golden
    assert other[2].startswith("2 up")


def test_more_than_ten_come_by_button_which_may_be_pressed_again(
    stage: Stage, world: World, golden: Golden
) -> None:
    many = tuple(environment(f"pr-{n:02}") for n in range(21))
    world.store.catalog.write(CatalogChange(put_environments=many))
    first = stage.ask("list", who=OLU)
    assert first.headline == golden
    assert len(telling.table(first).rows) == 10
    assert [o.label for o in telling.offers(first)] == ["13 more"]
    second = stage.press(telling.offers(first)[0], who=OLU)
    assert telling.table(second).rows[0][0] == "pr-10"
    third = stage.press(telling.offers(second)[0], who=OLU)
    assert [r[0] for r in telling.table(third).rows] == ["pr-20", "qa-eu", "staging"]
    assert telling.offers(third) == ()
    assert telling.table(stage.press(telling.offers(first)[0], who=OLU)) == telling.table(second)


def test_a_page_is_of_whoever_pressed(stage: Stage, world: World) -> None:
    many = tuple(environment(f"pr-{n:02}") for n in range(21))
    world.store.catalog.write(CatalogChange(put_environments=many))
    first = stage.ask("list", who=OLU)
    pressed = stage.press(telling.offers(first)[0], who=VIC)
    assert isinstance(pressed, Answer)
    assert pressed.names == ()
