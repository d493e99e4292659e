"""`/env share`: once, in a thread, and only where nobody else reads."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.words.errors import Throttled
from handlers.words.result import Refusal
from policies.record.lifecycle import State
from tests.fakes.aws import START
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.test_logs import GROUP, ask, labels, offer, shown, stream
from tests.handlers.world import DEV, STAGING, VIC, World


@pytest.fixture
def said(world: World) -> World:
    """Two tasks that have each written ten lines."""
    for number in (1, 2):
        world.aws().logs.say(GROUP, stream(number), START, *(f"{number}: line {n}" for n in range(10)))
    return world


def test_lines_are_shared_once_in_a_thread_and_recorded(stage: Stage, said: World, golden: Golden) -> None:
    share = offer(ask(stage), "Share")
    assert (share.operation, share.confirm) == golden
    stage.press(share)
    stage.finish()
    done = stage.operation()
    assert done.state is State.SUCCEEDED
    assert done.summary == golden(name="summary")
    assert [e.kind for e in stage.entries()] == ["read", "started", "closed"]
    assert isinstance(stage.press(share), Refusal)


def test_a_log_that_cannot_be_read_for_a_moment_is_shared_a_little_later(stage: Stage, said: World) -> None:
    share = offer(ask(stage), "Share")
    before = said.aws().script.count("page")
    said.aws().script.fail("page", Throttled("Too much.", retry_helps=True), nth=before + 1)
    stage.press(share)
    stage.finish()
    assert stage.operation().state is State.SUCCEEDED


def test_lines_that_are_gone_by_then_are_not_shared(stage: Stage, said: World, golden: Golden) -> None:
    assert shown(ask(stage))
    stage.ask("share", "staging", "orders-api", arguments={"stretch": "1-2-0"})
    stage.finish()
    assert stage.operation().state is State.FAILED
    assert stage.operation().summary == golden


def test_only_those_who_may_share_are_offered_it(stage: Stage, said: World) -> None:
    assert "Share in channel" not in labels(ask(stage, who=VIC))
    assert "Share in channel" in labels(ask(stage, who=DEV))


def test_nothing_is_shared_where_another_company_reads(golden: Golden) -> None:
    world = World().catalogue(replace(STAGING, shared_channel=True))
    world.aws().logs.say(GROUP, stream(1), START, "line")
    stage = Stage(world)
    assert "Share in channel" not in labels(ask(stage))
    refused = stage.ask("share", "staging", "orders-api")
    assert isinstance(refused, Refusal)
    assert refused.headline == golden


def test_nothing_is_shared_where_another_company_turns_out_to_read(said: World, golden: Golden) -> None:
    posts = FakePosts()
    stage = Stage(said, posts=posts)
    posts.external.add(STAGING.channel)
    refused = stage.ask("share", "staging", "orders-api")
    assert isinstance(refused, Refusal)
    assert refused.headline == golden

    posts.external.clear()
    posts.before_call = lambda _: posts.external.add(STAGING.channel) if stage.operations() else None
    stage.press(offer(ask(stage), "Share"))
    stage.finish()
    assert stage.operation().state is State.FAILED
    assert stage.operation().summary == golden(name="meanwhile")
