"""AWS refuses, does not answer or is gone: plain words, one call, and the code and request id on record."""

from __future__ import annotations

import pytest

from policies.record.evidence import Entry
from tests.scenarios.stage import DEV, Stage, kinds_of
from tests.scenarios.world import WAITING

UPDATE = "ecs.UpdateService"


def _code(entry: Entry) -> str:
    return str(next(iter(entry.evidence.values())).get("code", ""))


@pytest.mark.parametrize(
    ("code", "said", "advice"),
    [
        ("ThrottlingException", "being asked too much", "Trying again in a minute may help"),
        ("AccessDeniedException", "did not allow the bot", "Trying again will not help"),
        ("InvalidParameterException", "AWS refused", "Trying again will not help"),
    ],
)
def test_a_refusal_by_aws_is_reported_in_plain_words_and_not_repeated(
    stage: Stage, code: str, said: str, advice: str
) -> None:
    place = stage.environment()
    stage.fault("error", UPDATE, code=code, times=0)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "failed", said, advice)
    (call,) = stage.world.asked(UPDATE, place)
    closed = stage.closed(place)
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert (closed.outcome, _code(closed)) == ("failed", code)
    assert closed.request_ids == (call["request_id"],)
    assert stage.world.deploys(place) == 0


def test_a_call_that_was_cut_off_before_its_effect_is_known_as_undone(stage: Stage) -> None:
    place = stage.environment()
    stage.fault("drop", UPDATE, about=place)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "nothing was done")
    closed = stage.closed(place)
    assert closed.outcome == "interrupted"
    assert len(stage.world.asked(UPDATE, place)) == 1
    assert stage.world.deploys(place) == 0


@pytest.mark.everywhere
def test_a_deployment_whose_answer_was_lost_is_found_and_followed_to_its_end(stage: Stage) -> None:
    place = stage.environment()
    stage.fault("drop", UPDATE, about=place, phase="after_effect")
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "succeeded", "healthy after")
    closed = stage.closed(place)
    assert closed.outcome == "succeeded"
    assert kinds_of(stage.audit(place)) == ["started", "closed"]
    assert "'answer': 'lost'" in str(closed.evidence) and "'adopted': True" in str(closed.evidence)
    assert len(stage.world.asked(UPDATE, place)) == 1
    assert stage.world.deploys(place) == 1


def test_a_failure_of_aws_itself_is_followed_up_and_not_repeated(stage: Stage) -> None:
    place = stage.environment()
    stage.fault("status", UPDATE, about=place, status=500)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "nothing was done")
    (call,) = stage.world.asked(UPDATE, place)
    closed = stage.closed(place)
    assert closed.outcome == "interrupted"
    assert call["request_id"] in closed.request_ids
    assert _code(closed) == "InternalFailure"


def test_a_call_that_aws_never_answers_is_given_up_and_its_effect_checked(stage: Stage) -> None:
    place = stage.environment()
    rule = stage.fault("hold", UPDATE, about=place)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "is restarting")
    closed = stage.closed(place)
    stage.control.post("/faults", {"release": rule, "drop": True})
    assert closed.outcome == "interrupted"
    stage.message_of(place, "interrupted", "nothing was done")
    assert stage.world.deploys(place) == 0
    assert len(stage.world.asked(UPDATE, place)) == 1


def test_a_throttled_look_is_repeated_and_the_end_is_still_true(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    stage.until("it is deployed", lambda: stage.world.deploys(place) == 1)
    stage.fault("error", "ecs.DescribeServices", about=place, code="ThrottlingException", times=4)
    stage.bring_on(place)
    stage.message_of(place, "succeeded", "healthy after")
    assert stage.closed(place).outcome == "succeeded"
    assert len(stage.world.asked(UPDATE, place)) == 1


@pytest.mark.parametrize(
    ("code", "said", "advice"),
    [
        ("ThrottlingException", "being asked too much", "Trying again in a minute may help"),
        ("AccessDeniedException", "did not allow the bot", "Trying again will not help"),
    ],
)
def test_facts_that_cannot_be_read_refuse_the_change_and_are_recorded(
    stage: Stage, code: str, said: str, advice: str
) -> None:
    place = stage.environment()
    stage.fault("error", "ecs.ListServices", code=code, times=0)
    stage.types(DEV, f"/env restart {place} api")
    stage.nobody_else_sees(stage.hears(DEV, said, advice))
    (entry,) = stage.audit(place)
    assert entry.kind == "refused"
    assert code in str(entry.evidence)
    assert entry.request_ids
    assert stage.world.asked(UPDATE, place) == []


def test_a_missing_cluster_is_reported_as_missing_and_recorded(stage: Stage) -> None:
    place = stage.environment()
    stage.world.order("environment.remove", name=place)
    stage.types(DEV, f"/env restart {place} api")
    stage.nobody_else_sees(stage.hears(DEV, "its cluster does not exist", "Trying again will not help"))
    (entry,) = stage.audit(place)
    assert entry.kind == "refused"
    assert "ClusterNotFoundException" in str(entry.evidence)
    assert entry.request_ids


def test_a_cluster_removed_during_a_restart_leaves_the_end_unknown(stage: Stage) -> None:
    place = stage.environment(WAITING)
    stage.types(DEV, f"/env restart {place} api")
    stage.message_of(place, "0 of 1 new tasks")
    stage.world.order("environment.remove", name=place)
    stage.message_of(place, "interrupted", "its cluster does not exist")
    closed = stage.closed(place)
    assert (closed.outcome, _code(closed)) == ("interrupted", "ClusterNotFoundException")
    assert len(stage.world.asked(UPDATE, place)) == 1
