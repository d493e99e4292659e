"""The clock's messages of drift, budgets and findings stay true: each says how its subject ended, without
buttons.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from handlers.clock.live import BECAME, LiveBoard
from handlers.ports.live import Thing
from handlers.ports.store import CatalogChange
from handlers.words.message import Asking
from policies.access.grants import Grant
from policies.access.people import Role
from policies.cost.sightings import ServiceSeen, Sighting
from policies.orphans.findings import not_found
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at
from tests.handlers.clock.test_budgets import ROW, Kept
from tests.handlers.clock.test_drift import stopped
from tests.handlers.clock.test_orphans_asked import asked
from tests.handlers.clock.watching import Watching, idle_world
from tests.handlers.orphaned import LOST, found
from tests.handlers.stage import Stage
from tests.handlers.test_digest import at_staging, paid
from tests.handlers.wire import Killed
from tests.handlers.world import DEV, OLU, World, environment


def test_every_kind_of_live_message_comes_to_an_end() -> None:
    assert set(BECAME) == set(Thing)


def drifted() -> tuple[ClockStage, str]:
    """A world in which a drift was told, in the message with this ``ts``."""
    stage = stopped()
    stage.world.aws("staging").services.change("web", desired=2, running=2)
    stage.until(at(21, 20))
    ((_, ts, _),) = [one for one in stage.posts.posted if one[2].status == "drifted"]
    return stage, ts


def pressed(label: str) -> Callable[[ClockStage], object]:
    def press(stage: ClockStage) -> None:
        (said,) = [s for s in stage.posts.stands.values() if s.status == "drifted"]
        offer = next(o for o in said.offers if o.label == label)
        again = stage.press(offer, who=OLU)
        for more in getattr(again, "offers", ()):
            if more.operation == "stop":
                stage.press(more, who=OLU)

    return press


def removed(stage: ClockStage) -> None:
    stage.store.catalog.write(CatalogChange(remove_environments=("staging",)))


def unscheduled(stage: ClockStage) -> None:
    stage.store.catalog.write(CatalogChange(remove_schedules=stage.store.catalog.read().schedules))


def put_down(stage: ClockStage) -> None:
    stage.world.aws("staging").services.change("web", desired=0, running=0)
    stage.until(at(21, 40))


DRIFTS: dict[str, Callable[[ClockStage], object]] = {
    "stop now": pressed("Stop now"),
    "keep on": pressed("Keep on for 4 h"),
    "started": lambda stage: stage.ask("start", "staging", who=DEV),
    "put down": put_down,
    "its morning": lambda stage: stage.until(at(8, 2, day=1)),
    "no schedule": unscheduled,
    "not in the catalog": removed,
}


@pytest.mark.parametrize("how", DRIFTS)
def test_the_message_of_a_drift_is_true_until_the_drift_is_over(golden: Golden, how: str) -> None:
    stage, ts = drifted()
    assert len(stage.posts.stands[ts].offers) == 2
    DRIFTS[how](stage)
    stage.minute()
    stage.minute()
    said = stage.posts.stands[ts]
    assert (said.headline, telling.notes(said), said.offers) == golden
    assert len([one for one in stage.posts.posted if one[2].status == "drifted"]) == 1


def test_the_buttons_of_a_drift_go_after_a_day() -> None:
    stage, ts = drifted()
    stage.store.book.capacities.forget("staging")
    for schedule in stage.store.catalog.read().schedules:
        sleeps = replace(schedule, text="Sat#1 08:00-20:00 UTC")
        stage.store.catalog.write(CatalogChange(put_schedules=(sleeps,)))
    stage.minute()
    assert len(stage.posts.stands[ts].offers) == 2
    stage.jump(at(21, 30, day=1))
    assert stage.posts.stands[ts].offers == ()


def test_a_message_is_edited_later_if_slack_does_not_answer() -> None:
    stage, ts = drifted()
    stage.posts.silent = True
    stage.sure("stop", "staging", who=OLU)
    stage.minute()
    stage.posts.silent = False
    stage.minute()
    assert stage.posts.stands[ts].offers == ()


# Budgets


def board(stage: Stage, posts: FakePosts) -> LiveBoard:
    return LiveBoard(stage.parts, posts)


def test_a_proposal_to_stop_is_removed_once_the_environment_is_stopped(golden: Golden) -> None:
    kept = Kept(replace(ROW, pattern="qa-*", people=("U0ADA",)))
    stage = Stage(kept.world, posts=kept.posts)
    for name in ("qa-eu", "qa-us"):
        kept.cost(name, 262)
        found = (ServiceSeen("web", 2, 2),)
        kept.world.store.book.ledger.sightings.put(Sighting(name, kept.world.clock.at, found))
    kept.look()
    ((_, ts, first),) = kept.posts.posted
    assert [o.label for o in first.offers] == ["Stop qa-eu", "Stop qa-us"]
    live = board(stage, kept.posts)
    stage.sure("stop", "qa-eu", who=OLU)
    live.tick()
    assert [o.label for o in kept.posts.stands[ts].offers] == ["Stop qa-us"]
    kept.wait(timedelta(minutes=20))
    off = (ServiceSeen("web", 0, 0),)
    kept.world.store.book.ledger.sightings.put(Sighting("qa-us", kept.world.clock.at, off))
    live.tick()
    said = kept.posts.stands[ts]
    assert (said.offers, said.people) == ((), ("U0ADA",))
    assert telling.notes(said) == golden
    assert kept.world.store.book.live_posts.live() == []


# Findings


def urged() -> tuple[Watching, LiveBoard, str]:
    stage = Watching(idle_world())
    asked(stage, 15)
    stage.look()
    ((_, ts, said),) = stage.posts.posted
    assert len(said.offers) == 4
    return stage, board(stage, stage.posts), ts


def test_a_question_about_an_environment_tells_the_answer(golden: Golden) -> None:
    stage, live, ts = urged()
    (keeps,) = [o for o in stage.posts.stands[ts].offers if o.label == "Keep 30 days"]
    stage.press(stage.press(keeps).offers[0])  # type: ignore[union-attr]
    live.tick()
    said = stage.posts.stands[ts]
    assert (said.headline, telling.notes(said), said.offers) == golden


def test_people_who_deny_ownership_are_named_and_the_question_stays(golden: Golden) -> None:
    stage, live, ts = urged()
    (no,) = [o for o in stage.posts.stands[ts].offers if o.label == "Not mine"]
    stage.press(no)
    live.tick()
    said = stage.posts.stands[ts]
    assert (telling.notes(said)[-1], len(said.offers)) == golden


def test_the_question_ends_when_the_finding_or_the_environment_is_gone(golden: Golden) -> None:
    told = []
    for gone in (True, False):
        stage, live, ts = urged()
        if gone:
            become = partial(not_found, at=stage.world.clock.at)
            stage.store.book.orphans.findings.change(LOST.name, become)
        else:
            stage.store.catalog.write(CatalogChange(remove_environments=(LOST.name,)))
        stage.world.forward(61)
        live.tick()
        assert stage.posts.stands[ts].offers == ()
        told.append(stage.posts.stands[ts].headline)
    assert told == golden


# Digests


SECOND = environment("pr-143", owner="", channel="C0STAGING")


def to_ask() -> tuple[Stage, FakePosts]:
    """A week in which two findings are to be asked about."""
    world, posts = World(), FakePosts()
    grants = (Grant(DEV.id, Role.DEVELOPER, "pr-*"), Grant(OLU.id, Role.OPERATOR, "pr-*"))
    lost = replace(LOST, channel="C0STAGING")
    world.store.catalog.write(CatalogChange(put_environments=(lost, SECOND), put_grants=grants))
    for name in ("staging", LOST.name):
        paid(world, name, 10, 10, 10, 15)
    for place in (LOST, SECOND):
        found(world, place)
    return Stage(world, posts=posts), posts


def asking() -> tuple[Stage, FakePosts, LiveBoard, str]:
    """A digest that asks about two findings, in the message with this ``ts``."""
    stage, posts = to_ask()
    at_staging(stage, "post")
    ((_, ts, said),) = posts.posted
    assert len(said.offers) == 8
    return stage, posts, board(stage, posts), ts


def answer(stage: Stage, posts: FakePosts, ts: str, label: str) -> None:
    (pressed,) = [o for o in posts.stands[ts].offers if o.label == label]
    for more in getattr(stage.press(pressed), "offers", ())[:1]:
        stage.press(more)


def test_a_digest_says_what_was_answered_and_loses_those_buttons_alone(golden: Golden) -> None:
    stage, posts, live, ts = asking()
    before = posts.stands[ts]
    answer(stage, posts, ts, "Keep 30 days: pr-142")
    live.tick()
    said = posts.stands[ts]
    assert {o.environment for o in said.offers} == {"pr-143"}
    assert (said.status, said.headline) == (before.status, before.headline)
    answered = [b for b in before.blocks if isinstance(b, Asking) and b.about == "pr-142"]
    assert [line.startswith("If nobody answers by ") for b in answered for line in b.lines] == [True]
    left = tuple(b for b in before.blocks if b not in answered)
    assert said.blocks[: len(left)] == left
    assert str(said).count("If nobody answers by ") == 1
    answer(stage, posts, ts, "Not mine: pr-143")
    live.tick()
    assert len(posts.stands[ts].offers) == 4
    assert telling.notes(posts.stands[ts])[-2:] == golden


def test_a_digest_that_is_killed_as_soon_as_it_is_known_to_stand_says_what_was_answered() -> None:
    stage, posts = to_ask()
    passed: list[str] = []

    def cut(call: str) -> None:
        if "digests.settle" in passed:
            raise Killed
        passed.append(call)

    stage.world.store.memory.before_call = cut
    with pytest.raises(Killed):
        at_staging(stage, "post")
    stage.world.store.memory.before_call = str
    ((_, ts, _),) = posts.posted
    stage = Stage(stage.world, holder="two", posts=posts)
    answer(stage, posts, ts, "Keep 30 days: pr-142")
    board(stage, posts).tick()
    assert {o.environment for o in posts.stands[ts].offers} == {"pr-143"}


def test_a_digest_says_that_nobody_answered_and_what_is_gone(golden: Golden) -> None:
    stage, posts, live, ts = asking()
    stage.store.catalog.write(CatalogChange(remove_environments=(LOST.name,)))
    stage.store.book.orphans.findings.change(SECOND.name, partial(not_found, at=stage.world.clock.at))
    live.tick()
    said = posts.stands[ts]
    assert (telling.notes(said)[-2:], said.offers) == golden
    assert "If nobody answers" not in str(said)
    stage, posts, live, ts = asking()
    stage.world.forward(timedelta(days=14).total_seconds() - 60)
    for name in (LOST.name, SECOND.name):
        finding = stage.store.book.orphans.findings.find(name)
        assert finding is not None
        stage.world.store.memory.findings[name] = replace(finding, grace_end=stage.world.clock.at)
    live.tick()
    assert telling.notes(posts.stands[ts])[-2:] == golden(name="nobody answered")


def test_a_digest_is_drawn_until_its_buttons_expire_and_one_that_asks_nobody_never() -> None:
    stage, posts, live, ts = asking()
    stage.world.forward(timedelta(days=14, minutes=1).total_seconds())
    live.tick()
    assert posts.stands[ts].offers == ()
    assert stage.store.book.live_posts.live() == []
    quiet = Stage(World(), posts=FakePosts())
    paid(quiet.world, "staging", 10, 10, 10, 15)
    at_staging(quiet, "post")
    assert quiet.store.book.live_posts.live() == []
