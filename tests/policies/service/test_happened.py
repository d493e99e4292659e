"""What AWS shows is told apart from what we did, and nothing is told twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from policies.service.facts import Event
from policies.service.happened import (
    Activity,
    Did,
    Moved,
    Rollout,
    moved,
    not_ours,
    others,
    session_of,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-central-1:123456789012:service-deployment/staging/web/abc"
THEIRS = Rollout("web", ARN, "SUCCESSFUL", AT, registered_by="ci-77", registered_at=AT - timedelta(minutes=5))


def minutes(count: float) -> datetime:
    return AT + timedelta(minutes=count)


def did(*services: str, **fields: object) -> Did:
    return replace(Did(frozenset(services), AT, minutes(5)), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sts::123456789012:assumed-role/ci-deployer/github-4711", "github-4711"),
        ("arn:aws:iam::123456789012:user/team/alice", "alice"),
        ("arn:aws:iam::123456789012:root", "root"),
        ("", ""),
    ],
)
def test_others_are_named_by_their_session_and_never_by_their_role(arn: str, name: str) -> None:
    assert session_of(arn) == name


def test_who_registered_a_revision_deployed_it_only_if_that_was_shortly_before() -> None:
    assert THEIRS.deployed_by == "ci-77"
    assert replace(THEIRS, registered_at=AT - timedelta(hours=2)).deployed_by == ""
    assert replace(THEIRS, registered_at=None).deployed_by == ""


def test_a_deployment_that_we_made_is_not_anothers() -> None:
    assert others([THEIRS, THEIRS], []) == (THEIRS,)
    assert others([THEIRS], [did("web", known=frozenset({ARN}))]) == ()


def test_a_deployment_whose_answer_was_lost_is_ours_by_its_time() -> None:
    lost = did("web", deployed=(("web", minutes(0.5)),))
    assert others([THEIRS], [lost]) == ()
    late = replace(THEIRS, created_at=minutes(3))
    assert others([late], [lost]) == (late,)
    assert others([replace(THEIRS, service="api")], [lost]) != ()


def test_what_autoscaling_did_because_we_restored_its_bounds_is_ours() -> None:
    acted = Activity("web", minutes(1), "Setting desired count to 2.")
    assert not_ours([acted], [did("web")]) == ()
    assert not_ours([acted], [did("api")]) == (acted,)
    later = replace(acted, at=minutes(60))
    assert not_ours([later], [did("web")]) == (later,)


def event(at: float, text: str) -> Event:
    return Event(minutes(at), f"(service web) {text}")


def test_tasks_that_come_and_go_without_a_known_cause_are_told_once_for_each_burst() -> None:
    events = [
        event(61, "has stopped 1 running tasks: (task b)."),
        event(60, "has started 2 tasks: (task a) (task b)."),
        event(30, "has reached a steady state."),
        event(1, "has started 3 tasks: (task c)."),
    ]
    found = moved("web", events, [(AT, minutes(2))])
    assert found == (Moved("web", minutes(60), started=2, stopped=1),)
    assert [m.at for m in moved("web", events, [])] == [minutes(1), minutes(60)]
