"""The same suite runs on the fakes and on the real adapters: counts, autoscaling and databases.

The world is our own reading of ECS, Application Auto Scaling and RDS; against a real account this proves
nothing yet.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.words.errors import Absent, Rejected, Unanswered
from policies.capacity.facts import ScalingFacts, Suspended
from tests.contracts.aws_bench import Bench
from tests.contracts.aws_benches import bench
from tests.contracts.world_once import stage_once

__all__ = ["bench", "stage_once"]

ALL = Suspended(scaling_in=True, scaling_out=True, scheduled=True)
SOME = Suspended(scaling_out=True)


def test_the_desired_count_is_changed_and_nothing_else(bench: Bench) -> None:
    bench.service("web")
    before = bench.scope.services.facts("web")

    receipt = bench.scope.services.set_desired("web", 0)

    after = bench.scope.services.facts("web")
    assert receipt.request_id
    assert (before.desired, after.desired) == (2, 0)
    assert [d.id for d in after.deployments] == [d.id for d in before.deployments]
    assert (after.revision, after.current_deployment) == (before.revision, before.current_deployment)


def test_the_tasks_follow_the_count_down_and_up(bench: Bench) -> None:
    bench.service("web")

    bench.scope.services.set_desired("web", 0)
    bench.move()
    down = bench.scope.services.facts("web")
    bench.scope.services.set_desired("web", 3)
    bench.move()
    up = bench.scope.services.facts("web")

    assert (down.running, [t for t in down.tasks if t.running]) == (0, [])
    assert (up.desired, up.running, sum(t.running for t in up.tasks)) == (3, 3, 3)


def test_protection_is_read_only_if_asked_for(bench: Bench) -> None:
    bench.service("web")
    bench.protect("web", minutes=30)

    asked = bench.scope.services.facts("web", protection=True)

    assert [t.protected for t in asked.tasks] == [True, True]
    left = [t.protected_until - asked.at for t in asked.tasks if t.protected_until]
    assert len(left) == 2 and all(timedelta(minutes=29) < one <= timedelta(minutes=30) for one in left)
    assert not any(t.protected for t in bench.scope.services.facts("web").tasks)


def test_a_protected_task_outlives_its_services_count_and_nothing_else_is_protected(bench: Bench) -> None:
    bench.service("web")
    bench.service("api")
    bench.protect("web", minutes=600)

    for name in ("web", "api"):
        bench.scope.services.set_desired(name, 0)
    bench.move()

    web, api = (bench.scope.services.facts(name, protection=True) for name in ("web", "api"))
    assert [t.protected for t in web.tasks if t.running] == [True, True]
    assert (web.running, api.running) == (2, 0)
    assert not any(t.protected for t in api.tasks)


def test_the_same_count_twice_has_the_same_result(bench: Bench) -> None:
    bench.service("web")

    for _ in range(2):
        bench.scope.services.set_desired("web", 0)

    assert bench.scope.services.facts("web").desired == 0


def test_a_lost_answer_of_a_count_is_unanswered_and_the_count_is_changed(bench: Bench) -> None:
    bench.service("web")
    bench.lose_answer_of_set_desired()

    with pytest.raises(Unanswered):
        bench.scope.services.set_desired("web", 0)

    assert bench.scope.services.facts("web").desired == 0


def test_a_daemon_service_has_no_count_to_set(bench: Bench) -> None:
    bench.daemon("agent")

    with pytest.raises(Rejected) as caught:
        bench.scope.services.set_desired("agent", 0)

    assert not caught.value.retry_helps


@pytest.mark.parametrize("name", ["none", "", "shared"])
def test_a_service_that_is_not_the_environments_own_is_absent_to_every_change_of_capacity(
    bench: Bench, name: str
) -> None:
    bench.disputed("shared")
    known = ScalingFacts(1, 4)
    bench.target("shared", known)

    with pytest.raises(Absent):
        bench.scope.services.set_desired(name, 0)
    with pytest.raises(Absent):
        bench.scope.scaling.suspend(name)
    with pytest.raises(Absent):
        bench.scope.scaling.restore(name, ScalingFacts(2, 9))

    assert bench.target_of("shared") == known


def test_scaling_facts_leave_out_services_without_a_target_and_foreign_services(bench: Bench) -> None:
    for name in ("web", "api", "worker"):
        bench.service(name)
    bench.disputed("shared")
    for name in ("web", "worker", "shared"):
        bench.target(name, ScalingFacts(1, 4, SOME if name == "web" else Suspended()))

    found = bench.scope.scaling.facts(["worker", "api", "web", "shared", "none"])

    assert found == {"web": ScalingFacts(1, 4, SOME), "worker": ScalingFacts(1, 4)}
    assert bench.scope.scaling.facts(["web"]) == {"web": ScalingFacts(1, 4, SOME)}
    assert bench.scope.scaling.facts([]) == {}


def test_predictive_policies_are_named_by_their_service_and_go_with_its_target(bench: Bench) -> None:
    for name in ("web", "api"):
        bench.service(name)
        bench.target(name, ScalingFacts(1, 4))
    bench.disputed("shared")
    bench.target("shared", ScalingFacts(1, 4))
    for name in ("web", "shared"):
        bench.predict(name, "forecast")

    assert bench.scope.scaling.predictive(["web", "api", "shared", "none"]) == {"web": ("forecast",)}
    assert bench.scope.scaling.predictive(["api"]) == {}
    assert bench.scope.scaling.predictive([]) == {}
    bench.deregister("web")
    assert bench.scope.scaling.predictive(["web"]) == {}


def test_suspending_lowers_the_minimum_sets_all_flags_and_leaves_the_maximum(bench: Bench) -> None:
    bench.service("web")
    bench.target("web", ScalingFacts(2, 6, SOME))

    first = bench.scope.scaling.suspend("web")
    again = bench.scope.scaling.suspend("web")

    assert first.request_id and again.request_id
    assert bench.scope.scaling.facts(["web"]) == {"web": ScalingFacts(0, 6, ALL)}
    assert bench.scope.services.facts("web").desired == 2


def test_a_service_without_a_target_is_refused_and_gets_none(bench: Bench) -> None:
    bench.service("web")

    with pytest.raises(Rejected):
        bench.scope.scaling.suspend("web")

    assert bench.target_of("web") is None


def test_restoring_scaling_restores_exactly_the_facts_from_before(bench: Bench) -> None:
    bench.service("web")
    before = ScalingFacts(2, 6, SOME)
    bench.target("web", before)
    bench.scope.scaling.suspend("web")
    bench.scope.services.set_desired("web", 0)
    bench.scope.services.set_desired("web", 2)

    receipt = bench.scope.scaling.restore("web", before)

    assert receipt.request_id
    assert bench.scope.scaling.facts(["web"]) == {"web": before}


@pytest.mark.parametrize(("desired", "becomes"), [(0, 2), (2, 2), (4, 4), (9, 6)])
def test_restoring_scaling_moves_the_count_into_the_bounds_at_once(
    bench: Bench, desired: int, becomes: int
) -> None:
    bench.service("web")
    bench.target("web", ScalingFacts(0, 10, ALL))
    bench.scope.services.set_desired("web", desired)

    bench.scope.scaling.restore("web", ScalingFacts(2, 6))

    assert bench.scope.services.facts("web").desired == becomes


def test_a_target_that_is_gone_is_not_made_again(bench: Bench) -> None:
    bench.service("web")
    bench.target("web", ScalingFacts(1, 4))
    bench.deregister("web")

    with pytest.raises(Absent):
        bench.scope.scaling.restore("web", ScalingFacts(1, 4))

    assert bench.target_of("web") is None


def test_databases_come_in_the_catalogs_order_and_a_lost_one_is_absent(bench: Bench) -> None:
    bench.database(bench.instance)
    bench.database(bench.cluster)

    found = bench.scope.databases.facts()

    assert [(f.id, f.status) for f in found] == [
        (bench.cluster, "available"),
        (bench.lost, "absent"),
        (bench.instance, "available"),
    ]
    assert not any(f.cannot_stop or f.restarts_at for f in found)


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_a_database_stops_says_when_aws_restarts_it_and_starts(bench: Bench, kind: str) -> None:
    database = getattr(bench, kind)
    bench.database(database)
    databases = bench.scope.databases
    seen = []

    for ask in (databases.stop, databases.start):
        assert ask(database).request_id
        for _ in range(2):
            seen.append(next(f for f in databases.facts() if f.id == database))
            assert not ask(database).request_id  # the database is on its way, then there, so nothing is asked
            bench.move()

    assert seen[0].status in ("stopping", "stopped") and seen[2].status in ("starting", "available")
    assert (seen[1].status, seen[3].status) == ("stopped", "available")
    assert seen[1].restarts_at is not None and seen[1].restarts_at.tzinfo is not None
    assert seen[3].restarts_at is None


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_a_database_that_is_busy_is_refused_for_now(bench: Bench, kind: str) -> None:
    database = getattr(bench, kind)
    bench.database(database)
    bench.busy(database)

    with pytest.raises(Rejected) as caught:
        bench.scope.databases.stop(database)

    assert caught.value.retry_helps
    assert (
        caught.value.code
        == {
            "instance": "InvalidDBInstanceState",
            "cluster": "InvalidDBClusterStateFault",
        }[kind]
    )


def test_a_stop_that_has_not_ended_cannot_be_turned_back_yet(bench: Bench) -> None:
    bench.database(bench.instance)
    bench.busy(bench.instance, "stopping")

    with pytest.raises(Rejected) as caught:
        bench.scope.databases.start(bench.instance)

    assert (caught.value.code, caught.value.retry_helps) == ("InvalidDBInstanceState", True)


@pytest.mark.parametrize("kind", ["instance", "cluster"])
def test_a_database_with_replicas_says_why_it_stays_on_and_is_refused_for_good(
    bench: Bench, kind: str
) -> None:
    database = getattr(bench, kind)
    bench.database(database)
    bench.replica_of(database)

    [facts] = [f for f in bench.scope.databases.facts() if f.id == database]
    with pytest.raises(Rejected) as caught:
        bench.scope.databases.stop(database)

    assert "replica" in facts.cannot_stop
    assert facts.cannot_stop in caught.value.sentence
    assert not caught.value.retry_helps
    assert [f.status for f in bench.scope.databases.facts() if f.id == database] == ["available"]


def test_a_database_the_catalog_does_not_name_or_rds_does_not_have_is_absent(bench: Bench) -> None:
    bench.database(f"{bench.instance}-of-others")

    for database in (f"{bench.instance}-of-others", bench.lost, f"cluster:{bench.instance}", ""):
        with pytest.raises(Absent):
            bench.scope.databases.stop(database)
        with pytest.raises(Absent):
            bench.scope.databases.start(database)
