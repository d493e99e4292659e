"""An allowed restart: one message in the environment's own channel, edited until the end, and a complete
record.
"""

from __future__ import annotations

import pytest

from tests.scenarios.stage import DEV, GENERAL, NIA, OPS, SHARED, STAGING, VIC, Stage, kinds_of


@pytest.mark.everywhere
def test_a_restart_is_one_message_that_changes_from_restarting_to_healthy(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} api")
    first = stage.message_of(place)
    ended = stage.message_of(place, "succeeded", "restarted in", "healthy after", "· Dev Das")
    assert ended.ts == first.ts
    assert stage.world.deploys(place) == 1
    assert not [m for m in stage.messages(STAGING, DEV) if m.only_for], "nothing to say twice where it stands"
    for viewer in (VIC, NIA):
        assert ended.ts in [m.ts for m in stage.messages(STAGING, viewer)], "whatever their role"


def test_the_record_of_a_restart_has_who_what_when_and_the_state_before_and_after(stage: Stage) -> None:
    place = stage.environment()
    old = stage.world.service(place)["deployments"][0]["id"]
    stage.types(DEV, f"/env restart {place} api")
    closed = stage.closed(place)
    new = stage.world.service(place)["deployments"][0]["id"]
    started = stage.audit(place)[0]
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert (started.actor, started.actor_name, started.source) == ("slack:T0HOME:U0DEV", "Dev Das", "slash")
    assert (started.channel, started.operation, started.target) == (STAGING, "restart", "api")
    assert (started.decision, started.rule) == ("allowed", "access.grant")
    assert started.before["api"]["deployment"] == old
    assert closed.after["api"]["deployment"] == new != old
    assert (closed.outcome, closed.operation_id) == ("succeeded", started.operation_id)
    assert closed.seconds is not None and closed.seconds > 0
    assert len(closed.request_ids) == 1
    assert stage.evidence.faults() == ()


@pytest.mark.parametrize("channel", [OPS, "D0DEV", SHARED], ids=["another-channel", "dm", "shared"])
def test_somebody_who_asks_elsewhere_gets_a_link_to_the_message_in_its_channel(
    stage: Stage, channel: str
) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} api", channel=channel)
    message = stage.message_of(place)
    told = stage.hears(DEV, "Follow it in <#C0STAGING>", channel=channel)
    assert f"p{message.ts.replace('.', '')}" in told.words
    stage.nobody_else_sees(told)
    stage.message_of(place, "succeeded")
    assert stage.public(place, channel=channel) == []
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert {entry.channel for entry in stage.audit(place)} == {channel}


def test_the_person_is_told_the_end_if_the_bot_is_not_in_the_channel(stage: Stage) -> None:
    place = stage.environment(prefix="g")
    stage.types(DEV, f"/env restart {place} api")
    told = stage.hears(DEV, f"in `{place}`", "Not shown in a channel", "I am not a member")
    stage.nobody_else_sees(told)
    assert stage.closed(place).outcome == "succeeded"
    direct = stage.until("the end is told to them alone", lambda: stage.messages("D0DEV", DEV))
    assert [m.fallback.split(":")[0] for m in direct] == ["succeeded"]
    assert "Told to you alone, and not in its channel: I am not a member" in direct[0].words
    assert stage.public(place, channel=GENERAL) == []
    assert stage.world.deploys(place) == 1


def test_a_command_typed_where_the_bot_is_no_member_is_answered_there(stage: Stage) -> None:
    place = stage.environment()
    stage.types(DEV, f"/env restart {place} api", channel=GENERAL)
    told = stage.hears(DEV, "Follow it in <#C0STAGING>", channel=GENERAL)
    stage.nobody_else_sees(told)
    stage.message_of(place, "succeeded")
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
