"""The button **Until…** on a notice: a form that begins two hours after the stop, and makes a keep."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.tell import keep as tell
from handlers.words.message import Offer, Status
from handlers.words.result import Form
from policies.schedule.overrides import keep
from tests import telling
from tests.fakes.posts import FakePosts
from tests.golden import Golden
from tests.handlers.clock.stage import ClockStage, at, scheduled
from tests.handlers.world import NIA, VIC, World

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def stage() -> ClockStage:
    """The notice of the stop at 20:00 is posted."""
    world = World().catalogue()
    world.clock.at = at(9, 59)
    stage = ClockStage(scheduled(world), posts=FakePosts())
    stage.until(at(19, 31))
    return stage


def the_button(stage: ClockStage) -> Offer:
    (found,) = (o for o in stage.notice().offers if o.label == "Until…")
    return found


def test_the_button_opens_a_form_that_begins_two_hours_after_the_stop(
    stage: ClockStage, golden: Golden
) -> None:
    assert the_button(stage).opens
    form = stage.press(the_button(stage))
    assert isinstance(form, Form)
    assert (form.operation, form.environment, form.initial) == ("keep", "staging", at(22))
    assert (form.headline, form.hint) == golden
    assert telling.status(form) == Status.NEEDS_CONFIRMATION
    assert stage.entries() == []


def test_the_forms_initial_time_is_never_past_nor_too_late(stage: ClockStage) -> None:
    button = the_button(stage)
    stage.until(at(22, 5))
    late = stage.press(button)
    assert isinstance(late, Form)
    assert late.initial > stage.world.clock.now()


def test_whoever_may_not_keep_is_told_so_and_can_ask(stage: ClockStage) -> None:
    button = the_button(stage)
    for who, rule in ((VIC, "access.role"), (NIA, "access.none")):
        said = stage.press(button, who=who)
        assert telling.rule(said) == rule
        assert [o.label for o in telling.offers(said)] == ["Ask"]


def test_the_button_can_be_pressed_again_and_by_others(stage: ClockStage) -> None:
    button = the_button(stage)
    for _ in range(3):
        assert isinstance(stage.press(button), Form)


def test_the_form_makes_the_keep_one_would_type_and_only_the_notice_tells_it(
    stage: ClockStage,
) -> None:
    words = tell.until(at(22, 30), BERLIN, "load test")
    sent = stage.ask("keep", "staging", arguments={"words": words}, source="modal", channel="C0STAGING")
    assert telling.status(sent) == "succeeded"
    (held,) = stage.store.book.overrides.current(stage.world.clock.now())
    assert (held.end, held.reason, held.actor_name) == (at(22, 30), "load test", "Dev")
    stage.until(at(19, 35))
    assert stage.notice().status == Status.KEPT_ON
    assert len(stage.posts.posted) == 1, "no second message"
    row = stage.store.messages.find(stage.operation().id)
    assert row is not None and row.told_by
    started = stage.entries("started")[-1]
    assert (started.operation, started.source, started.arguments) == ("keep", "modal", {"words": words})


@pytest.mark.parametrize("why", ["", "load test", 'a "quoted" one', "two\nlines", "until Friday", " "])
def test_a_time_and_a_reason_read_back_as_they_were_given(why: str) -> None:
    moment = datetime(2026, 12, 1, 22, 30, tzinfo=BERLIN)
    read = keep(tell.until(moment, BERLIN, why))
    assert read.at(moment - timedelta(hours=3), BERLIN).until == moment
    assert read.reason == " ".join(why.replace('"', "'").split())


def test_an_error_in_the_form_is_told_without_markup(golden: Golden) -> None:
    now = datetime(2026, 12, 1, 18, 50, tzinfo=BERLIN)
    said = (tell.passed(BERLIN, now), tell.beyond_longest("staging", now + timedelta(days=7), BERLIN, now))
    assert said == golden
    assert not any(mark in text for text in (*said, tell.NO_MOMENT) for mark in "`*_<>")
    assert all(len(text) <= 150 for text in said)
