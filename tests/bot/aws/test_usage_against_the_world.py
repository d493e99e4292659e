"""The meter's spans hold every second that the world itself counted, and no other."""

from __future__ import annotations

from policies.cost.spans import Span, merged
from tests.bot.aws.stage import DEV, Stage, environment

LOOKS = 1500
"""Seconds between two looks, which is less than half as long as ECS remembers a stopped task."""


def test_looks_every_half_hour_lose_no_second_and_count_none_twice(stage: Stage) -> None:
    cluster = stage.cluster(
        {"name": "api", "desired": 2, "load_balancer": True},
        {"name": "spot", "desired": 3, "spot": "half", "architecture": "ARM64"},
        {"name": "win", "desired": 1, "windows": True},
        {"name": "fails", "desired": 0, "behave": {"exit": 1, "after": 20}},
    )
    usage = stage.scopes([where := environment(cluster)])
    kept: dict[str, Span] = {}

    def look() -> None:
        for span in usage.bind(where, DEV).usage.tasks():
            kept[span.id] = merged(kept.get(span.id), span)

    def order(do: str, **fields: object) -> dict[str, object]:
        return stage.world.change({"do": do, "cluster": cluster, **fields})

    look()
    order("desired", service="api", desired=0)
    stage.clock.advance(LOOKS)
    look()
    order("desired", service="api", desired=4)
    order("task.run", service="spot", seconds=45)
    order("deploy", service="spot", image="spot:next")
    stage.clock.advance(LOOKS)
    look()
    order("task.kill", service="win")
    stage.clock.advance(LOOKS)
    look()

    counted = order("meter")["tasks"]
    assert isinstance(counted, dict)
    assert set(kept) == set(counted)
    for task, row in counted.items():
        assert abs((kept[task].until - kept[task].begin).total_seconds() - row["seconds"]) < 0.01, row
        assert kept[task].ended == (row["end"] is not None)
        assert kept[task].minimum == (300 if row["system"].startswith("WINDOWS") else 60)
