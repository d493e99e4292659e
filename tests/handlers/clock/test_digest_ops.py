"""The ops channel's digest covers all environments, with leftovers; and ops hears of undelivered digests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handlers.clock.digest import AGAIN
from handlers.ports.store import CatalogChange
from handlers.tell import not_posted
from handlers.words.errors import Rejected, Throttled, Trouble, Unsendable
from handlers.words.message import Message
from policies.orphans.findings import Finding
from policies.orphans.leftovers import Leftover, Sweep
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.test_digest import MONDAY, STAGING, Process, installed, state
from tests.handlers.world import World, environment

OPS = "C0OPS"
NOT_A_MEMBER = Unsendable("I am not a member of that channel; invite me to it.")
ARCHIVED = Unsendable("That channel is archived.")
HERE = environment("staging")


def with_ops(*environments: Any, channel: str = OPS) -> World:
    world = installed(*environments)
    world.store.catalog.write(CatalogChange(put_settings={"ops_channel": channel}))
    return world


def two() -> tuple[Any, ...]:
    return HERE, environment("bare", channel="")


def said_in(posts: FakePosts, channel: str) -> list[Message]:
    return [said for where, _, said in posts.posted if where == channel]


def warned(posts: FakePosts) -> list[Message]:
    """Return what ops was told of other channels."""
    return [said for said in said_in(posts, OPS) if said.channels]


def leave(world: World, name: str, monthly: int | None = None, **more: Any) -> None:
    about = Leftover(HERE.account, HERE.region, "load balancer", f"id-{name}", name, monthly=monthly, **more)
    finding = Finding(about.key, MONDAY, MONDAY, leftover=about)
    world.store.book.orphans.findings.change(about.key, lambda _: finding)


def sweep(world: World, *unread: tuple[str, str]) -> None:
    world.store.book.orphans.sweeps.put(Sweep(HERE.account, HERE.region, MONDAY, unread))


def of_leftovers(said: Message) -> list[str]:
    return [field.value for field in telling.fields(said) if field.label == "Left over"]


def test_the_ops_digest_covers_every_environment_even_one_without_a_channel(golden: Golden) -> None:
    world, posts = with_ops(*two()), FakePosts()
    Process(world, posts).until(MONDAY + timedelta(hours=1))
    (own,), (all_,) = said_in(posts, STAGING), said_in(posts, OPS)
    assert "`bare`" not in str(own)
    assert all_.headline == golden
    assert (state(world, OPS), len(posts.posted)) == ("posted", 2)


def test_the_channel_of_an_environment_may_be_the_ops_channel_too() -> None:
    world, posts = with_ops(*two(), channel=STAGING), FakePosts()
    Process(world, posts).until(MONDAY + timedelta(hours=1))
    ((_, _, said),) = posts.posted
    assert "2 environments" in said.headline


def test_leftovers_appear_only_in_the_ops_digest(golden: Golden) -> None:
    world, posts = with_ops(*two()), FakePosts()
    leave(world, "old-alb", 22_000_000, since=MONDAY - timedelta(days=90))
    leave(world, "older-alb")
    sweep(world)
    Process(world, posts).until(MONDAY)
    (own,), (all_,) = said_in(posts, STAGING), said_in(posts, OPS)
    assert "old-alb" not in str(own)
    assert of_leftovers(own) == []
    assert telling.table(all_) == golden
    assert of_leftovers(all_) == golden(name="field")


@pytest.mark.parametrize(
    "unread",
    [
        None,
        (),
        (("log group", "The role may not list log groups."),),
        (("", "The role may not be taken on."),),
        tuple((kind, "AWS denies it.") for kind in ("load balancer", "cluster", "volume", "log group")),
    ],
    ids=["never looked", "nothing", "a kind refused", "all refused", "many refused"],
)
def test_the_ops_digest_says_when_leftovers_are_not_known(unread: Any, golden: Golden) -> None:
    world, posts = with_ops(HERE), FakePosts()
    if unread is not None:
        sweep(world, *unread)
    Process(world, posts).until(MONDAY)
    (said,) = said_in(posts, OPS)
    notes = [note for note in telling.notes(said) if "left" in note or "gap" in note]
    assert (of_leftovers(said), notes) == golden


def test_the_most_expensive_leftovers_are_shown_if_not_all_fit(golden: Golden) -> None:
    world, posts = with_ops(HERE), FakePosts()
    for number in range(20):
        leave(world, f"alb-{number:02}", number * 1_000_000)
    sweep(world)
    Process(world, posts).until(MONDAY)
    (said,) = said_in(posts, OPS)
    assert [line[1] for line in telling.table(said).rows] == [f"alb-{n}" for n in range(19, 11, -1)]
    assert of_leftovers(said) == golden


def test_a_channel_that_another_company_reads_is_no_ops_channel() -> None:
    world, posts = with_ops(*two()), FakePosts()
    leave(world, "old-alb")
    posts.external = {OPS}
    posts.closed[STAGING] = NOT_A_MEMBER
    Process(world, posts).until(MONDAY + timedelta(hours=1))
    assert (posts.posted, state(world, OPS)) == ([], "skipped")


def test_ops_hears_once_of_a_channel_the_bot_is_not_in_and_the_log_once(golden: Golden) -> None:
    world, posts = with_ops(*two()), FakePosts()
    posts.closed[STAGING] = NOT_A_MEMBER
    one, other = Process(world, posts), Process(world, posts, holder="two")
    one.until(MONDAY + timedelta(hours=3), step=timedelta(minutes=5))
    other.until(MONDAY + timedelta(hours=6), step=timedelta(minutes=5))
    assert [(said.headline, said.blocks, said.channels) for said in warned(posts)] == golden
    assert [what for what, _ in (*one.defects, *other.defects)] == [f"the digest in {STAGING}"]
    del posts.closed[STAGING]
    other.until(MONDAY + timedelta(hours=7))
    assert state(world) == "posted"


def test_ops_hears_of_the_same_channel_again_in_another_week() -> None:
    world, posts = with_ops(*two()), FakePosts()
    posts.closed[STAGING] = NOT_A_MEMBER
    Process(world, posts).until(MONDAY + timedelta(days=7, hours=1), step=timedelta(hours=1))
    assert len(warned(posts)) == 2


def test_another_reason_is_logged_and_not_told_again() -> None:
    world, posts = with_ops(*two()), FakePosts()
    process = Process(world, posts)
    process.until(MONDAY - timedelta(minutes=1))
    for trouble in (NOT_A_MEMBER, ARCHIVED):
        posts.closed[STAGING] = trouble
        process.until(world.clock.at + 3 * AGAIN)
    assert [said for _, said in process.defects] == [str(NOT_A_MEMBER), str(ARCHIVED)]
    assert len(warned(posts)) == 1


def test_a_digest_that_slack_refuses_for_another_reason_is_not_told_to_ops() -> None:
    world, posts = with_ops(*two()), FakePosts()
    posts.closed[STAGING] = Rejected("Slack refused it.", code="invalid_blocks")
    process = Process(world, posts)
    process.until(MONDAY + timedelta(hours=2))
    assert (warned(posts), len(process.defects)) == ([], 1)


def test_a_missing_bot_in_the_ops_channel_is_logged_once() -> None:
    world, posts = with_ops(*two()), FakePosts()
    posts.closed[OPS] = NOT_A_MEMBER
    process = Process(world, posts)
    process.until(MONDAY + timedelta(hours=2))
    assert [what for what, _ in process.defects] == [f"the digest in {OPS}"]
    assert (state(world), state(world, OPS)) == ("posted", "postponed")


@pytest.mark.parametrize("trouble", [NOT_A_MEMBER, Throttled("Slack asks to wait.")])
def test_a_message_that_ops_did_not_get_is_logged_once_and_not_repeated(trouble: Trouble) -> None:
    world, posts = with_ops(HERE), FakePosts()
    process = Process(world, posts)
    process.until(MONDAY)
    posts.closed |= {OPS: trouble, STAGING: NOT_A_MEMBER}
    process.until(MONDAY + timedelta(days=7, hours=1), step=timedelta(minutes=5))
    assert [what for what, _ in process.defects if what.startswith("what ")] == [
        f"what {OPS} is told of digests"
    ]


def test_without_an_ops_channel_nobody_is_told() -> None:
    world, posts = installed(*two()), FakePosts()
    posts.closed[STAGING] = NOT_A_MEMBER
    process = Process(world, posts)
    process.until(MONDAY + timedelta(hours=2))
    assert (posts.posted, len(process.defects)) == ([], 1)


def test_many_channels_are_told_in_one_message(golden: Golden) -> None:
    names = ("pr-1", "pr-2", "pr-3", "pr-4")
    found = [not_posted.Undelivered("C01", names, ARCHIVED.sentence)] * 2
    said = not_posted.message(found)
    assert (said.headline, said.blocks) == golden
