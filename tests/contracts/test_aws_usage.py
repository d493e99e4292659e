"""The same suite runs on the fake and on the real adapter: what is paid for in an environment.

The world is our own reading of ECS, RDS, ElastiCache and Elastic Load Balancing; against a real account this
proves nothing yet.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.words.errors import Denied
from policies.cost.fargate import ARM, TaskSize
from policies.cost.spans import Kind, Part, Span, sharers
from tests.contracts.aws_bench import Bench
from tests.contracts.aws_benches import bench
from tests.contracts.world_once import stage_once

__all__ = ["bench", "stage_once"]


def tasks(bench: Bench, service: str | None = None) -> list[Span]:
    return [span for span in bench.scope.usage.tasks() if service in (None, span.service)]


def test_each_task_that_runs_is_paid_for_from_its_pull_until_now(bench: Bench) -> None:
    bench.service("web")
    bench.service("api", desired=1)

    web, api = tasks(bench, "web"), tasks(bench, "api")

    assert (len(web), len(api)) == (2, 1)
    for span in (*web, *api):
        assert (span.environment, span.kind) == (bench.scope.environment.name, Kind.TASK)
        assert (span.ended, span.lost, span.minimum) == (False, False, 60)
        assert span.begin.utcoffset() == span.until.utcoffset() == timedelta(0)
        assert span.begin <= span.until
    assert len({span.id for span in (*web, *api)}) == 3


def test_a_task_is_billed_by_its_own_size_and_architecture(bench: Bench) -> None:
    bench.sized(TaskSize("small", 0.5, 1, ARM))
    bench.sized(TaskSize("large", 2, 4))

    small, large = tasks(bench, "small")[0].parts, tasks(bench, "large")[0].parts

    assert small == (Part("fargate.vcpu.arm", 500), Part("fargate.gb.arm", 1_000))
    assert large == (Part("fargate.vcpu.x86", 2_000), Part("fargate.gb.x86", 4_000))


def test_a_task_that_stopped_is_listed_with_its_end_and_keeps_its_beginning(bench: Bench) -> None:
    bench.service("web")
    before = {span.id: span for span in tasks(bench)}
    bench.move()

    bench.end_tasks("web")

    after = {span.id: span for span in tasks(bench)}
    assert set(after) == set(before)
    for id_, span in after.items():
        assert (span.ended, span.lost) == (True, False)
        assert span.begin == before[id_].begin and span.until > before[id_].until


def test_a_task_that_no_service_keeps_belongs_to_no_service(bench: Bench) -> None:
    bench.service("web")
    id_ = bench.run_alone("web", by="ci")

    alone = [span for span in tasks(bench, "") if span.id.endswith(id_)]

    assert [(s.environment, s.kind, s.minimum) for s in alone] == [
        (bench.scope.environment.name, Kind.TASK, 60)
    ]


def test_a_service_that_several_claim_belongs_to_all_of_them_and_to_no_single_one(bench: Bench) -> None:
    bench.service("web")
    bench.disputed("shared")

    found = tasks(bench, "shared")

    assert found
    assert {sharers(span.environment) for span in found} == {
        tuple(sorted(("other", bench.scope.environment.name)))
    }
    assert [service.name for service in bench.scope.usage.services()] == ["web"]


def test_services_say_how_many_run_of_how_many(bench: Bench) -> None:
    bench.service("web", desired=3)

    [web] = bench.scope.usage.services()

    assert (web.name, web.desired, web.running, web.healthy) == ("web", 3, 3, True)
    assert web.deployment and web.deployed is not None and ":task-definition/" in web.revision


def test_a_task_on_an_instance_has_no_price_of_its_own(bench: Bench) -> None:
    bench.hosted_task("batch")

    spans = tasks(bench, "batch")

    assert {(span.parts, span.minimum) for span in spans} == {((Part("ec2.task", 1_000),), 0)}


def test_a_database_costs_its_hours_while_it_is_not_stopped_and_its_storage_always(bench: Bench) -> None:
    bench.database(bench.instance)
    running = bench.scope.usage.attached({})
    bench.scope.databases.stop(bench.instance)
    bench.move()
    stopped = bench.scope.usage.attached({})

    def items(spans: tuple[Span, ...]) -> list[str]:
        return sorted(part.item.split(".")[1] for span in spans for part in span.parts)

    assert items(running) == ["db", "storage"]
    assert items(stopped) == ["storage"]
    assert {s.id for s in stopped} < {s.id for s in running}
    assert all(s.kind is Kind.DATABASE and s.begin == s.until for s in (*running, *stopped))


def test_a_cache_costs_the_hours_of_each_of_its_nodes_for_as_long_as_it_is_there(bench: Bench) -> None:
    bench.cached(2)
    there = bench.scope.usage.attached({})
    bench.uncached()

    assert [(s.service, s.kind, s.parts) for s in there] == [
        (bench.cache, Kind.CACHE, (Part("cache.cache.t4g.micro.valkey", 1_000),))
    ] * 2
    assert len({s.id for s in there}) == 2
    assert all(s.begin == s.until and not s.ended for s in there)
    assert bench.scope.usage.attached({}) == ()


def test_use_is_counted_in_whole_hours_that_are_the_same_at_every_look(
    bench: Bench,
) -> None:
    bench.stored(40)

    looks = [[s for s in bench.scope.usage.attached({}) if "storage" in s.id] for _ in range(2)]

    assert looks[0] == looks[1] and len(looks[0]) == 3
    for span in looks[0]:
        assert span.ended and span.until - span.begin == timedelta(hours=1) and span.until <= bench.scope.now
        assert (span.parts, span.kind) == ((Part("rds.storage.aurora", 40_000),), Kind.DATABASE)
    assert len({s.id for s in looks[0]}) == len({s.begin for s in looks[0]}) == 3


def test_a_denied_look_returns_nothing_in_part(bench: Bench) -> None:
    bench.service("web")
    bench.refuse_tasks()

    with pytest.raises(Denied):
        bench.scope.usage.tasks()
