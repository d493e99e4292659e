"""Slack or the database is away: what was promised is done later, and nothing is done that cannot be
completed.
"""

from __future__ import annotations

import pytest

from tests.scenarios.stage import DEV, STAGING, Stage, kinds_of
from tests.scenarios.world import WAITING


@pytest.mark.parametrize("fault", ["status", "drop"])
def test_slack_down_at_the_end_delays_the_message_and_not_the_closing(stage: Stage, fault: str) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    first = stage.message_of(place, "is restarting")
    stage.fault(fault, "chat.*", times=0)
    stage.bring_on(place)
    closed = stage.closed(place)
    assert closed.outcome == "succeeded"
    assert "succeeded" not in stage.message_of(place).words
    stage.control.delete("/faults")
    ended = stage.message_of(place, "succeeded", "healthy after")
    assert ended.ts == first.ts


def test_slack_down_at_the_beginning_does_not_stop_the_operation(stage: Stage) -> None:
    place = stage.environment()
    stage.fault("status", "chat.postMessage", status=503, times=0)
    stage.types(DEV, f"/env restart {place} api")
    assert stage.closed(place).outcome == "succeeded"
    stage.hears(DEV, "Slack has not taken the message yet; it follows")
    assert stage.public(place) == []
    stage.control.delete("/faults")
    stage.message_of(place, "succeeded")


def test_a_rate_limit_of_slack_is_waited_out_and_ends_in_the_same_message(stage: Stage) -> None:
    place = stage.environment()
    stage.fault("status", "chat.update", about=place, status=429, retry_after=2, times=3)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "succeeded")
    assert kinds_of(stage.audit(place)) == ["started", "closed"]


def test_a_message_that_somebody_deleted_is_posted_once_more(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "is restarting")
    stage.fault("error", "chat.update", about=place, code="message_not_found")
    stage.bring_on(place)
    stage.until("it is posted once more", lambda: len(stage.public(f"`{place}`", channel=STAGING)) == 2)
    assert stage.closed(place).outcome == "succeeded"


@pytest.mark.everywhere
def test_with_the_database_down_nothing_runs_and_only_the_asker_is_told(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, "/env whoami")
    stage.hears(DEV, "You are Dev Das")
    stage.store.go_down()
    try:
        stage.types(DEV, f"/env restart {place} api")
        told = stage.hears(DEV, "The database does not answer, so nothing was done")
        stage.nobody_else_sees(told)
        assert stage.public() == []
        assert stage.world.asked("ecs.UpdateService", place) == []
    finally:
        stage.store.come_back()
    assert stage.audit(place) == []

    def works() -> bool:
        before = len(stage.audit(place))
        if not before:
            stage.types(DEV, f"/env restart {place} api")
        return bool(stage.audit(place))

    stage.until("it works again by itself", works)
    stage.message_of(place, "succeeded")
    assert stage.world.deploys(place) == 1
    assert stage.evidence.faults() == ()


def test_a_restart_waits_for_a_database_that_went_away(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    first = stage.message_of(place, "is restarting")
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)  # shown before the call begins
    stage.store.go_down()
    try:
        stage.bring_on(place)
        stage.until("the world is done without us", lambda: stage.world.service(place)["steady"])
    finally:
        stage.store.come_back()
    ended = stage.message_of(place, "succeeded")
    assert ended.ts == first.ts
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert len(stage.world.asked("ecs.UpdateService", place)) == 1
