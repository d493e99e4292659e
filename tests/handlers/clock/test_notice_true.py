"""A notice says what is true: whatever makes it untrue edits it within a tick, and removes its buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from handlers.ports.store import CatalogChange
from handlers.words.message import Status
from handlers.words.result import Refusal, Standing
from policies.record.evidence import Entry
from policies.schedule.rows import ScheduleRow
from policies.service.environment import Environment, Tier
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import ADA, DEV, OLU, STAGING, World

EARLY = "Mon-Fri 08:00-14:00 UTC"
UP = {"orders-api": 2, "web": 2}


@pytest.fixture
def stage() -> ClockStage:
    """At 13:31 the notice says 14:00. The schedule was set in Slack."""
    world = World().catalogue()
    world.clock.at = at(13)
    stage = ClockStage(scheduled(world, EARLY, origin="slack", set_by="Ada"), posts=FakePosts())
    stage.until(at(13, 31))
    assert stage.notice().status == Status.STOPPING_SOON
    return stage


def reschedule(stage: ClockStage, when: str) -> None:
    stage.sure("reschedule", "staging", who=OLU, arguments={"when": when})


def stop(stage: ClockStage) -> None:
    stage.sure("stop", "staging", who=OLU)


def unschedule(stage: ClockStage) -> None:
    stage.sure("unschedule", "staging", who=OLU)


def put(stage: ClockStage, environment: Environment | None = None, *rows: ScheduleRow) -> None:
    """Change the catalog as ``apply`` does, with the entry in the audit log."""
    gone = stage.store.catalog.read().schedules if rows else ()
    change = CatalogChange(
        put_environments=(environment,) if environment else (),
        remove_schedules=gone,
        put_schedules=rows,
    )
    _applied(stage, change)


def _applied(stage: ClockStage, change: CatalogChange) -> None:
    stage.store.catalog.write(change)
    stage.store.audit.append(Entry(stage.world.clock.at, "closed", "console:ada", "Ada", "console", "apply"))


def file_row(stage: ClockStage, text: str) -> ScheduleRow:
    return ScheduleRow("staging", text, since=stage.world.clock.at, set_by="Ada")


UNTRUE: dict[str, Callable[[ClockStage], None]] = {
    "another schedule": lambda stage: reschedule(stage, "Mon-Fri 08:00-20:00 UTC"),
    "a day off": lambda stage: reschedule(stage, f"{EARLY} except 2026-11-23"),
    "no schedule": unschedule,
    "another by the file": lambda stage: put(stage, None, file_row(stage, "Mon-Fri 08:00-20:00 UTC")),
    "never stopped": lambda stage: put(stage, None, file_row(stage, "always")),
    "production": lambda stage: put(stage, replace(STAGING, tier=Tier.PRODUCTION)),
    "gone": lambda stage: _applied(stage, CatalogChange(remove_environments=("staging",))),
    "stopped by hand": lambda stage: stop(stage),
}


@pytest.mark.parametrize("what", UNTRUE)
def test_a_notice_that_becomes_untrue_is_edited_and_loses_its_buttons(
    stage: ClockStage, golden: Golden, what: str
) -> None:
    stage.until(at(13, 40))
    UNTRUE[what](stage)
    stage.until(at(13, 43))
    assert stage.notice().status == (Status.STOPPED if what == "stopped by hand" else Status.NOT_STOPPED)
    assert stage.notice().headline == golden
    assert stage.notice().offers == ()
    stage.until(at(14, 30))
    assert stage.notice().headline == golden
    assert ("stop", "succeeded") not in stage.clocked()


def test_a_restored_schedule_makes_the_notice_true_again(stage: ClockStage) -> None:
    reschedule(stage, "Mon-Fri 08:00-20:00 UTC")
    stage.until(at(13, 35))
    reschedule(stage, EARLY)
    stage.until(at(13, 40))
    assert (stage.notice().status, len(stage.notice().offers)) == (Status.STOPPING_SOON, 4)
    stage.until(at(14, 10))
    assert stage.clocked() == [("stop", "succeeded")]


def test_an_edit_that_keeps_the_stop_keeps_the_notice(stage: ClockStage) -> None:
    reschedule(stage, "Mon-Fri 07:00-14:00 UTC")
    stage.until(at(13, 40))
    assert (stage.notice().status, len(stage.notice().offers)) == (Status.STOPPING_SOON, 4)


def test_an_environment_stopped_by_hand_and_started_again_still_stops(stage: ClockStage) -> None:
    stage.sure("stop", "staging", who=OLU)
    stage.until(at(13, 40))
    stage.ask("start", "staging", who=DEV)
    stage.until(at(13, 50))
    assert (stage.notice().status, len(stage.notice().offers)) == (Status.STOPPING_SOON, 4)
    stage.until(at(14, 10))
    assert stage.clocked() == [("stop", "succeeded")]


def test_each_keep_that_was_removed_or_prolonged_has_a_true_notice(stage: ClockStage, golden: Golden) -> None:
    """Each keep has a notice of its own; the one before says what became of its keep."""
    stage.ask("keep", "staging", who=DEV, arguments={"words": "until 16:00"})
    stage.until(at(15, 31))
    _, second = stage.posts.stands.values()
    assert (second.status, len(second.offers)) == (Status.STOPPING_SOON, 4)
    stage.ask("keep", "staging", who=OLU, arguments={"words": "until 18:00"})
    stage.until(at(15, 40))
    assert [said.headline for said in stage.posts.stands.values()] == golden
    stage.ask("resume", "staging", who=OLU)
    stage.until(at(15, 45))
    said = list(stage.posts.stands.values())
    assert [one.headline for one in said] == golden
    assert [len(one.offers) for one in said] == [0, 0, 4]


def test_a_changed_environment_gets_a_new_button(stage: ClockStage) -> None:
    put(stage, replace(STAGING, owner="another"))
    stage.until(at(13, 40))
    stage.press(stage.notice().offers[0], who=ADA)
    stage.until(at(13, 45))
    assert stage.notice().status == Status.KEPT_ON


def test_only_the_untrue_environment_is_taken_out_of_a_notice(golden: Golden) -> None:
    world = World().catalogue(STAGING, replace(STAGING, name="qa-eu"))
    world.clock.at = at(13)
    scheduled(world, EARLY, origin="slack")
    scheduled(world, EARLY, origin="slack", pattern="qa-eu")
    stage = ClockStage(world, posts=FakePosts())
    stage.until(at(13, 31))
    reschedule(stage, "Mon-Fri 08:00-20:00 UTC")
    stage.until(at(13, 40))
    assert {o.environment for o in stage.notice().offers} == {"qa-eu"}
    assert stage.notice().headline == golden


def test_two_hours_more_are_the_same_two_hours_in_every_zone(stage: ClockStage) -> None:
    """The stop stays at that instant, while its schedule is written in another zone."""
    [_, longer, _, _] = stage.notice().offers
    reschedule(stage, "Mon-Fri 09:00-15:00 Europe/Berlin")
    stage.press(longer, who=OLU)
    [held] = stage.store.book.overrides.current(stage.world.clock.at)
    assert held.until == at(16)


def test_a_refusal_because_of_the_clock_links_to_its_notice(
    stage: ClockStage,
) -> None:
    """A person who stops by hand what the clock is stopping already is turned away."""
    stage.until(at(14))
    (running,) = [r for r in stage.operations() if not r.state.ended]
    refused = stage.ask("stop", "staging", who=OLU)
    assert isinstance(refused, Refusal)
    assert (refused.in_the_way, running.source) == (running.id, "clock")
    ((channel, ts, _),) = stage.posts.posted
    assert refused.told_by == Standing(channel, ts)
    assert running.id not in refused.headline


def test_no_stop_is_announced_that_the_next_start_comes_before() -> None:
    """The clock was off all night: what is left of the stop is later than the morning's start."""
    world = World().catalogue()
    world.clock.at = at(14, 59)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(15))
    stage.ask("keep", "staging", arguments={"words": "until 23:00"})
    stage.jump(at(7, 55, day=1))
    stage.until(at(8, 20, day=1))
    assert [said for _, _, said in stage.posts.posted if said.status is Status.STOPPING_SOON] == []
    assert any(stage.desired().values())
