"""What is asked twice is done once: repeated commands, double clicks, duplicates, replays."""

from __future__ import annotations

import pytest

from tests.scenarios.stage import DEV, GUS, OLU, SID, STAGING, Stage, kinds_of
from tests.scenarios.world import WAITING


def test_a_second_command_during_a_restart_is_told_who_runs_it_and_since_when(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "is restarting")
    stage.types(OLU, f"/env restart {place} api")
    told = stage.hears(OLU, f"Already restarting `api` in `{place}`", "Dev Das began that")
    stage.nobody_else_sees(told)
    stage.bring_on(place)
    stage.message_of(place, "succeeded")
    assert kinds_of(stage.audit(place)) == ["started", "refused", "closed"]
    assert stage.world.deploys(place) == 1


@pytest.mark.everywhere
def test_a_command_delivered_twice_acts_once(stage: Stage) -> None:
    place = stage.environment()
    stage.fault("duplicate", "deliver.command")
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "succeeded")
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert stage.world.deploys(place) == 1
    assert len(stage.world.asked("ecs.UpdateService", place)) == 1


@pytest.mark.everywhere
def test_a_recorded_request_that_is_sent_again_does_nothing(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} api")
    ended = stage.message_of(place, "succeeded")
    stage.types_again()
    stage.types(DEV, "/env whoami")
    stage.hears(DEV, "You are Dev Das")
    assert stage.message_of(place).ts == ended.ts
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert stage.world.deploys(place) == 1


@pytest.mark.only("http")
@pytest.mark.parametrize("forgery", ["stale_timestamp", "bad_signature"])
def test_a_request_that_is_too_old_or_not_from_slack_is_refused(stage: Stage, forgery: str) -> None:
    place = stage.environment()
    stage.fault("error", "deliver.command", code=forgery)
    order = {"user": DEV, "channel": STAGING, "text": f"/env restart {place} api"}
    assert stage.control.post("/command", order)["status"] == 401
    assert stage.audit(place) == []
    assert stage.world.deploys(place) == 0


def test_a_double_click_acts_once(stage: Stage) -> None:
    place = stage.names.fresh()
    stage.world.create(place, {"name": "web", "image": f"{place}-web:latest", "drain_seconds": 1})
    stage.world.order("push", repository=f"{place}-web", tag="latest")
    stage.types(DEV, f"/env restart {place} web")
    asked = stage.hears(DEV, "its image tag has moved")
    stage.presses(DEV, asked, "Redeploy the new image", double=True)
    stage.message_of(place, "succeeded")
    kinds = kinds_of(stage.audit(place))
    assert (kinds.count("started"), kinds.count("closed")) == (1, 1)
    assert stage.world.deploys(place, "web") == 1


def test_an_event_that_is_delivered_again_is_handled_once(stage: Stage) -> None:
    """A Home that has not changed is not sent, so whoever opened one in another test may be sent none here.
    Gus and Sid are turned away, and that is sent at each opening.
    """
    event = stage.control.post("/event", {"type": "app_home_opened", "user": GUS})["event_id"]
    stage.until("the Home is published", lambda: _published(stage, GUS) == 1)
    stage.control.post("/event", {"type": "redeliver", "event_id": event})
    stage.control.post("/event", {"type": "app_home_opened", "user": SID})
    stage.until("a later Home is published", lambda: _published(stage, SID) == 1)
    assert _published(stage, GUS) == 1


def _published(stage: Stage, user: str) -> int:
    return sum(user in str(row) for row in stage.world.asked("views.publish"))
