"""What a task is billed by, as ECS answers: how the task is bought, and definitions that leave things out."""

from __future__ import annotations

from typing import Any

import pytest

from bot.aws.discovery.rows import bought, task_size
from policies.cost.fargate import ARM, X86, TaskSize

WINDOWS = "WINDOWS_SERVER_2022_CORE"


def by(*providers: str) -> dict[str, Any]:
    return {"capacityProviderStrategy": [{"capacityProvider": name} for name in providers]}


@pytest.mark.parametrize(
    ("row", "how"),
    [
        ({"launchType": "FARGATE"}, "FARGATE"),
        ({"launchType": "EC2"}, "EC2"),
        ({"launchType": "EXTERNAL"}, "EXTERNAL"),
        ({}, "EC2"),
        (by("FARGATE"), "FARGATE"),
        (by("FARGATE", "FARGATE_SPOT"), "FARGATE_SPOT"),
        (by("FARGATE_SPOT"), "FARGATE_SPOT"),
        (by("FARGATE", "our-instances"), "EC2"),
        (by("our-instances"), "EC2"),
    ],
)
def test_a_service_says_how_its_tasks_are_bought(row: Any, how: str) -> None:
    assert bought(row) == how


@pytest.mark.parametrize(
    ("numbers", "platform", "size"),
    [
        (("256", "512"), {}, TaskSize("", 0.25, 0.5, X86)),
        (("4096", "8192"), {"cpuArchitecture": "ARM64"}, TaskSize("", 4, 8, ARM)),
        (("1024", "2048"), {"operatingSystemFamily": WINDOWS}, TaskSize("", 1, 2, X86, WINDOWS)),
        (("", ""), {}, TaskSize("", 0, 0)),
    ],
)
def test_a_definition_without_a_platform_is_linux_on_x86(
    numbers: tuple[str, str], platform: dict[str, str], size: TaskSize
) -> None:
    cpu, memory = numbers
    row: Any = {"cpu": cpu, "memory": memory, "runtimePlatform": platform}
    assert task_size(row) == size
    assert task_size({}) == TaskSize("", 0, 0)
