"""The same suite runs on the fakes and on the real adapters: Auto Scaling groups behind capacity providers.

The world is our own reading of ECS and EC2 Auto Scaling; against a real account this proves nothing yet.
"""

from __future__ import annotations

import itertools

import pytest

from handlers.words.errors import Absent
from policies.capacity.facts import GroupFacts
from policies.capacity.groups import providers_of
from tests.contracts.aws_bench import Bench
from tests.contracts.aws_benches import bench
from tests.contracts.world_once import stage_once

__all__ = ["bench", "stage_once"]

SIZES = GroupFacts(1, 3, 2)
NUMBERS = itertools.count()


def lit(bench: Bench, *services: str) -> str:
    """Make a group that is new to the account, with these services on it, and return its name."""
    name = f"contract-{next(NUMBERS)}"
    bench.group(name, SIZES)
    for service in services:
        bench.hosted(service, name)
    bench.move()
    return name


def test_a_services_summary_names_its_providers(bench: Bench) -> None:
    name = lit(bench, "web")
    bench.service("api")

    web, api = bench.scope.services.summaries(["web", "api"])

    assert (web.providers, api.providers) == ((name,), ())
    assert providers_of([web, api]) == (name,)


def test_a_group_has_its_sizes_its_instances_and_the_services_on_it(bench: Bench) -> None:
    name = lit(bench, "web", "api")
    bench.service("elsewhere")

    [group] = bench.scope.capacities.groups([name])

    assert (group.name, group.sizes, group.ready, group.instances) == (name, SIZES, 2, 2)
    own = (bench.scope.environment.name,)
    assert group.services == {"web": own, "api": own}
    assert (group.alone, group.unknown) == ((), 0)


def test_a_service_without_tasks_is_no_longer_on_the_group(bench: Bench) -> None:
    name = lit(bench, "web", "api")

    bench.scope.services.set_desired("web", 0)
    bench.move()

    [group] = bench.scope.capacities.groups([name])
    assert set(group.services) == {"api"}


def test_a_provider_that_is_missing_or_has_no_group_is_left_out(bench: Bench) -> None:
    assert bench.scope.capacities.groups(["FARGATE", "nobody-has-it"]) == ()
    assert bench.scope.capacities.groups([]) == ()


def test_a_group_goes_to_zero_and_back_exactly(bench: Bench) -> None:
    name = lit(bench, "web")
    bench.scope.services.set_desired("web", 0)
    bench.move()

    for _ in range(2):
        assert bench.scope.capacities.resize(name, GroupFacts(0, 3, 0)).request_id
    bench.move()
    [dark] = bench.scope.capacities.groups([name])
    bench.scope.capacities.resize(name, SIZES)
    bench.move()
    [back] = bench.scope.capacities.groups([name])

    assert (dark.sizes, dark.ready, dark.instances) == (GroupFacts(0, 3, 0), 0, 0)
    assert (back.sizes, back.ready, back.instances) == (SIZES, 2, 2)


def test_a_group_without_services_of_the_environment_cannot_be_resized(bench: Bench) -> None:
    bench.service("web")
    for name in (lit(bench), "nobody-has-it"):
        with pytest.raises(Absent):
            bench.scope.capacities.resize(name, GroupFacts(0, 3, 0))
