"""What tasks cost, by the prices that were verified; and what is not guessed."""

from __future__ import annotations

import pytest

from policies.cost.fargate import ARM, EC2, SPOT, TaskSize, estimate
from tests.golden import Golden

WINDOWS = "WINDOWS_SERVER_2022_CORE"


def test_the_estimate_agrees_with_the_example_in_the_facts(golden: Golden) -> None:
    """Fifteen services of 0.5 vCPU and 1 GB: 0.370 an hour, 270 a month (facts/ecs 7.2). The 88 there for 55
    hours a week is for 52 weeks in 12 months; for AWS's 730 hours the figure is the same to a dollar.
    """
    sizes = [TaskSize(f"s{n}", 0.5, 1) for n in range(15)]
    found = estimate("us-east-1", sizes, {size.service: 1 for size in sizes})
    assert found.hourly == 15 * (20_240 + 4_445)
    assert found.words(55) == golden
    assert found.saved(12) == golden


@pytest.mark.parametrize(
    ("region", "size", "hourly"),
    [
        ("eu-central-1", TaskSize("web", 1, 2), 46_560 + 2 * 5_110),
        ("eu-west-1", TaskSize("web", 1, 2, ARM), 32_380 + 2 * 3_560),
        ("ap-northeast-1", TaskSize("web", 4, 8), 4 * 50_560 + 8 * 5_530),
    ],
)
def test_a_task_is_priced_by_its_region_and_architecture(region: str, size: TaskSize, hourly: int) -> None:
    assert estimate(region, [size], {"web": 3}).hourly == 3 * hourly


@pytest.mark.parametrize(
    ("size", "region"),
    [
        (TaskSize("web", 1, 2, bought=SPOT), "us-east-1"),
        (TaskSize("web", 1, 2, bought=EC2), "us-east-1"),
        (TaskSize("web", 1, 2, system=WINDOWS), "us-east-1"),
        (TaskSize("web", 1, 2), "eu-west-3"),
        (TaskSize("web", 1, 2, ARM), "eu-central-1"),
        (TaskSize("web", 0, 2), "us-east-1"),
    ],
    ids=["spot", "instances", "windows", "region", "arm", "no size"],
)
def test_services_without_a_verified_price_are_left_out_and_named(
    size: TaskSize, region: str, golden: Golden
) -> None:
    alone = estimate(region, [size], {"web": 1})
    assert (alone.hourly, alone.counted, alone.saved(10)) == (0, 0, "")
    (left,) = alone.left_out
    assert left == golden
    told, _, rest = alone.words(60).partition(" Not counted: ")
    assert told == golden(name="nothing is counted")
    assert rest == f"{left}."


def test_services_left_out_are_named_next_to_the_figure() -> None:
    sizes = [TaskSize("web", 1, 2), *(TaskSize(name, 1, 2, bought=EC2) for name in ("a", "b", "off"))]
    found = estimate("us-east-1", sizes, {"web": 1, "a": 1, "b": 2, "off": 0})
    assert found.counted == 1
    (left,) = found.left_out
    assert left.startswith("`a`, `b` (")
    assert found.words(60).endswith(f" Not counted: {left}.")


def test_there_is_no_figure_if_nothing_runs(golden: Golden) -> None:
    assert estimate("us-east-1", [TaskSize("web", 1, 2)], {"web": 0}).words(60) == golden
