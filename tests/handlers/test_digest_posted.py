"""A digest that a person posts into a channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.ports.digests import DigestRow, DigestState
from handlers.ports.store import CatalogChange
from handlers.words.errors import Throttled, Unanswered, Unsendable
from handlers.words.message import Message
from handlers.words.result import Report
from policies.access.grants import Grant
from policies.access.people import Role
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover
from policies.record.lifecycle import State
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.orphaned import LOST, found, now_of
from tests.handlers.stage import Stage
from tests.handlers.test_digest import DOLLAR, WEEK, at_staging, paid
from tests.handlers.world import ADA, DEV, VIC, World, environment


@pytest.fixture
def posts() -> FakePosts:
    return FakePosts()


@pytest.fixture
def stage(world: World, posts: FakePosts) -> Stage:
    return Stage(world, posts=posts)


def test_a_digest_can_be_posted_only_in_the_channel_of_what_i_may_operate(stage: Stage) -> None:
    labels = [o.label for o in telling.offers(at_staging(stage))]
    assert labels == ["Post to the channel"]
    assert telling.offers(stage.ask("digest", channel="C0OPS")) == ()
    assert telling.offers(at_staging(stage, who=VIC)) == ()


def test_a_posted_digest_covers_exactly_the_environments_of_that_channel(
    stage: Stage, world: World, posts: FakePosts, golden: Golden
) -> None:
    joined = environment("loadtest", channel="C0STAGING")
    world.store.catalog.write(CatalogChange(put_environments=(joined,)))
    for name in ("staging", "qa-eu", "loadtest"):
        paid(world, name, 10, 10, 10, 15)
    (offer,) = telling.offers(at_staging(stage))
    report = stage.press(offer, channel="C0STAGING")
    assert isinstance(report, Report)
    assert report.state is State.SUCCEEDED
    assert report.headline == golden
    ((channel, ts, said),) = posts.posted
    assert channel == "C0STAGING"
    assert said.headline == golden(name="posted")
    assert "loadtest" in str(said)
    assert "qa-eu" not in str(said)
    row = world.store.book.digests.find("C0STAGING", "2026-W09")
    assert row == DigestRow("C0STAGING", "2026-W09", DigestState.POSTED, world.clock.at, ts)
    assert [e.kind for e in stage.entries() if e.operation == "post"] == ["started", "closed"]


def test_a_posted_digest_is_not_posted_again(stage: Stage, posts: FakePosts, golden: Golden) -> None:
    at_staging(stage, "post")
    assert len(posts.posted) == 1
    again = at_staging(stage, "post")
    assert (telling.status(again), again.headline) == ("unchanged", golden)
    assert telling.offers(at_staging(stage)) == ()
    assert len(posts.posted) == 1


def test_a_person_who_lost_the_right_is_refused_on_record(
    stage: Stage, world: World, posts: FakePosts, golden: Golden
) -> None:
    (offer,) = telling.offers(at_staging(stage))
    mine = tuple(g for g in world.store.catalog.read().grants if g.subject == DEV.id)
    world.store.catalog.write(CatalogChange(remove_grants=mine))
    refused = stage.press(offer, channel="C0STAGING")
    assert telling.rule(refused) == "digest.channel"
    assert refused.headline == golden
    assert stage.last().kind == "refused"
    assert posts.posted == []
    assert telling.rule(at_staging(stage, "post", who=VIC)) == "digest.channel"
    assert telling.rule(stage.ask("post", channel="C0OPS", who=ADA)) == "digest.channel"


def test_a_channel_of_another_company_gets_a_digest_only_if_the_catalog_allows(
    stage: Stage, world: World, posts: FakePosts, golden: Golden
) -> None:
    posts.external = {"C0STAGING"}
    refused = at_staging(stage, "post")
    assert (telling.rule(refused), refused.headline) == ("digest.shared", golden)
    allowed = environment("loadtest", channel="C0STAGING", shared_channel=True)
    world.store.catalog.write(CatalogChange(put_environments=(allowed,)))
    at_staging(stage, "post")
    ((_, _, said),) = posts.posted
    assert "staging" not in str(said)


def test_a_lost_answer_ends_as_unknown_and_the_next_digest_says_so(
    stage: Stage, world: World, posts: FakePosts, golden: Golden
) -> None:
    def lose(name: str) -> None:
        if name == "posts.post":
            raise Unanswered("Slack did not answer.")

    posts.before_call = lose
    report = at_staging(stage, "post")
    stage.finish()
    assert stage.operation().state is State.INTERRUPTED
    assert stage.parts.report(stage.operation()).headline == golden
    assert report is not None
    answer = at_staging(stage)
    assert telling.notes(answer)[0] == golden(name="the next digest")
    posts.before_call = str
    (offer,) = telling.offers(answer)
    stage.press(offer, channel="C0STAGING")
    assert len(posts.posted) == 1


def test_posting_waits_if_slack_asks_to_wait(stage: Stage, world: World, posts: FakePosts) -> None:
    waits = iter([Throttled("Slack asks to wait 1 s.", retry_helps=True)])

    def wait(name: str) -> None:
        if name == "posts.post" and (trouble := next(waits, None)):
            raise trouble

    posts.before_call = wait
    at_staging(stage, "post")
    assert posts.posted == []
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED
    assert len(posts.posted) == 1


def test_a_digest_of_many_environments_lists_all_in_the_thread(
    stage: Stage, world: World, posts: FakePosts
) -> None:
    many = tuple(environment(f"pr-{n:03}", channel="C0STAGING") for n in range(500))
    world.store.catalog.write(CatalogChange(put_environments=many))
    for n in range(500):
        paid(world, f"pr-{n:03}", n, n, n, n + 1)
    at_staging(stage, "post")
    ((channel, ts, logs),) = posts.replies
    assert (channel, ts) == posts.posted[0][:2]
    rows = [line for log in logs for line in log.lines[1:]]
    assert len(rows) == 501
    assert len({log.lines[0] for log in logs}) == 1


def test_a_digest_asks_about_orphans_and_gives_two_weeks_to_answer(
    stage: Stage, world: World, posts: FakePosts, golden: Golden
) -> None:
    lost = replace(LOST, channel="C0STAGING")
    dev = Grant(DEV.id, Role.DEVELOPER, "pr-*")
    world.store.catalog.write(CatalogChange(put_environments=(lost,), put_grants=(dev,)))
    found(world, evidence={"image": world.clock.at - timedelta(days=4)})
    at_staging(stage, "post")
    ((_, _, said),) = posts.posted
    assert telling.fields(said)[0] == golden(name="in short")
    notes = [note for note in telling.notes(said) if not note.startswith("Head of the audit log")]
    assert notes == golden(name="of the one")
    assert [o.label for o in said.offers] == ["Keep 30 days", "Assign owner", "Stop it", "Not mine"]
    assert all(o.id for o in said.offers)
    asked = now_of(world)
    assert (asked.asked, asked.grace_end) == (world.clock.at, world.clock.at + timedelta(days=14))
    why = stage.press(said.offers[0], channel="C0STAGING")
    assert isinstance(stage.press(telling.offers(why)[0], channel="C0STAGING"), Report)
    assert telling.offers(at_staging(stage)) == ()


def test_a_digest_shown_to_one_person_asks_nobody(stage: Stage, world: World) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(LOST,)))
    found(world)
    labels = [o.label for o in telling.offers(stage.ask("digest", who=ADA))]
    assert labels == ["Keep 30 days", "Assign owner", "Stop it", "Not mine"]
    assert now_of(world).asked is None


def test_an_orphan_of_another_channel_is_told_nowhere_else(
    stage: Stage, world: World, posts: FakePosts
) -> None:
    world.store.catalog.write(CatalogChange(put_environments=(LOST,)))
    found(world)
    at_staging(stage, "post")
    ((_, _, said),) = posts.posted
    assert LOST.name not in str(said)
    assert now_of(world).asked is None


def test_a_digest_that_waits_for_its_sources_is_said_to(stage: Stage, world: World, posts: FakePosts) -> None:
    waiting = DigestRow("C0STAGING", str(WEEK), DigestState.WAITING, world.clock.at, reason="It waits.")
    world.store.book.digests.claim(waiting, over=())
    answer = at_staging(stage)
    assert telling.notes(answer)[0] == "It waits."
    (offer,) = telling.offers(answer)
    stage.press(offer, channel="C0STAGING")
    assert len(posts.posted) == 1


def test_a_message_of_one_environment_names_it(stage: Stage, world: World, posts: FakePosts) -> None:
    paid(world, "staging", 1, 1, 1, 1)
    at_staging(stage, "post")
    said: Message = posts.posted[0][2]
    assert "`staging`" in said.headline


def with_ops(world: World) -> None:
    world.store.catalog.write(CatalogChange(put_settings={"ops_channel": "C0OPS"}))
    left = Leftover("111122223333", "eu-west-1", "volume", "vol-1", "old-data", monthly=16 * DOLLAR)
    places = [
        replace(e, account=left.account, region=left.region) for e in world.store.catalog.read().environments
    ]
    world.store.catalog.write(CatalogChange(put_environments=tuple(places)))
    world.store.memory.findings[left.key] = Finding(left.key, world.clock.at, world.clock.at, leftover=left)


@pytest.mark.parametrize(
    ("who", "channel", "told"),
    [(ADA, "C0OPS", True), (ADA, "C0STAGING", False), (DEV, "C0OPS", False), (VIC, "C0OPS", False)],
    ids=["an admin", "an admin elsewhere", "a developer", "a viewer"],
)
def test_the_ops_channel_shows_each_what_they_may_see_and_admins_leftovers(
    stage: Stage, world: World, who: Any, channel: str, told: bool
) -> None:
    with_ops(world)
    answer = stage.ask("digest", channel=channel, who=who)
    assert ("old-data" in str(answer)) is told
    assert ("production" in str(answer)) is (who is ADA)


def test_a_digest_in_the_ops_channel_covers_all_and_the_button_says_so(
    stage: Stage, world: World, posts: FakePosts, golden: Golden
) -> None:
    with_ops(world)
    assert telling.offers(stage.ask("digest", channel="C0OPS", who=VIC)) == ()
    (offer,) = telling.offers(stage.ask("digest", channel="C0OPS"))
    assert offer.confirm == golden
    stage.press(offer, channel="C0OPS")
    ((channel, _, said),) = posts.posted
    assert channel == "C0OPS"
    assert "production" in str(said)
    assert "old-data" in str(said)


def test_a_post_to_a_channel_without_the_bot_says_why_it_failed(
    stage: Stage, posts: FakePosts, golden: Golden
) -> None:
    posts.closed["C0STAGING"] = Unsendable("I am not a member of that channel; invite me to it.")
    report = at_staging(stage, "post")
    assert (telling.status(report), report.headline) == ("failed", golden)
    row = stage.world.store.book.digests.find("C0STAGING", "2026-W09")
    assert row is not None
    assert row.state is DigestState.POSTPONED
