"""A followed log: what its direct message says while it goes on and once it is over, who is told, and how
little AWS is asked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.errors import Denied, Throttled, Unsendable
from handlers.words.message import Status
from policies.access.people import ClockActor
from policies.logs.routes import Route
from policies.secrets.shapes import MARK
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.following import GROUP, FollowStage, stream, told
from tests.handlers.world import DEV, OLU, VIC, World, service


@pytest.fixture
def stage(world: World) -> FollowStage:
    made = FollowStage(world, posts=FakePosts())
    made.writes("an older line", number=1)
    made.writes("an older line", number=2)
    world.forward(120)
    return made


def test_what_comes_in_is_shown_in_one_direct_message(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    stage.beat()
    said = stage.message()
    assert (said.headline, said.status, telling.notes(said), [o.label for o in said.offers]) == golden
    for number in range(10):
        stage.writes(f"line {number}", number=1 + number % 2)
        stage.beat()
    stage.beats(3)
    assert told(stage.message()) == [f"line {n}" for n in range(10)]
    assert len(stage.posts.posted) == 1


def test_the_block_holds_the_newest_lines_and_counts_the_others(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    for number in range(12):
        stage.writes(*(f"line {number}-{n}" for n in range(10)))
        stage.beat()
    stage.beats(3)
    said = stage.message()
    assert told(said)[-1] == "line 11-9"
    assert len(told(said)) == 25
    assert telling.notes(said) == golden


def test_it_ends_after_five_minutes_with_its_last_lines_and_no_button(
    stage: FollowStage, golden: Golden
) -> None:
    stage.follows()
    for number in range(100):
        stage.writes(f"line {number}")
        stage.beat()
    stage.world.forward(1)
    stage.writes("after the end")
    stage.beats(5)
    said = stage.message()
    assert (said.headline, said.status, telling.notes(said), said.offers) == golden
    assert told(said)[-1] == "line 99"
    assert not stage.store.book.follows.all()
    before = stage.polls()
    stage.beats(5)
    assert stage.polls() == before


def test_its_button_ends_it(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    stage.writes("line")
    stage.beats(5)
    answer = stage.press(stage.message().offers[0])
    stage.beat()
    said = stage.message()
    assert (answer.headline, said.headline, said.offers) == golden
    assert told(said) == ["line"]
    assert not stage.store.book.follows.all()
    assert stage.press(stage.posts.posted[0][2].offers[0]).headline == golden(name="again")


def test_whoever_loses_the_grant_gets_no_further_line(stage: FollowStage, golden: Golden) -> None:
    stage.follows(who=VIC)
    stage.writes("before")
    stage.beats(4)
    grants = [g for g in stage.store.catalog.read().grants if g.subject == VIC.id]
    stage.store.catalog.write(CatalogChange(remove_grants=tuple(grants)))
    stage.writes("after")
    stage.beats(4)
    said = stage.message(VIC.user)
    assert (said.headline, said.offers, told(said)) == golden


def test_whoever_is_deactivated_gets_no_further_line(stage: FollowStage) -> None:
    stage.follows()
    stage.beat()
    account = stage.world.people.accounts[DEV.user]
    stage.world.people.accounts[DEV.user] = replace(account, deleted=True)
    stage.writes("after")
    stage.beats(4)
    assert "may no longer" in stage.message().headline


def test_a_setting_that_demands_a_higher_role_ends_it(stage: FollowStage) -> None:
    stage.follows(who=VIC)
    stage.beat()
    stage.store.catalog.write(CatalogChange(put_settings={"logs_role": "developer"}))
    stage.beat()
    assert "may no longer" in stage.message(VIC.user).headline


def test_while_slack_cannot_say_who_somebody_is_nothing_is_shown_and_nothing_lost(stage: FollowStage) -> None:
    stage.follows()
    stage.beat()
    stage.world.people.silent = True
    stage.writes("meanwhile")
    stage.beats(5)
    assert told(stage.message()) == []
    stage.world.people.silent = False
    stage.beats(2)
    assert told(stage.message()) == ["meanwhile"]


def test_it_ends_when_no_task_runs_any_more_and_shows_the_last_lines(
    stage: FollowStage, golden: Golden
) -> None:
    stage.follows()
    stage.beat()
    stage.writes("good bye")
    facts = stage.world.aws().services.known()["orders-api"]
    gone = [replace(t, last_status="STOPPED", stopped_at=stage.world.clock.at) for t in facts.tasks]
    stage.world.aws().services.change("orders-api", tasks=tuple(gone))
    stage.beats(6)
    assert told(stage.message()) == ["good bye"]
    assert stage.message().offers
    stage.beats(20)
    said = stage.message()
    assert (said.headline, said.offers) == golden
    assert told(said) == ["good bye"]


def test_a_task_that_is_new_is_followed_too(stage: FollowStage) -> None:
    stage.follows()
    stage.beat()
    stage.world.aws().services.put(service(desired=3))
    stage.writes("I am new", number=3)
    stage.beats(10)
    assert told(stage.message()) == ["I am new"]


def test_a_task_that_has_written_nothing_hides_no_other_and_is_heard_once_it_writes(world: World) -> None:
    stage = FollowStage(world, posts=FakePosts())
    stage.writes("before")
    stage.follows()
    stage.beats(3)
    stage.writes("one")
    stage.beats(4)
    stage.writes("two", number=2)
    stage.beats(6)
    assert told(stage.message()) == ["before", "one", "two"]


def test_an_environment_that_is_removed_ends_it(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    stage.beat()
    stage.store.catalog.write(CatalogChange(remove_environments=("staging",)))
    stage.beat()
    assert (stage.message().headline, stage.message().offers) == golden


def test_secrets_are_hidden_and_cannot_be_looked_for(stage: FollowStage) -> None:
    stage.follows('grep "hunter2x"')
    stage.follows("grep password", who=OLU)
    stage.writes("user=app password=hunter2x ok", "DB_PASSWORD=", "hunter2xQ9", "plain")
    stage.beats(5)
    assert told(stage.message()) == []
    lines = told(stage.message(OLU.user))
    assert len(lines) == 2
    assert MARK in lines[0]
    assert not any("hunter2x" in line for line in lines)


def test_a_line_that_comes_in_late_is_shown_when_it_comes(stage: FollowStage) -> None:
    stage.follows()
    stage.beats(3)
    stage.writes("on time", number=2)
    stage.beats(4)
    stage.writes("late", late=15)
    stage.beats(3)
    assert told(stage.message()) == ["on time", "late"]


def test_all_who_follow_one_group_share_its_reads(stage: FollowStage) -> None:
    stage.follows()
    stage.beats(2)
    before = stage.polls()
    stage.beats(10)
    alone = stage.polls() - before
    stage.follows(who=OLU)
    stage.follows("grep line", who=VIC)
    before = stage.polls()
    stage.writes("line")
    stage.beats(10)
    assert stage.polls() - before == alone == 10
    for who in (DEV, OLU, VIC):
        assert told(stage.message(who.user))[-1] == "line"


def test_one_group_is_read_in_one_beat_and_each_has_its_turn(world: World) -> None:
    stage = FollowStage(world, posts=FakePosts())
    names = [f"api-{n}" for n in range(5)]
    for name, who in zip(names, (DEV, DEV, DEV, OLU, OLU), strict=True):
        world.aws().services.put(replace(service(name, desired=1)))
        stage.writes(f"from {name}", group=f"/staging/{name}")
        stage.follows(service=name, who=who)
    before = stage.polls()
    stage.beat()
    assert stage.polls() - before == 1
    stage.beats(15)
    lines = [told(stage.posts.stands[ts]) for _, ts, _ in stage.posts.posted]
    assert sorted(lines) == [[f"from {name}"] for name in names]


def test_a_group_that_cannot_be_read_does_not_keep_another_from_its_turn(stage: FollowStage) -> None:
    stage.world.aws().services.put(service("web"))
    stage.writes("from web", group="/staging/web")
    stage.follows()
    stage.follows(service="web", who=OLU)
    stage.beat()
    stage.world.aws().logs.classes[GROUP] = "ESSENTIALS"  # nobody asks for the class again within 15 s
    stage.beats(4)
    assert "refused" in str(telling.notes(stage.message()))
    assert told(stage.message(OLU.user)) == ["from web"]


def test_a_rate_that_is_used_up_loses_nothing(stage: FollowStage) -> None:
    stage.follows()
    stage.beats(2)
    before = stage.polls()
    for nth in range(1, 4):
        throttled = Throttled("Too much.", retry_helps=True)
        stage.world.aws().script.fail("page", throttled, nth=before + nth)
    stage.writes("line")
    stage.beats(8)
    assert told(stage.message()) == ["line"]


def test_a_rate_that_is_used_up_between_two_pages_loses_nothing_and_is_not_told(stage: FollowStage) -> None:
    stage.follows()
    stage.beats(2)
    stage.writes(*(f"line {n}" for n in range(20)))
    stage.world.aws().logs.page_size = 8
    for nth in (2, 4, 6):
        throttled = Throttled("Too much.", retry_helps=True)
        stage.world.aws().script.fail("page", throttled, nth=stage.polls() + nth)
    for _ in range(8):
        stage.beat()
        assert "just now" not in str(telling.notes(stage.message()))
    assert told(stage.message()) == [f"line {n}" for n in range(20)]
    assert not telling.notes(stage.message())


def test_trouble_is_said_while_it_lasts(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    stage.beats(2)
    stage.world.aws().script.fail("page", Denied("AWS did not allow it."), nth=stage.polls() + 1)
    stage.beat()
    assert telling.notes(stage.message()) == golden
    stage.beat()
    assert "allow" not in str(telling.notes(stage.message()))


def test_a_follow_whose_end_cannot_be_read_ends_all_the_same(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    stage.beats(2)
    for nth in range(1, 200):
        stage.world.aws().script.fail("page", Denied("AWS did not allow it."), nth=stage.polls() + nth)
    stage.beats(130)
    assert (stage.message().headline, stage.message().offers) == golden


def test_a_bot_that_was_down_meanwhile_still_shows_the_lines_up_to_the_end(stage: FollowStage) -> None:
    stage.follows()
    stage.beats(2)
    for number in range(20):
        stage.world.forward(30)
        stage.writes(f"line {number}")
    stage.beats(3)
    said = stage.message()
    assert told(said) == [f"line {n}" for n in range(9)]
    assert "for 5 minutes" in said.headline
    assert said.offers == ()


def test_a_log_group_that_is_deleted_ends_it(stage: FollowStage, golden: Golden) -> None:
    stage.follows()
    stage.beats(2)
    del stage.world.aws().logs.classes[GROUP]
    stage.beats(8)
    assert (stage.message().headline, stage.message().offers) == golden


def test_a_defect_in_one_log_does_not_keep_the_others_from_going_on(stage: FollowStage) -> None:
    defects: list[str] = []
    stage = FollowStage(stage.world, posts=stage.posts, on_defect=lambda what, _: defects.append(what))
    stage.world.aws().services.put(service("web"))
    stage.writes("from web", group="/staging/web")
    stage.follows(service="web")
    stage.follows(who=OLU)
    stage.writes("line")
    stage.world.aws().script.fail("page", RuntimeError("broken"), nth=stage.polls() + 1)  # type: ignore[arg-type]
    stage.beats(6)
    assert defects
    assert told(stage.message(OLU.user)) == ["line"]
    assert "from web" in told(stage.message())


def test_logs_are_read_as_the_clock_so_that_people_come_first(stage: FollowStage) -> None:
    stage.follows()
    stage.world.scopes.bound.clear()
    stage.beats(3)
    assert {type(actor) for _, actor, _ in stage.world.scopes.bound} == {ClockActor}


def test_a_log_that_stands_still_is_not_edited_again(stage: FollowStage) -> None:
    stage.follows()
    stage.writes("line")
    stage.beats(6)
    before = len(stage.edits.asked)
    stage.beats(10)
    assert len(stage.edits.asked) == before


def test_an_edit_waits_for_the_budget_and_the_last_one_does_not(stage: FollowStage) -> None:
    stage.follows()
    stage.beat()
    stage.edits.closed = True
    stage.writes("line")
    stage.beats(6)
    assert told(stage.message()) == []
    stage.press(stage.message().offers[0])
    stage.beat()
    assert told(stage.message()) == ["line"]


def test_slack_that_does_not_answer_is_asked_again_later(stage: FollowStage) -> None:
    stage.follows()
    stage.beat()
    stage.posts.silent = True
    stage.writes("line")
    stage.beats(6)
    stage.posts.silent = False
    stage.beats(12)
    assert told(stage.message()) == ["line"]


def test_a_person_without_direct_messages_is_not_followed_for(stage: FollowStage) -> None:
    stage.posts.closed[DEV.user] = Unsendable("No.")
    stage.follows()
    stage.beats(2)
    assert not stage.store.book.follows.all()
    assert not stage.posts.posted


def test_lines_of_another_container_are_not_shown(stage: FollowStage) -> None:
    app = Route("app", True, "awslogs", GROUP, "ecs", "eu-west-1")
    stage.world.aws().services.route("revision", app, replace(app, container="envoy", essential=False))
    logs = stage.world.aws().logs
    logs.say(GROUP, stream(1, "envoy"), stage.world.clock.at, "old")
    logs.say(GROUP, stream(2, "envoy"), stage.world.clock.at, "old")
    stage.world.forward(120)
    stage.follows()
    stage.follows("container envoy", who=OLU)
    stage.writes("from app")
    logs.say(GROUP, stream(1, "envoy"), stage.world.clock.at, "from envoy")
    stage.beats(5)
    assert told(stage.message()) == ["from app"]
    assert told(stage.message(OLU.user)) == ["from envoy"]


def test_the_message_says_under_way_until_it_is_over(stage: FollowStage) -> None:
    stage.follows()
    stage.beat()
    assert (stage.message().status, stage.message().tells) == (Status.RUNNING, True)
    stage.beat(timedelta(minutes=8).total_seconds())
    stage.beats(2)
    assert stage.message().status is Status.ANSWERED
