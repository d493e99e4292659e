"""Caches, and what Aurora bills by use, as the adapters read them from the simulated AWS.

The answers of CloudWatch and ElastiCache are our own reading (facts/ecs 7.10).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from handlers.words.errors import Denied, Rejected
from policies.cost.by_use import hours_before
from policies.cost.spans import Kind, Span
from tests.bot.aws.stage import DEV, Stage, environment

NUMBERS = itertools.count()
ONE = 1_000
GROUPS = "elasticache.DescribeReplicationGroups"


def made(stage: Stage, do: str, **fields: Any) -> str:
    name = f"use-{next(NUMBERS)}"
    stage.world.change({"do": f"{do}.create", "id": name, **fields})
    return name


def seen(stage: Stage, caches: tuple[str, ...] = (), databases: tuple[str, ...] = ()) -> list[Span]:
    where = environment(stage.cluster(), caches=caches, databases=databases)
    return list(stage.bind(where).usage.attached({}))


def parts(spans: list[Span]) -> set[tuple[str, int]]:
    return {(part.item, part.milli) for span in spans for part in span.parts}


def asked(stage: Stage, since: int) -> int:
    return sum(len(row["MetricDataQueries"]) for row in stage.requests("monitoring.GetMetricData", since))


def past_the_hour(stage: Stage, minutes: int) -> None:
    """Move the clock to so many minutes past the next hour, whenever the test is run."""
    now = stage.clock.now()
    stage.clock.advance(3_600 - now.minute * 60 - now.second + minutes * 60)


def minutes_apart() -> Callable[[], float]:
    """Monotonic seconds that leave every bucket full again before each look."""
    ticks = itertools.count(0, 60)
    return lambda: float(next(ticks))


def test_each_node_of_a_replication_group_is_billed_by_its_type_and_engine(stage: Stage) -> None:
    name = made(stage, "cache", nodes=2, node="cache.t4g.small", engine="redis")

    found = seen(stage, caches=(name,))

    assert [(s.service, s.kind, s.id.rsplit(":", 1)[-1]) for s in found] == [
        (name, Kind.CACHE, f"{name}-001"),
        (name, Kind.CACHE, f"{name}-002"),
    ]
    assert parts(found) == {("cache.cache.t4g.small.redis", ONE)}


def test_a_memcached_cluster_is_billed_for_all_of_its_nodes(stage: Stage) -> None:
    name = made(stage, "cache", kind="cluster", engine="memcached", nodes=3)
    assert parts(seen(stage, caches=(f"cluster:{name}",))) == {("cache.cache.t4g.micro.memcached", 3 * ONE)}


@pytest.mark.parametrize(
    ("how", "held"),
    [
        ({"stored_gb": 2.5}, ("cache.stored.valkey", 2_500)),
        ({"stored_gb": 2.5, "dimension": "clusterId"}, ("cache.stored.valkey", 2_500)),
        ({"stored_gb": 0.02}, ("cache.stored.valkey", 100)),
        ({"stored_gb": 0.02, "engine": "redis"}, ("cache.stored.redis", 1_000)),
        ({"stored_gb": 0.02, "least_gb": 5}, ("cache.stored.valkey", 5_000)),
    ],
)
def test_a_serverless_cache_is_billed_for_storage_and_requests_and_at_least_its_minimum(
    stage: Stage, how: dict[str, Any], held: tuple[str, int]
) -> None:
    name = made(stage, "cache", kind="serverless", ecpu=0.5, **how)

    found = seen(stage, caches=(f"serverless:{name}",))

    assert parts(found) == {held, (f"cache.ecpu.{how.get('engine', 'valkey')}", 500)}
    assert {s.begin for s in found} == set(hours_before(stage.clock.now()))
    assert all(s.ended and s.service == name and s.kind is Kind.CACHE for s in found)


def test_a_serverless_cache_without_any_points_is_not_free(stage: Stage) -> None:
    name = made(stage, "cache", kind="serverless", stored_gb=1)

    found = seen(stage, caches=(f"serverless:{name}",))

    assert parts(found) == {("cache.stored.valkey", ONE), ("cache.serverless", ONE)}
    assert [s.id.rsplit(" ", 1)[-1] for s in found if not s.ended] == ["ecpu"]


def test_a_serverless_cache_under_an_unknown_dimension_is_not_free(stage: Stage) -> None:
    name = made(stage, "cache", kind="serverless", stored_gb=1, ecpu=1, dimension="CacheName")
    assert parts(seen(stage, caches=(f"serverless:{name}",))) == {("cache.serverless", ONE)}


def test_a_new_serverless_cache_is_billed_from_its_creation(stage: Stage) -> None:
    name = made(stage, "cache", kind="serverless", stored_gb=1, ecpu=1, age_hours=2.5)

    found = seen(stage, caches=(f"serverless:{name}",))

    since = stage.clock.now() - timedelta(hours=2.5)
    assert abs(min(s.begin for s in found) - since) < timedelta(seconds=5)
    assert all(s.until - s.begin <= timedelta(hours=1) for s in found)


def test_a_cache_that_is_not_there_costs_nothing(stage: Stage) -> None:
    assert seen(stage, caches=("nowhere", "cluster:nowhere", "serverless:nowhere")) == []


def test_a_cache_that_several_name_belongs_to_all_even_if_one_names_only_a_node(stage: Stage) -> None:
    name = made(stage, "cache", nodes=2)
    one, two, three = (environment(stage.cluster(), caches=(c,)) for c in (name, name, f"cluster:{name}-001"))
    scopes = stage.scopes([one, two, three])

    owners = {
        e.name: [s.environment for s in scopes.bind(e, DEV).usage.attached({})] for e in (one, two, three)
    }

    both, all_ = f"{one.name}+{two.name}", f"{one.name}+{two.name}+{three.name}"
    assert owners == {one.name: [all_, both], two.name: [all_, both], three.name: [all_]}


def test_a_cache_that_may_not_be_read_fails_the_whole_look(stage: Stage) -> None:
    stage.faults.order(method=GROUPS, kind="error", code="AccessDenied")
    with pytest.raises(Denied):
        seen(stage, caches=(made(stage, "cache"),))


def test_a_cache_of_another_account_is_not_counted_as_ones_own(stage: Stage) -> None:
    where = environment(stage.cluster(), caches=(made(stage, "cache"),))
    far = stage.bind(environment(where.name, caches=where.caches, account="999999999999", role_arn=""))
    with pytest.raises(Rejected):
        far.usage.attached({})


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (
            {"stored_gb": 40},
            {("rds.storage.aurora", 40_000), ("rds.db.t4g.micro.aurora-postgresql.single", ONE)},
        ),
        (
            {"stored_gb": 40, "optimized": True},
            {("rds.storage.aurora-iopt1", 40_000), ("rds.db.t4g.micro.aurora-postgresql.iopt", ONE)},
        ),
        (
            {"stored_gb": 0.5, "acu": 1.5, "engine": "aurora-mysql"},
            {("rds.storage.aurora", 500), ("aurora.acu.aurora-mysql", 1_500)},
        ),
        (
            {"stored_gb": 40, "acu": 2, "optimized": True},
            {("rds.storage.aurora-iopt1", 40_000), ("aurora.acu.aurora-postgresql.iopt", 2_000)},
        ),
    ],
)
def test_aurora_is_billed_for_storage_and_capacity_at_the_prices_of_its_kind(
    stage: Stage, how: dict[str, Any], expected: set[tuple[str, int]]
) -> None:
    name = made(stage, "database", kind="cluster", **how)
    assert parts(seen(stage, databases=(f"cluster:{name}",))) == expected


def test_capacity_without_points_is_unknown_and_not_zero(stage: Stage) -> None:
    name = made(stage, "database", kind="cluster", stored_gb=1, acu=1)
    stage.faults.order(method="monitoring.GetMetricData", kind="error", code="AccessDenied", times=9)

    found = seen(stage, databases=(f"cluster:{name}",))

    assert parts(found) == {("aurora.storage", ONE), ("aurora.serverless", ONE)}
    assert not [s for s in found if s.ended]


def test_a_stopped_cluster_is_billed_for_its_storage_and_for_no_capacity(stage: Stage) -> None:
    name = made(stage, "database", kind="cluster", stored_gb=40, acu=1)
    where = environment(stage.cluster(), databases=(f"cluster:{name}",))
    past_the_hour(stage, 20)
    stage.world.change({"do": "database.stop", "kind": "cluster", "id": name})
    stage.clock.advance(6 * 3_600)
    stage.world.change({"do": "describe"})

    found = list(stage.bind(where).usage.attached({}))

    assert parts(found) == {("rds.storage.aurora", 40_000)}
    assert {s.begin for s in found} == set(hours_before(stage.clock.now()))

    stage.world.change({"do": "database.start", "kind": "cluster", "id": name})
    stage.clock.advance(1_200)
    stage.world.change({"do": "describe"})
    assert parts(list(stage.bind(where).usage.attached({}))) == {("rds.storage.aurora", 40_000)}


def test_an_hour_with_points_is_not_asked_about_again(stage: Stage) -> None:
    name = made(stage, "database", kind="cluster", stored_gb=40)
    where = environment(stage.cluster(), databases=(f"cluster:{name}",))
    scopes = stage.scopes([where], ticks=minutes_apart())
    start, looks = len(stage.traffic), []

    for hour in (0, 1):
        stage.clock.advance(3_600 * hour)
        for _ in range(3):
            looks.append([s.id for s in scopes.bind(where, DEV).usage.attached({}) if s.ended])
        assert asked(stage, start) == hour + 1

    assert looks[0] == looks[1] == looks[2] != looks[3]


def test_an_hour_without_points_is_asked_about_at_every_look_until_the_hour_is_late(stage: Stage) -> None:
    name = made(stage, "database", kind="cluster")
    where = environment(stage.cluster(), databases=(f"cluster:{name}",))
    scopes = stage.scopes([where], ticks=minutes_apart())
    past_the_hour(stage, 20)

    counts = []
    for minutes in (0, 15, 15, 5):
        stage.clock.advance(minutes * 60)
        start = len(stage.traffic)
        found = scopes.bind(where, DEV).usage.attached({})
        counts.append(asked(stage, start))
        assert ("aurora.storage", ONE) in parts(list(found))

    assert counts == [1, 1, 1, 0]
