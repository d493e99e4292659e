"""The same suite runs on the fakes and on the real adapters: what happened to services, whoever did it."""

from __future__ import annotations

from datetime import timedelta

from policies.capacity.facts import ScalingFacts
from tests.contracts.aws_bench import Bench
from tests.contracts.aws_benches import bench
from tests.contracts.world_once import stage_once

__all__ = ["bench", "stage_once"]

LONG = timedelta(hours=12)


def test_a_deployment_is_found_by_the_id_that_the_call_answered(bench: Bench) -> None:
    bench.service("web")
    bench.service("api")
    begin = bench.scope.services.facts("web").at
    bench.move()
    made = bench.scope.services.deploy("web")

    found = bench.scope.services.deployments_since(["web", "api"], begin + timedelta(seconds=1))

    assert [(r.service, r.id) for r in found] == [("web", made.service_deployment)]
    assert found[0].revision == made.revision.rsplit("/", 1)[-1]
    assert found[0].status in ("PENDING", "IN_PROGRESS")


def test_a_service_that_is_not_ours_has_no_deployments_here(bench: Bench) -> None:
    bench.disputed("shared")
    long_ago = bench.scope.now - LONG
    assert bench.scope.services.deployments_since(["shared", "absent"], long_ago) == ()


def test_a_count_that_autoscaling_moved_is_an_activity(bench: Bench) -> None:
    bench.service("web")
    bench.service("plain")
    bench.target("web", ScalingFacts(1, 6))
    long_ago = bench.scope.now - LONG
    assert bench.scope.scaling.activities(["web", "plain"], long_ago) == ()

    bench.scope.scaling.restore("web", ScalingFacts(3, 6))

    (one,) = bench.scope.scaling.activities(["web", "plain"], long_ago)
    assert (one.service, one.what, one.status) == ("web", "Setting desired count to 3.", "Successful")
    assert one.cause
    assert bench.scope.scaling.activities(["web"], one.at + timedelta(seconds=1)) == ()


def test_a_one_off_task_is_shown_while_it_runs_and_after_it_has_ended(bench: Bench) -> None:
    bench.service("web")
    id_ = bench.run_alone("web", "ci")
    long_ago = bench.scope.now - LONG

    (running,) = bench.scope.tasks.ran_since(long_ago)
    bench.move()
    (ended,) = bench.scope.tasks.ran_since(long_ago)

    assert (running.id, running.started_by, running.over, running.exit_code) == (id_, "ci", False, None)
    assert (ended.id, ended.over, ended.exit_code) == (id_, True, 0)
    assert bench.scope.tasks.ran_since(running.at + timedelta(seconds=1)) == ()
