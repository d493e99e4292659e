"""Which way a service goes back, which revision that is, and what does not come back as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.service.facts import ContainerImage, ServiceFacts
from policies.service.history import DefinedContainer, Definition, Network, PastDeployment, RevisionImage
from policies.service.rollback import (
    Cannot,
    Comes,
    Deploy,
    GoesBack,
    Runs,
    StopIt,
    WentBack,
    earlier,
    kept_settings,
    not_as_then,
    rollable,
    unusable,
    way_back,
)
from tests.golden import Golden
from tests.policies.make import BEGAN, OLD, RELEASE, deployment, facts, release

THEN, NOW = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def arn(number: int, family: str = "orders-api") -> str:
    return f"arn:aws:ecs:eu-west-1:111122223333:task-definition/{family}:{number}"


def past(number: int, hours_ago: float, **fields: Any) -> PastDeployment:
    made = PastDeployment(
        f"{RELEASE}-{hours_ago}", "SUCCESSFUL", BEGAN - timedelta(hours=hours_ago), definition=arn(number)
    )
    return replace(made, **fields)


def worked(*numbers: int) -> tuple[PastDeployment, ...]:
    """Return deployments of these revisions that worked, the newest first."""
    return tuple(past(number, hours + 1) for hours, number in enumerate(numbers))


def settled(number: int = 8, **fields: Any) -> ServiceFacts:
    """Return a service whose last deployment, of that revision, has ended well."""
    done = deployment(rollout="COMPLETED", revision=arn(number))
    release_ended = release("SUCCESSFUL")
    given = {"revision": arn(number), "deployments": (done,), "service_deployment": release_ended}
    return facts(**(given | {"current_deployment": release_ended.arn} | fields))


def under_way(status: str = "IN_PROGRESS", **fields: Any) -> ServiceFacts:
    """Return a service that goes from revision 8 to 9."""
    new, old = deployment(revision=arn(9)), deployment(OLD, revision=arn(8))
    going = release(status, **fields)
    return facts(
        revision=arn(9),
        deployments=(new, old),
        service_deployment=going,
        current_deployment=going.arn,
    )


def refused(way: object) -> Cannot:
    assert isinstance(way, Cannot), way
    return way


@pytest.mark.parametrize(
    ("current", "history", "back_to"),
    [
        (8, [8, 7, 6], 7),
        (8, [8, 8, 8, 7], 7),
        (8, [7, 6], 7),
        (7, [7, 8, 7, 6], 6),
        (8, [8, 6, 7, 6], 6),
        (6, [6, 7, 6, 5], 5),
        (7, [7, 8, 7], None),
        (8, [8], None),
        (8, [], None),
    ],
    ids=str,
)
def test_back_means_the_newest_that_worked_before_the_revision_that_runs_first_did(
    current: int, history: list[int], back_to: int | None
) -> None:
    found = earlier(worked(*history), arn(current))
    assert (found.definition if found else None) == (arn(back_to) if back_to else None)


@given(st.lists(st.integers(1, 5), max_size=8), st.integers(1, 5))
def test_going_back_again_and_again_never_returns_to_where_it_was(numbers: list[int], current: int) -> None:
    history, seen = list(worked(*numbers)), [current]
    while (found := earlier(history, arn(seen[-1]))) is not None:
        number = int(found.definition.rsplit(":", 1)[1])
        assert number not in seen
        seen.append(number)
        history = [past(number, 0), *history]


@pytest.mark.parametrize("status", ["PENDING", "IN_PROGRESS", "STOP_REQUESTED"])
def test_a_deployment_in_progress_is_stopped(status: str) -> None:
    way = way_back(under_way(status), worked(8))
    assert isinstance(way, StopIt)
    assert (way.release.arn, way.hook) == (RELEASE, "")


def test_one_that_waits_at_a_hook_is_ended_at_the_hook() -> None:
    way = way_back(under_way(paused=True, hook="hook-1"), worked(8))
    assert isinstance(way, StopIt) and way.hook == "hook-1"


@pytest.mark.parametrize("status", ["ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"])
@pytest.mark.parametrize("wanted", ["", "7"])
def test_a_rollback_under_way_is_recognised(status: str, wanted: str) -> None:
    way = way_back(under_way(status, reason="tasks failed"), worked(8, 7), wanted)
    assert way == GoesBack("its tasks failed")


def test_a_deployment_that_was_rolled_back_is_not_followed_by_another_unless_one_is_named() -> None:
    back = settled(8, service_deployment=release("ROLLBACK_SUCCESSFUL", reason="tasks failed"))
    way = way_back(back, worked(8, 7))
    assert isinstance(way, WentBack)
    assert (way.runs, way.reason) == (arn(8), "its tasks failed")
    assert way.further is not None and way.further.definition == arn(7)
    assert isinstance(way_back(back, worked(8, 7), "7"), Deploy)


@pytest.mark.parametrize("status", ["SUCCESSFUL", "STOPPED", "ROLLBACK_FAILED"])
def test_one_that_has_ended_is_followed_by_the_earlier_revision(status: str) -> None:
    way = way_back(settled(service_deployment=release(status)), worked(8, 7))
    assert isinstance(way, Deploy) and way.to.definition == arn(7)


def test_a_service_without_a_record_of_its_deployment_goes_back_too() -> None:
    assert isinstance(way_back(settled(service_deployment=None), worked(8, 7)), Deploy)


@pytest.mark.parametrize("wanted", ["7", "orders-api:7"])
def test_a_revision_is_named_by_its_number_or_whole(wanted: str) -> None:
    way = way_back(settled(), worked(8, 7, 6), wanted)
    assert isinstance(way, Deploy) and way.to.definition == arn(7)


@pytest.mark.parametrize("wanted", ["8", "orders-api:8"])
def test_the_revision_that_runs_is_not_deployed(wanted: str) -> None:
    assert way_back(settled(), worked(8, 7), wanted) == Runs(arn(8))


def test_a_number_means_the_family_that_runs_before_any_other() -> None:
    history = [past(7, 1, definition=arn(7, "web")), past(7, 2), past(6, 3, definition=arn(6, "web"))]
    ours, theirs = (way_back(settled(), history, wanted) for wanted in ("7", "6"))
    assert isinstance(ours, Deploy) and ours.to.definition == arn(7)
    assert isinstance(theirs, Deploy) and theirs.to.definition == arn(6, "web")


IN_FLIGHT_TO_NOTHING = replace(under_way(), deployments=(deployment(revision=arn(9)),))
REFUSALS: dict[str, tuple[ServiceFacts, Sequence[PastDeployment], str, str]] = {
    "never ran": (settled(), worked(8, 7, 6), "12", "rollback.never-ran"),
    "nothing ran": (settled(), (), "12", "rollback.never-ran"),
    "nothing earlier": (settled(), worked(8), "", "rollback.nothing"),
    "only newer ones": (settled(7), worked(8, 7), "", "rollback.nothing"),
    "first deployment": (IN_FLIGHT_TO_NOTHING, (), "", "rollback.nothing"),
    "clean-up": (under_way(stage="CLEAN_UP"), worked(8), "", "rollback.clean-up"),
    "elsewhere": (under_way(), worked(8, 7), "7", "rollback.in-progress"),
    "untold": (replace(under_way(), service_deployment=None), worked(8), "", "rollback.unknown"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_gone_back_to_is_refused_with_what_can(case: str, golden: Golden) -> None:
    known, history, wanted, rule = REFUSALS[case]
    found = refused(way_back(known, history, wanted))
    assert found.rule == rule
    assert found.reason == golden


def test_the_revision_to_which_ecs_would_go_back_may_be_named() -> None:
    assert isinstance(way_back(under_way(), worked(8, 7), "8"), StopIt)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"controller": "CODE_DEPLOY"}, "rollback.controller"),
        ({"controller": "EXTERNAL"}, "rollback.controller"),
        ({"controller": "ELSE"}, "rollback.controller"),
        ({"express": True}, "rollback.express"),
        ({"scheduling": "DAEMON"}, "rollback.daemon"),
        ({"status": "DRAINING"}, "rollback.inactive"),
        ({"status": ""}, "rollback.inactive"),
        ({"desired": 0}, "rollback.stopped"),
    ],
    ids=str,
)
def test_what_others_deploy_or_nobody_runs_is_not_rolled_back(
    fields: dict[str, Any], rule: str, golden: Golden
) -> None:
    found = refused(rollable(settled(**fields)))
    assert found.rule == rule
    assert found.reason == golden


@pytest.mark.parametrize("strategy", ["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"])
def test_every_strategy_of_ecs_itself_can_be_rolled_back(strategy: str) -> None:
    assert rollable(settled(strategy=strategy)) is None


def test_a_deregistered_revision_is_refused_with_the_others(golden: Golden) -> None:
    gone = Definition(arn(7), "INACTIVE")
    found = unusable(gone, settled(), worked(8, 7, 6, 5))
    assert found is not None and found.rule == "rollback.deregistered"
    assert found.reason == golden
    assert unusable(replace(gone, status="ACTIVE"), settled(), ()) is None


def definition(image: str) -> Definition:
    return Definition(arn(7), "ACTIVE", (DefinedContainer("app", image),))


LIVE, V1, V2 = "registry/app:live", "registry/app:v1", "registry/app:v2"


@pytest.mark.parametrize(
    ("image", "runs", "names", "expected"),
    [
        (f"registry/app@{THEN}", LIVE, {}, None),
        (V1, V2, {V1: THEN}, None),
        (V1, V2, {V1: NOW}, Comes.MOVED),
        (V1, V2, {}, Comes.UNSURE),
        (LIVE, LIVE, {LIVE: NOW}, Comes.SAME_TAG),
        (LIVE, LIVE, {}, Comes.SAME_TAG),
        (LIVE, LIVE, {LIVE: THEN}, None),
    ],
)
def test_which_image_would_come_is_told_by_digest(
    image: str, runs: str, names: dict[str, str], expected: Comes | None
) -> None:
    then = past(7, 5, images=(RevisionImage("app", image, THEN),))
    now = settled(
        images=(ContainerImage("app", runs),),
        service_deployment=release("SUCCESSFUL", digests={"app": NOW}),
    )
    found = not_as_then(definition(image), then, now, names)
    assert [one.comes for one in found] == ([expected] if expected else [])


def test_without_the_digest_of_then_nothing_is_promised() -> None:
    now = settled(images=(ContainerImage("app", V2),))
    (found,) = not_as_then(definition(V1), past(7, 5), now, {V1: NOW})
    assert found.comes is Comes.UNSURE


def test_settings_of_the_service_revision_that_differ_are_named() -> None:
    network = Network(("subnet-1",), ("sg-1",), public_ip=False)
    then = past(7, 5, network=network, platform="1.3.0", load_balancers=("a",))
    other = Network(("subnet-2",), ("sg-1",), public_ip=True)
    now = past(8, 1, network=other, platform="1.4.0", load_balancers=("b",))
    named = ("subnets", "public addresses", "the platform version", "load balancers")
    assert kept_settings(then, (now, then), arn(8)) == named
    assert kept_settings(then, (replace(then, definition=arn(8)), then), arn(8)) == ()
    assert kept_settings(then, (then,), arn(8)) == ()
    assert kept_settings(past(7, 5), (now,), arn(8)) == ("load balancers",)
