"""``flush``: what it refuses, what it shows first, and how the keys go, killed or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.words.errors import Absent, Denied, Unreached
from handlers.words.result import Choice, Failure, Refusal, Reply, Report, Unchanged
from policies.record.lifecycle import State
from policies.service.environment import Environment, Flush
from tests import telling
from tests.fakes.cache import FakeKeys
from tests.golden import Golden
from tests.handlers.stage import Stage
from tests.handlers.wire import Killed, When, Wire, moments
from tests.handlers.world import DEV, GRANTS, PRODUCTION, QA, STAGING, VIC, World

LEASE = 31
FLUSH = Flush(cache="staging-sessions", prefixes=("session:", "cart:"))
CACHED = replace(STAGING, caches=("staging-sessions",), flush=FLUSH)


def cached(*others: Environment, environment: Environment = CACHED) -> World:
    world = World().catalogue(environment, *(others or (QA, PRODUCTION)), grants=GRANTS)
    world.aws().keys.put([f"session:{n}" for n in range(2_500)] + [f"cart:{n}" for n in range(500)])
    return world


def keys(world: World) -> FakeKeys:
    return world.aws().keys


def ask(stage: Stage, pattern: str = "session:*") -> Reply:
    return stage.ask("flush", "staging", arguments={"pattern": pattern})


def flushed(stage: Stage, pattern: str = "session:*") -> Reply:
    shown = ask(stage, pattern)
    assert isinstance(shown, Choice), shown
    return stage.press(shown.offers[0])


def test_it_first_shows_how_many_and_which_and_deletes_nothing(golden: Golden) -> None:
    stage = Stage(cached())
    shown = ask(stage)
    assert isinstance(shown, Choice)
    assert (shown.headline, shown.blocks, shown.offers[0].label) == golden
    assert shown.offers[0].expires_in == timedelta(minutes=10)
    assert not stage.operations()
    assert keys(stage.world).deleted == 0


def test_the_button_deletes_them_and_the_entry_says_which_and_how_many(golden: Golden) -> None:
    stage = Stage(cached())
    reply = flushed(stage)
    stage.finish()
    assert isinstance(reply, Report)
    assert (reply.headline, stage.operation().state) == golden
    closed = stage.last()
    assert closed.arguments == {"pattern": "session:*"}
    assert closed.before["keys"] == {"matched": 2_500, "held": 3_000}
    assert closed.after["keys"] == {"deleted": 2_500}
    assert sorted(keys(stage.world).names) == sorted(f"cart:{n}" for n in range(500))


def test_the_button_expires_and_is_decided_again_for_whoever_presses() -> None:
    stage = Stage(cached())
    shown = ask(stage)
    assert isinstance(shown, Choice)
    assert isinstance(stage.press(shown.offers[0], who=VIC), Refusal)
    stage.forward(601)
    assert not isinstance(stage.press(shown.offers[0]), Report)
    assert keys(stage.world).deleted == 0


def test_a_pattern_is_shown_with_its_escapes_and_a_session_in_a_name_is_hidden(golden: Golden) -> None:
    world = cached()
    keys(world).put(["session:*", "session:9f8a7b6c5d4e3f2a1b0c", "session:user-12"])
    shown = [ask(Stage(world), pattern) for pattern in ("session:\\*", "session:9*", "session:user*")]
    assert [reply.headline for reply in shown] == golden
    assert "9f8a7b6c5d4e3f2a1b0c" not in str(shown)


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("", "flush.empty"),
        ("*", "flush.everything"),
        ("ses*", "flush.short"),
        ("session:[ab]*", "flush.classes"),
        ("orders:*", "flush.prefix"),
    ],
)
def test_a_pattern_that_may_not_be_used_is_refused_and_recorded(pattern: str, rule: str) -> None:
    stage = Stage(cached())
    reply = ask(stage, pattern)
    assert isinstance(reply, Refusal)
    assert reply.decision.rule == rule
    assert keys(stage.world).script.count("count") == 0


def test_a_mistyped_prefix_has_a_button_that_asks_before_it_deletes() -> None:
    stage = Stage(cached())
    (button,) = telling.offers(ask(stage, "sesion:*"))
    assert (button.label, dict(button.arguments)) == ("Run it", {"pattern": "session:*"})
    assert isinstance(stage.press(button), Choice)
    assert not telling.offers(ask(stage, "orders:*"))


def test_more_keys_than_the_most_are_refused(golden: Golden) -> None:
    few = replace(CACHED, flush=replace(FLUSH, most_keys=2_000))
    reply = ask(Stage(cached(environment=few)))
    assert isinstance(reply, Refusal)
    assert (reply.decision.rule, reply.headline) == golden


def test_where_no_key_matches_nothing_is_done(golden: Golden) -> None:
    reply = ask(Stage(cached()), "session:none*")
    assert isinstance(reply, Unchanged)
    assert reply.headline == golden


def test_without_a_cache_in_the_catalog_there_is_nothing_to_flush(golden: Golden) -> None:
    reply = ask(Stage(cached(environment=STAGING)))
    assert isinstance(reply, Refusal)
    assert (reply.decision.rule, reply.headline) == golden


def test_a_cache_that_production_names_is_never_touched() -> None:
    shared = replace(PRODUCTION, caches=("staging-sessions",))
    reply = ask(Stage(cached(shared)))
    assert isinstance(reply, Refusal)
    assert reply.decision.rule == "flush.production"


def test_a_shared_cache_needs_prefixes_of_each_environment() -> None:
    other, open_ = (
        replace(QA, caches=("staging-sessions",)),
        replace(CACHED, flush=replace(FLUSH, prefixes=())),
    )
    reply = ask(Stage(cached(other, environment=open_)))
    assert isinstance(reply, Refusal)
    assert reply.decision.rule == "flush.shared"
    carts = replace(other, flush=replace(FLUSH, prefixes=("page:",)))
    assert isinstance(ask(Stage(cached(carts))), Choice)


@pytest.mark.parametrize(
    "trouble",
    [
        Unreached("The cache could not be reached."),
        Absent("ElastiCache has no cache."),
        Denied("The cache does not let its user do that."),
    ],
)
def test_a_cache_that_cannot_be_asked_is_told(trouble: Exception) -> None:
    world = cached()
    world.aws().script.fail("count", trouble)  # type: ignore[arg-type]
    reply = ask(Stage(world))
    assert isinstance(reply, Failure | Refusal), reply
    assert str(trouble).split(".")[0] in reply.headline


def test_slices_count_up_in_the_message_and_end_with_the_sum(golden: Golden) -> None:
    world = cached()
    keys(world).page = 700
    stage = Stage(world)
    flushed(stage)
    said = [stage.operation().steps[0].sentence]
    while stage.running():
        stage.forward(1)
        said.append(stage.operation().steps[0].sentence)
    assert said == golden
    assert stage.operation().state is State.SUCCEEDED
    assert stage.last().after["keys"] == {"deleted": 2_500}


def test_the_most_seconds_end_it_with_what_was_done(golden: Golden) -> None:
    brief = replace(CACHED, flush=replace(FLUSH, most_seconds=2))
    world = cached(environment=brief)
    keys(world).page = 700
    stage = Stage(world)
    flushed(stage)
    stage.finish()
    ended = stage.operation()
    assert (ended.state, ended.summary) == golden
    assert 0 < keys(world).deleted < 2_500


def test_keys_that_came_meanwhile_do_not_take_it_over_the_most() -> None:
    tight = replace(CACHED, flush=replace(FLUSH, most_keys=2_500))
    stage = Stage(cached(environment=tight))
    shown = ask(stage)
    assert isinstance(shown, Choice)
    keys(stage.world).page = 2_000
    keys(stage.world).holds = [f"session:late-{n}" for n in range(50)]
    assert isinstance(stage.press(shown.offers[0]), Report)
    stage.finish()
    assert stage.operation().state is State.PARTIAL
    assert keys(stage.world).deleted == 2_500
    assert "2,500" in stage.operation().summary


def test_silence_is_tried_again_and_what_was_lost_makes_it_at_least(golden: Golden) -> None:
    world = cached()
    keys(world).page = 700
    stage = Stage(world)
    keys(world).breaks = [("There is no connection.", True)]
    flushed(stage)
    said = stage.operation().steps[0].sentence
    stage.finish()
    assert (said, stage.operation().state, stage.operation().summary) == golden


def test_a_cache_that_stays_silent_ends_it_as_done_in_part() -> None:
    world = cached()
    keys(world).page = 700
    stage = Stage(world)
    shown = ask(stage)
    assert isinstance(shown, Choice)
    stage.press(shown.offers[0])
    keys(world).breaks = [("There is no connection.", False)] * 100
    stage.finish()
    assert stage.operation().state is State.PARTIAL
    assert "There is no connection" in stage.operation().summary


def _killed(at: int, when: When) -> tuple[World, Stage, str]:
    world, wire = cached(), Wire()
    keys(world).page = 1_200
    shown = ask(Stage(world))
    assert isinstance(shown, Choice)
    wire = Wire(at=at, when=when)
    with pytest.raises(Killed):
        dying = Stage(world, wire=wire)
        dying.press(shown.offers[0])
        dying.finish()
    heir = Stage(world, holder="two")
    heir.forward(LEASE)
    heir.finish()
    return world, heir, wire.cut


def _points() -> list[tuple[int, When]]:
    world, wire = cached(), Wire()
    keys(world).page = 1_200
    shown = ask(Stage(world))
    assert isinstance(shown, Choice)
    stage = Stage(world, wire=wire)
    stage.press(shown.offers[0])
    stage.finish()
    return moments(wire.passed)


@pytest.mark.parametrize(("at", "when"), _points())
def test_a_flush_killed_anywhere_goes_on_and_never_counts_too_many(at: int, when: When) -> None:
    world, heir, cut = _killed(at, when)
    if not heir.operations():
        assert keys(world).deleted == 0
        return
    ended, told = heir.operation(), heir.last().after.get("keys", {})
    assert [k for k in heir.kinds() if k != "refused"] == ["started", "closed"]
    assert ended.state is State.SUCCEEDED, cut
    assert not any(name.startswith("session:") for name in keys(world).names)
    assert isinstance(told, dict)
    counted, at_least = told["deleted"], told.get("at least", False)
    assert counted == 2_500 or (at_least and isinstance(counted, int) and counted < 2_500), (cut, told)
    if cut == "keys.unlink_some" and when == "after":
        assert at_least


def test_a_flush_that_is_killed_says_at_least(golden: Golden) -> None:
    at = next(at for at, when in _points() if when == "after" and _cut(at) == "keys.unlink_some")
    _, heir, _ = _killed(at, "after")
    assert heir.operation().summary == golden


def _cut(at: int) -> str:
    return _killed(at, "after")[2]


def test_dev_alone_among_the_cast_may_flush_staging() -> None:
    stage = Stage(cached())
    assert isinstance(stage.ask("flush", "staging", arguments={"pattern": "session:*"}, who=VIC), Refusal)
    assert isinstance(stage.ask("flush", "staging", arguments={"pattern": "session:*"}, who=DEV), Choice)
