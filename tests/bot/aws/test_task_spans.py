"""What a task is billed by, read from its row (facts/ecs 7.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.aws.task_spans import seen_task
from policies.cost.spans import Kind, Part

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-central-1:123456789012:task/staging/0123"
X86 = (Part("fargate.vcpu.x86", 250), Part("fargate.gb.x86", 500))
ARM = (Part("fargate.vcpu.arm", 250), Part("fargate.gb.arm", 500))
SPOT = (Part("spot.vcpu.x86", 250), Part("spot.gb.x86", 500))


def ago(minutes: float) -> datetime:
    """An instant as botocore returns it: in the host's zone."""
    return (AT - timedelta(minutes=minutes)).astimezone(ZoneInfo("Asia/Tokyo"))


def row(**fields: Any) -> Any:
    known = {
        "taskArn": ARN,
        "group": "service:web",
        "lastStatus": "RUNNING",
        "launchType": "FARGATE",
        "cpu": "256",
        "memory": "512",
        "createdAt": ago(11),
        "pullStartedAt": ago(10),
    }
    return known | fields


def attribute(value: str) -> list[dict[str, str]]:
    return [{"name": "ecs.cpu-architecture", "value": value}]


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({}, X86),
        ({"attributes": attribute("arm64")}, ARM),
        ({"attributes": attribute("x86_64")}, X86),
        ({"capacityProviderName": "FARGATE_SPOT"}, SPOT),
        ({"capacityProviderName": "FARGATE"}, X86),
        ({"overrides": {"cpu": "512", "memory": "2048"}}, (Part("fargate.vcpu.x86", 500),
                                                          Part("fargate.gb.x86", 2_000))),
        ({"overrides": {"cpu": ".5 vCPU", "memory": "2GB"}}, (Part("fargate.vcpu.x86", 500),
                                                              Part("fargate.gb.x86", 2_000))),
        ({"overrides": {"cpu": "half a vCPU"}}, (Part("fargate.task", 1_000),)),
        ({"overrides": {"cpu": "0.5 vCPU", "memory": "2 GB"}}, (Part("fargate.vcpu.x86", 500),
                                                                Part("fargate.gb.x86", 2_000))),
        ({"ephemeralStorage": {"sizeInGiB": 20}}, X86),
        ({"ephemeralStorage": {"sizeInGiB": 21}}, (*X86, Part("fargate.storage", 1_000))),
        ({"fargateEphemeralStorage": {"sizeInGiB": 100}}, (*X86, Part("fargate.storage", 80_000))),
        ({"ephemeralStorage": {"sizeInGiB": 21}, "overrides": {"ephemeralStorage": {"sizeInGiB": 30}}},
         (*X86, Part("fargate.storage", 10_000))),
        ({"cpu": "4096", "memory": "8192", "platformFamily": "Windows Server 2022 Core"},
         (Part("fargate.vcpu.windows", 4_000), Part("fargate.gb.windows", 8_000),
          Part("fargate.licence.windows", 4_000))),
        ({"launchType": "EC2", "capacityProviderName": "our-instances"}, (Part("ec2.task", 1_000),)),
        ({"launchType": "EC2"}, (Part("ec2.task", 1_000),)),
        ({"launchType": "MANAGED_INSTANCES"}, (Part("ec2.task", 1_000),)),
        ({"launchType": "EXTERNAL"}, (Part("external.task", 1_000),)),
        ({"cpu": "", "memory": ""}, (Part("fargate.task", 1_000),)),
    ],
)  # fmt: skip
def test_a_tasks_row_says_what_the_task_uses(fields: dict[str, Any], parts: tuple[Part, ...]) -> None:
    found = seen_task(row(**fields), AT, lambda _row: "X86_64")
    assert found is not None and found.span.parts == parts


def test_the_definition_gives_an_architecture_that_the_task_lacks_and_none_has_no_price() -> None:
    by_definition = seen_task(row(), AT, lambda _row: "ARM64")
    unknown = seen_task(row(), AT, lambda _row: "")

    assert by_definition is not None and by_definition.span.parts == ARM
    assert unknown is not None and [p.item for p in unknown.span.parts] == [
        "fargate.vcpu.unknown",
        "fargate.gb.unknown",
    ]


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({}, 60),
        ({"platformFamily": "WINDOWS_SERVER_2019_FULL"}, 300),
        ({"launchType": "EC2"}, 0),
        ({"launchType": "EXTERNAL"}, 0),
    ],
)
def test_each_kind_of_task_has_a_least_billed_time(fields: dict[str, Any], seconds: int) -> None:
    found = seen_task(row(**fields), AT, lambda _row: "X86_64")
    assert found is not None and found.span.minimum == seconds


@pytest.mark.parametrize(
    ("fields", "begin", "until", "ended"),
    [
        ({}, 10, 0, False),
        ({"lastStatus": "DEPROVISIONING", "stoppingAt": ago(1)}, 10, 0, False),
        ({"pullStartedAt": None}, 11, 0, False),
        ({"lastStatus": "STOPPED", "stoppedAt": ago(2)}, 10, 2, True),
        ({"lastStatus": "STOPPED", "stoppedAt": ago(2), "pullStartedAt": None}, 11, 2, True),
        ({"lastStatus": "STOPPED", "executionStoppedAt": ago(3), "stoppingAt": ago(4)}, 10, 3, False),
        ({"lastStatus": "STOPPED", "stoppingAt": ago(4)}, 10, 4, False),
        ({"lastStatus": "STOPPED"}, 10, 10, False),
        ({"pullStartedAt": ago(-1)}, -1, -1, False),
    ],
    ids=str,
)
def test_a_span_runs_from_the_pull_to_the_last_time_the_task_surely_existed(
    fields: dict[str, Any], begin: float, until: float, ended: bool
) -> None:
    found = seen_task(row(**fields), AT, lambda _row: "X86_64")

    assert found is not None
    span = found.span
    assert (span.begin, span.until, span.ended) == (ago(begin), ago(until), ended)
    assert span.begin.tzinfo is span.until.tzinfo is UTC
    assert (span.id, span.kind, span.lost) == (ARN, Kind.TASK, False)


@pytest.mark.parametrize("status", ["PROVISIONING", "PENDING", "ACTIVATING"])
def test_nothing_is_paid_for_a_task_before_its_image_is_pulled(status: str) -> None:
    waiting = row(lastStatus=status, pullStartedAt=None)
    assert seen_task(waiting, AT, lambda _row: "X86_64") is None
    assert seen_task(row(lastStatus=status), AT, lambda _row: "X86_64") is not None


@pytest.mark.parametrize(
    ("group", "service"), [("service:web", "web"), ("family:migrate", ""), ("daemon:agent", ""), ("", "")]
)
def test_a_tasks_group_names_the_service_that_keeps_the_task(group: str, service: str) -> None:
    found = seen_task(row(group=group, tags=[{"key": "team", "value": "red"}]), AT, lambda _row: "")
    assert found is not None
    assert (found.service, found.span.service, found.tags) == (service, service, {"team": "red"})
