"""What an exit code means, together with the reason why the task stopped."""

from __future__ import annotations

from typing import Any

import pytest

from policies.service.endings import Ending, endings, scarce, targets
from policies.service.facts import Container, ContainerImage, Event, Target, Task
from tests.fakes.aws import START, steady


def stopped(code: int | None, stop_code: str = "EssentialContainerExited", **said: Any) -> Task:
    container = Container("app", exit_code=code, reason=said.pop("reason", ""))
    return Task("1", "d", "r", "STOPPED", stop_code=stop_code, containers=(container,), **said)


@pytest.mark.parametrize(
    ("task", "ending"),
    [
        (stopped(0), Ending.FINISHED),
        (stopped(1), Ending.ERROR),
        (stopped(137, reason="OutOfMemoryError: Container killed due to memory usage"), Ending.OUT_OF_MEMORY),
        (stopped(137, stopped_reason="OutOfMemoryError"), Ending.OUT_OF_MEMORY),
        (stopped(137, "ServiceSchedulerInitiated", stopped_reason="Scaling activity"), Ending.TOO_SLOW),
        (stopped(137, "UserInitiated"), Ending.TOO_SLOW),
        (stopped(137), Ending.KILLED),
        (stopped(139), Ending.CRASHED),
        (stopped(143, "ServiceSchedulerInitiated"), Ending.ASKED),
        (stopped(126), Ending.ERROR),
        (stopped(None, "", stopped_reason="Host EC2 (instance i-0abc) terminated."), Ending.LOST),
        (stopped(None, "InfrastructureHealth"), Ending.LOST),
        (stopped(None, "SpotInterruption"), Ending.LOST),
        (stopped(0, "SpotInterruption"), Ending.FINISHED),
        (stopped(None, "TaskFailedToStart", stopped_reason="CannotPullContainerError"), Ending.NEVER_STARTED),
    ],
)
def test_the_reason_tells_what_an_exit_code_means(task: Task, ending: Ending) -> None:
    [found] = endings(steady(tasks=(task,)))
    assert (found.ending, found.tasks) == (ending, 1)


def test_tasks_that_ended_alike_are_counted_and_running_ones_are_not() -> None:
    running = Task("2", "d", "r", "RUNNING")
    found = endings(steady(tasks=(stopped(1), stopped(1), stopped(0), running)))
    assert [(e.code, e.tasks) for e in found] == [(1, 2), (0, 1)]


def test_a_sidecars_exit_is_not_the_tasks() -> None:
    both = (Container("envoy", exit_code=137), Container("app", exit_code=1))
    task = Task("1", "d", "r", "STOPPED", containers=both)
    images = (ContainerImage("app", "app:1"), ContainerImage("envoy", "envoy:1", essential=False))
    [found] = endings(steady(tasks=(task,), images=images))
    assert (found.container, found.ending) == ("app", Ending.ERROR)


def test_only_words_about_capacity_and_quotas_are_told_as_such() -> None:
    steady_state = Event(START, "(service web) has reached a steady state.")
    scarcity = Event(START, "(service web) was unable to place a task. Reason: RESOURCE:FARGATE.")
    assert scarce(steady(events=(steady_state,))) == ""
    assert scarce(steady(events=(steady_state, scarcity))) == scarcity.text
    quota = stopped(None, stopped_reason="You've reached the limit on the number of vCPUs you can run.")
    assert scarce(steady(tasks=(quota,))) == quota.stopped_reason


def test_unhealthy_targets_come_first_with_their_reason() -> None:
    found = targets(
        steady(
            targets=(
                Target("g", "10.0.0.1", "healthy"),
                Target("g", "10.0.0.2", "unhealthy", "Target.Timeout"),
                Target("g", "10.0.0.3", "healthy"),
            )
        )
    )
    assert found == (("unhealthy", "Target.Timeout", 1), ("healthy", "", 2))
