"""What a stop touches, leaves, flags and refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from policies.access.decision import Allowed, Refused
from policies.capacity.stopping import own_ground, postponed, sort_services
from policies.service.environment import ClusterPick, Environment, LiveService, Tier
from policies.service.facts import Deployment, ServiceDeployment, ServiceFacts
from tests.fakes.aws import START, steady
from tests.golden import Golden

TOOLS = Environment("tools", Tier.NONPRODUCTION, "1", "x", ClusterPick("tools"), databases=("lamp-db",))
ROLLING = (Deployment("ecs-svc/9", "PRIMARY", "r", 2, 1, 1, 0, START, "IN_PROGRESS"),)
BAKING = ServiceDeployment("arn:aws:ecs:x:service-deployment/s/w/a", "IN_PROGRESS", START, stage="BAKE_TIME")


def native(**fields: Any) -> ServiceFacts:
    return steady("green", strategy="BLUE_GREEN", service_deployment=BAKING, **fields)


def test_running_services_are_stopped_without_a_note() -> None:
    found = sort_services([steady("web"), steady("api")])
    assert [f.name for f in found.stop] == ["web", "api"]
    assert (found.left, found.unproven, found.notes) == ((), (), ())


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
def test_the_bot_sets_the_count_whoever_deploys_the_service(controller: str) -> None:
    assert sort_services([steady("web", controller=controller)]).left == ()


@pytest.mark.parametrize(
    "fields",
    [{"scheduling": "DAEMON"}, {"express": True}, {"status": "DRAINING"}],
    ids=["daemon", "express", "draining"],
)
def test_a_service_whose_count_cannot_be_set_is_left_and_named(
    fields: dict[str, Any], golden: Golden
) -> None:
    found = sort_services([steady("web", **fields)])
    assert (found.stop, found.busy) == ((), False)
    (why,) = found.notes
    assert why == golden


def test_an_express_service_keeps_databases_on_and_a_daemon_does_not() -> None:
    found = sort_services([steady("logs", scheduling="DAEMON"), steady("shop", express=True)])
    assert found.holds_databases == ("shop",)


def test_a_rolling_deployment_in_flight_is_stopped_and_flagged(golden: Golden) -> None:
    found = sort_services([steady("web", deployments=ROLLING)])
    assert (len(found.stop), found.unproven) == (1, ("web",))
    (flag,) = found.notes
    assert flag == golden


def test_a_stuck_deployment_is_flagged_too_and_nothing_waits_for_it() -> None:
    stuck = steady("web", deployments=ROLLING, at=START + timedelta(hours=2))
    assert sort_services([stuck]).unproven == ("web",)
    assert isinstance(postponed([stuck]), Allowed)


def test_a_native_deployment_in_flight_is_left_and_named(golden: Golden) -> None:
    found = sort_services([native(), steady("web")])
    assert ([f.name for f in found.left], found.busy) == (["green"], True)
    (left,) = found.notes
    assert left == golden
    assert found.holds_databases == ("green",)


def test_the_clock_waits_for_any_deployment_in_flight(golden: Golden) -> None:
    refused = postponed([native(), steady("web", deployments=ROLLING), steady("api")])
    assert refused.rule == "safeguards.in-flight"
    assert refused.reason == golden
    assert isinstance(postponed([steady("api"), steady("off", desired=0, deployments=ROLLING)]), Allowed)


@pytest.mark.parametrize(
    ("own", "named"),
    [(("tools/lamplighter",), "`lamplighter`"), (("lamp-db",), "`lamp-db`")],
    ids=["service", "database"],
)
def test_lamplighters_own_service_and_database_are_never_stopped(
    own: tuple[str, ...], named: str, golden: Golden
) -> None:
    services = (LiveService("lamplighter", "tools", "arn"), LiveService("web", "tools", "arn"))
    refused = own_ground(TOOLS, services, own)
    assert isinstance(refused, Refused)
    assert refused.rule == "safeguards.own-ground"
    assert named in refused.told
    assert refused.told == golden


def test_a_service_of_the_same_name_in_another_cluster_is_not_lamplighter() -> None:
    services = (LiveService("lamplighter", "staging", "arn"),)
    assert isinstance(
        own_ground(replace(TOOLS, databases=()), services, ("tools/lamplighter", "lamp-db")), Allowed
    )
