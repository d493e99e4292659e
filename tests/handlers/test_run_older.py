"""`/env run` where the newest revision differs from what is approved: the newest older one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.run import MOST_LOOKED_AT
from handlers.words.errors import Throttled, Trouble
from handlers.words.message import Offer
from handlers.words.result import Reply
from tests import telling
from tests.golden import Golden
from tests.handlers.approving import MIGRATE, REINDEX, ApprovingWorld, defined
from tests.handlers.stage import Stage
from tests.handlers.test_run import run, shown, stage, world
from tests.handlers.world import STAGING

__all__ = ["stage", "world"]


def registered(world: ApprovingWorld, *numbers: int, role: str = "", active: bool = True) -> None:
    """Register revisions; with a task role they are not what is approved."""
    for number in numbers:
        world.runs.define(defined("orders-reindex", number, "reindex", task_role=role, active=active))


def offered(answer: Reply) -> Offer:
    [offer] = telling.offers(answer)
    return offer


ADMIN = "arn:aws:iam::1:role/admin"


def test_the_newest_older_revision_that_is_approved_is_named_and_offered_and_exactly_it_runs(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    registered(world, 4, 5)
    registered(world, 6, active=False)
    registered(world, 7, 9, role=ADMIN)
    answer = run(stage, "reindex", 'index=orders since="2026-02-03"')
    assert telling.rule(answer) == "tasks.differs"
    assert (answer.headline, [o.label for o in telling.offers(answer)]) == golden(name="refusal")
    assert world.runs.orders == []

    pressed = stage.press(offered(answer))
    assert (pressed.headline, telling.notes(pressed)) == golden(name="runs")
    [order] = world.runs.orders
    assert order.revision.endswith(":task-definition/orders-reindex:5")
    assert order.command == ("reindex", "--index", "orders", "2026-02-03")
    world.runs.end({"reindex": 0})
    stage.finish()
    assert shown(stage).headline == golden(name="ran")


def test_what_is_offered_is_judged_anew_when_it_is_pressed(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    registered(world, 4, role=ADMIN)
    buttons = [offered(run(stage, "reindex", "index=orders")) for _ in range(3)]
    registered(world, 3, role=ADMIN)
    differs = stage.press(buttons[0])
    registered(world, 3, active=False)
    inactive = stage.press(buttons[1])
    world.runs.forget()
    gone = stage.press(buttons[2])
    told = [differs, inactive, gone]
    assert [telling.rule(t) for t in told] == ["tasks.differs", "tasks.inactive", "tasks.no-revision"]
    assert [t.headline for t in told] == golden
    assert world.runs.orders == []


def test_a_revision_that_was_registered_since_and_is_approved_is_told_and_does_not_take_its_place(
    stage: Stage, world: ApprovingWorld, golden: Golden
) -> None:
    registered(world, 4, role=ADMIN)
    button = offered(run(stage, "reindex", "index=orders"))
    registered(world, 5)
    assert telling.note(stage.press(button), "newer") == golden
    assert world.runs.orders[0].revision.endswith(":3")


def test_a_catalog_that_has_pinned_the_task_since_runs_no_older_revision(
    stage: Stage, world: ApprovingWorld
) -> None:
    given = {"task": "db-migrate", "revision": "6"}
    world.catalogue(replace(STAGING, tasks=(MIGRATE, REINDEX)))
    world.runs.define(defined("orders-migrate", 6, "migrate"))
    assert telling.rule(stage.ask("run", "staging", arguments=given)) == "tasks.differs"
    assert world.runs.orders == []


@pytest.mark.parametrize(
    ("older", "newest"),
    [((), 1), ((1,), 2), ((2, 1), 3), (range(3, 90), 90)],
    ids=["no older one", "one", "two", "many"],
)
def test_where_none_is_approved_that_is_said_and_no_more_than_a_few_are_looked_at(
    stage: Stage, world: ApprovingWorld, older: range, newest: int, golden: Golden
) -> None:
    world.runs.forget()
    registered(world, *older, role=ADMIN)
    registered(world, newest, role=ADMIN)
    answer = run(stage, "reindex", "index=orders")
    assert answer.headline == golden
    assert telling.offers(answer) == ()
    assert world.aws().script.count("defined") == 1 + min(newest - 1, MOST_LOOKED_AT)


@pytest.mark.parametrize(
    "trouble",
    [
        Throttled("AWS is busy just now.", "ThrottlingException", retry_helps=True),
        Trouble("AWS could not be reached."),
    ],
)
def test_where_an_older_one_cannot_be_read_the_difference_is_told_all_the_same(
    stage: Stage, world: ApprovingWorld, trouble: Trouble, golden: Golden
) -> None:
    registered(world, 4, role=ADMIN)
    world.aws().services.fail("defined", trouble, nth=2)
    answer = run(stage, "reindex", "index=orders")
    assert telling.rule(answer) == "tasks.differs"
    assert (answer.headline, telling.offers(answer)) == golden


def test_a_pinned_revision_that_differs_has_no_older_one(stage: Stage, world: ApprovingWorld) -> None:
    world.runs.define(defined("orders-migrate", 6, "migrate"))
    world.runs.define(defined("orders-migrate", 7, "migrate", task_role=ADMIN))
    answer = run(stage)
    assert telling.rule(answer) == "tasks.differs"
    assert telling.offers(answer) == ()
    assert world.aws().script.count("defined") == 1
