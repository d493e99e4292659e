"""The world counts task seconds itself, so that a ledger can be checked against its count."""

from __future__ import annotations

import math

import pytest

from tests.playground.aws.stage import Row, Stage, seconds


def metered(stage: Stage, service: str | None = None) -> Row:
    wanted = {"service": service} if service is not None else {}
    return stage.order("meter", cluster=stage.cluster, **wanted)


def of(stage: Stage, service: str = "api") -> Row:
    found: Row = metered(stage)["seconds"][stage.cluster][service]
    return found


def stopped(stage: Stage, name: str = "api") -> list[Row]:
    stage.order("desired", cluster=stage.cluster, service=name, desired=0)

    def look() -> list[Row]:
        rows = stage.tasks(name, "STOPPED")
        return rows if all("stoppedAt" in row for row in rows) else []

    found: list[Row] = stage.until(look, "stopped")
    return found


def test_running_tasks_are_counted_until_now(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 2})
    before = of(stage)["seconds"]
    stage.clock.advance(100)
    assert of(stage)["seconds"] - before == pytest.approx(200)
    assert of(stage)["tasks"] == 2


def test_ended_tasks_are_counted_as_the_api_shows_them(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 2})
    stage.clock.advance(1000)
    shown = stopped(stage)
    rows = metered(stage)["tasks"]
    for task in shown:
        row = rows[task["taskArn"]]
        assert row["end"] is not None
        assert row["seconds"] == pytest.approx(seconds(task["pullStartedAt"], task["stoppedAt"]), abs=0.01)
        assert row["billed"] == math.ceil(round(row["seconds"], 3))
    stage.clock.advance(5000)
    assert of(stage)["tasks"] == 2, "what ECS no longer lists is still counted"


def test_a_short_task_is_billed_for_a_minute_or_for_five_on_windows(stage: Stage) -> None:
    stage.environment({"name": "api", "desired": 0}, {"name": "win", "desired": 0, "windows": True})
    for name, least in (("api", 60), ("win", 300)):
        stage.order("desired", cluster=stage.cluster, service=name, desired=1)
        stage.until(lambda name=name: stage.told(name)["running"], "running")  # type: ignore[misc]
        stopped(stage, name)
        assert of(stage, name)["billed"] == least
        assert of(stage, name)["seconds"] < 60


def test_the_world_lives_through_a_clock_jump_ahead(stage: Stage) -> None:
    stage.environment({"name": "api"})
    before = of(stage)["seconds"]
    stage.clock.advance(4 * 86_400)
    assert of(stage)["seconds"] - before == pytest.approx(4 * 86_400)
    (task,) = stopped(stage)
    row = metered(stage)["tasks"][task["taskArn"]]
    assert row["seconds"] == pytest.approx(seconds(task["pullStartedAt"], task["stoppedAt"]), abs=0.01)


def test_a_clock_jump_back_takes_nothing_off_the_meter(stage: Stage) -> None:
    stage.environment({"name": "api"})
    before = of(stage)["seconds"]
    stage.clock.advance(-3600)
    assert of(stage)["seconds"] == before
    stage.clock.advance(3600 + 50)
    assert of(stage)["seconds"] - before == pytest.approx(3650)


def test_a_task_that_never_pulled_is_counted_from_its_creation(stage: Stage) -> None:
    name = f"{stage.cluster}-ec2"
    stage.order("capacity.create", cluster=stage.cluster, name=name, min=0, max=1, desired=0)
    stage.environment({"name": "api", "desired": 0, "capacity_provider": name})
    stage.order("desired", cluster=stage.cluster, service="api", desired=1)
    stage.clock.advance(100)
    assert "api" not in metered(stage)["seconds"].get(stage.cluster, {})
    stopped(stage)
    (row,) = metered(stage)["tasks"].values()
    assert (row["pulled"], row["bought"]) == (False, "EC2")
    assert row["seconds"] >= 100


def test_one_off_tasks_belong_to_no_service(stage: Stage) -> None:
    stage.environment({"name": "api"})
    stage.order("task.run", cluster=stage.cluster, service="api", seconds=90)
    stage.clock.advance(2 * 3600)
    assert of(stage, "")["seconds"] == pytest.approx(90)


def test_a_task_that_the_world_removed_is_marked(stage: Stage) -> None:
    stage.environment({"name": "api", "spot": True, "public_ip": True})
    stage.clock.advance(70)
    stage.order("environment.remove", name=stage.cluster)
    (row,) = metered(stage)["tasks"].values()
    assert (row["removed"], row["bought"], row["public_ip"]) == (True, "FARGATE_SPOT", True)
    stage.clock.advance(1000)
    assert metered(stage, "api")["seconds"][stage.cluster]["api"]["seconds"] == row["seconds"]
