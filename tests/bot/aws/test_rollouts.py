"""Of deployments since a moment, only services that changed are asked for, with who registered each."""

from __future__ import annotations

from datetime import timedelta

from bot.aws.discovery.rollouts import MOST_LISTED
from tests.bot.aws.stage import Stage, environment

LIST, REVISIONS = "ecs.ListServiceDeployments", "ecs.DescribeServiceRevisions"


def test_a_deployment_of_others_names_the_session_that_registered_its_revision(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"}, {"name": "api"})
    stage.clock.advance(7_200)
    scope = stage.bind(environment(cluster))
    since = scope.now - timedelta(minutes=5)
    stage.world.change({"do": "deploy", "cluster": cluster, "service": "web", "by": "alice"})
    start = len(stage.traffic)

    (found,) = scope.services.deployments_since(["web", "api"], since)

    assert (found.service, found.registered_by, found.deployed_by) == ("web", "alice", "alice")
    assert found.revision == f"{cluster}-web:2"
    assert [r["service"].rsplit("/", 1)[-1] for r in stage.requests(LIST, start)] == ["web"]


def test_at_most_ten_services_are_listed_and_the_others_told_as_described(stage: Stage) -> None:
    names = [f"s{n:02}" for n in range(MOST_LISTED + 3)]
    cluster = stage.cluster(*({"name": name, "desired": 0} for name in names))
    scope = stage.bind(environment(cluster))
    start = len(stage.traffic)

    found = scope.services.deployments_since(names, scope.now - timedelta(days=400))

    assert sorted(r.service for r in found) == names
    assert len(stage.requests(LIST, start)) == MOST_LISTED
    assert [len(r["serviceRevisionArns"]) for r in stage.requests(REVISIONS, start)] == [MOST_LISTED]
    assert all(r.registered_by == "ci" for r in found)
    assert sum(r.id.startswith("ecs-svc/") for r in found) == 3


def test_nothing_is_listed_where_nothing_changed(stage: Stage) -> None:
    cluster = stage.cluster({"name": "web"})
    stage.clock.advance(7_200)
    scope = stage.bind(environment(cluster))
    start = len(stage.traffic)
    assert scope.services.deployments_since(["web"], scope.now - timedelta(minutes=5)) == ()
    assert stage.requests(LIST, start) == []
