"""`/env start` outside the schedule, and with images that are gone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.words.errors import Throttled
from handlers.words.result import Reply
from policies.access.people import ClockActor
from policies.record.lifecycle import State
from policies.schedule.rows import ScheduleRow, Terms
from policies.service.facts import ServiceDeployment
from tests import telling
from tests.fakes.aws import START
from tests.golden import Golden
from tests.handlers.nights import NIGHT, ROW, FullStage, Night
from tests.handlers.world import NEW, OLU, service

Asleep = Callable[[], FullStage]
GONE = f"sha256:{'d' * 64}"


@pytest.fixture
def world() -> Night:
    return Night().catalogue()


@pytest.fixture
def asleep(world: Night) -> Asleep:
    """Stopped a minute ago."""

    def stopped() -> FullStage:
        stage = FullStage(world)
        stage.sure("stop", "staging", who=OLU)
        stage.finish()
        assert world.dark()
        return stage

    return stopped


def start(stage: FullStage, until: str = "", **rest: Any) -> Reply:
    arguments = {"until": until} if until else {}
    return stage.ask("start", "staging", **{"arguments": arguments, **rest})


def by_clock(stage: FullStage) -> Reply:
    return stage.ask("start", "staging", who=ClockActor(), source="clock")


# until when


def overrides(world: Night) -> list[Any]:
    return list(world.store.memory.overrides.values())


def test_a_start_outside_the_window_has_an_end_that_is_set_first(asleep: Asleep, world: Night) -> None:
    world.scheduled()
    stage = asleep()
    now = world.clock.at
    answer = start(stage)
    assert "until 01:00 tomorrow" in telling.notes(answer)[0]
    (override,) = overrides(world)
    assert (override.state, override.since, override.until) == ("up", now, now + timedelta(hours=4))
    assert stage.operations()[-1].steps[0].step.kind == "override"
    assert all(s.step.after for s in stage.operations()[-1].steps[1:])
    stage.finish()
    assert world.lit()


@pytest.mark.parametrize("until", ["90m", "until 22:30", '"22:30"', "22:30", "21:30 UTC"])
def test_the_end_that_was_asked_for_holds(asleep: Asleep, world: Night, until: str) -> None:
    world.scheduled()
    stage = asleep()
    world.clock.at = NIGHT
    assert "22:30" in telling.notes(start(stage, until))[0]
    assert overrides(world)[0].until == NIGHT + timedelta(minutes=90)


def test_a_time_that_has_passed_is_refused_and_nothing_moves(asleep: Asleep, world: Night) -> None:
    world.scheduled()
    assert telling.rule(start(asleep(), "2020-01-01T08:00")) == "start.time"
    assert world.dark()


def test_a_text_that_is_no_time_asks_for_nothing_and_nothing_moves(
    asleep: Asleep, world: Night, golden: Golden
) -> None:
    world.scheduled()
    answer = start(asleep(), "a while")
    assert telling.status(answer) == "not understood"
    assert answer.headline == golden
    assert world.dark()


def test_a_start_longer_than_a_developer_may_needs_an_operator(asleep: Asleep, world: Night) -> None:
    world.scheduled()
    stage = asleep()
    assert telling.status(start(stage, "20h")) == "refused"
    assert (world.dark(), overrides(world)) == (True, [])
    assert telling.status(start(stage, "20h", who=OLU)) == "running"


def test_a_start_longer_than_the_maximum_is_refused_to_everybody(asleep: Asleep, world: Night) -> None:
    world.scheduled(replace(ROW, terms=Terms(longest=timedelta(days=2))))
    answer = start(asleep(), "72h", who=OLU)
    assert (telling.status(answer), telling.rule(answer)) == ("not possible", "start.longest")
    assert world.dark()


def test_a_start_in_the_window_or_by_the_clock_sets_no_override(asleep: Asleep, world: Night) -> None:
    world.scheduled(at=NIGHT - timedelta(hours=9))
    stage = asleep()
    start(stage)
    stage.finish()
    assert (world.lit(), overrides(world)) == (True, [])
    stage.sure("stop", "staging", who=OLU)
    stage.finish()
    world.clock.at = NIGHT
    by_clock(stage)
    stage.finish()
    assert (world.lit(), overrides(world)) == (True, [])


def test_an_environment_that_only_observes_needs_no_end(asleep: Asleep, world: Night) -> None:
    world.scheduled(ScheduleRow("staging", ROW.text, mode="observe", since=ROW.since))
    start(asleep())
    assert overrides(world) == []


# images


def gone(asleep: Asleep, world: Night) -> FullStage:
    """The digest that *web* ran was deleted in the night; its tag names another digest."""
    stage = asleep()
    image = replace(service("web").images[0], image="registry/web:live")
    known = world.aws().services.known()["web"]
    digests = ServiceDeployment("arn:deployment/1", "SUCCESSFUL", START, digests={"app": GONE})
    world.aws().services.change(
        "web", images=(image,), service_deployment=digests, current_deployment=digests.arn, tasks=()
    )
    assert known.desired == 0
    world.aws().images.push("registry/web:live", NEW)
    world.aws().images.expire(GONE)
    return stage


def test_a_missing_image_is_found_beforehand_and_the_others_start(
    asleep: Asleep, world: Night, golden: Golden
) -> None:
    stage = gone(asleep, world)
    why = telling.note(start(stage), "`web`")
    assert why == golden
    stage.finish()
    ended = stage.operations()[-1]
    assert world.counts() == {"orders-api": 2, "web": 0, "jobs": 0}
    assert (ended.state, world.saved(), world.deploys()) == (State.PARTIAL, True, 0)
    assert why.rstrip(".") in ended.summary


def test_the_image_that_the_tag_names_now_is_deployed_if_asked_for(asleep: Asleep, world: Night) -> None:
    stage = gone(asleep, world)
    start(stage)
    stage.finish()
    start(stage, arguments={"image": "new"})
    stage.finish()
    assert (world.lit(), world.saved(), world.deploys()) == (True, False, 1)
    calls = [c.method for c in world.aws().script.calls if c.arguments and c.arguments[0] == "web"]
    order = [c for c in calls if c in ("set_desired", "deploy", "scaling.restore")]
    assert order[-3:] == ["set_desired", "deploy", "scaling.restore"]


def test_a_registry_that_does_not_answer_holds_up_nothing(asleep: Asleep, world: Night) -> None:
    stage = gone(asleep, world)
    for nth in range(1, 5):
        world.aws().script.fail("missing", Throttled("ECR is busy."), nth=nth)
    start(stage)
    stage.finish()
    assert world.lit()


@pytest.mark.parametrize("words", ['off until Thu 08:00 "holiday"', 'until 22:00 "load test"'])
def test_a_start_names_whose_keep_it_replaces(world: Night, asleep: Asleep, words: str) -> None:
    """Olu keeps the environment off, or keeps on what ran; a start by Dev outlasts or contradicts that."""
    world.scheduled()
    stage = asleep() if words.startswith("off") else FullStage(world)
    stage.ask("keep", "staging", who=OLU, arguments={"words": words})
    start(stage, "4h")
    assert any("Olu kept it" in note for note in stage.operations()[-1].notes)
    stage.finish()
    [held] = world.store.book.overrides.current(world.clock.now())
    assert (held.actor_name, held.state) == ("Dev", "up")
