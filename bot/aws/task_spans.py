"""What DescribeTasks reports of what is paid for: what a task uses, since when and until when (facts/ecs
7.3).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.aws.discovery.rows import tags_of
from bot.aws.discovery.tasks_of import group
from policies.cost.fargate import ARM, SPOT, X86
from policies.cost.spans import Kind, Part, Span

if TYPE_CHECKING:
    from mypy_boto3_ecs.type_defs import TaskTypeDef

FREE_STORAGE = 20
"""GB of storage that every Fargate task has without extra cost."""
MINIMUM, WINDOWS_MINIMUM = 60, 300
"""Seconds that a Fargate task is billed for at least."""
ARCHITECTURE = "ecs.cpu-architecture"
"""The attribute by which a task on Fargate names its architecture (facts/ecs 7.3)."""
SIZE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(vcpu|gb)?\s*", re.IGNORECASE)
UNITS = 1_024
"""CPU units in a vCPU, and MiB in a GB."""
ONE = 1_000
INSTANCE, OUTSIDE, UNSIZED = "ec2.task", "external.task", "fargate.task"
"""Items of tasks that have no price of their own: on instances, which are billed themselves; on machines
outside AWS; on Fargate, with a size that ECS does not report.
"""
KINDS = {X86: "x86", ARM: "arm"}
WAITING = frozenset({"PROVISIONING", "PENDING", "ACTIVATING"})


@dataclass(frozen=True)
class SeenTask:
    """``span`` names no environment yet. ``service`` is empty for a task that no service keeps. ``tags`` are
    the task's own.
    """

    span: Span
    service: str
    serverless: bool
    tags: Mapping[str, str]


Architecture = Callable[["TaskTypeDef"], str]
"""Returns ``X86_64`` or ``ARM64`` for a task whose row does not say so; empty if nobody knows."""


def seen_task(row: TaskTypeDef, at: datetime, architecture: Architecture) -> SeenTask | None:
    """The span of a task, or ``None`` while its image is not being pulled yet: so far nothing is paid for,
    and payment counts from the pull on.
    """
    begin = _utc(row.get("pullStartedAt"))
    if begin is None and row.get("lastStatus") in WAITING:
        return None
    begin = begin or _utc(row.get("createdAt")) or at
    ended = _utc(row.get("stoppedAt")) if row.get("lastStatus") == "STOPPED" else None
    service, used = group(row), parts(row, architecture)
    span = Span(
        id=row["taskArn"],
        environment="",
        service=service,
        kind=Kind.TASK,
        parts=used,
        begin=begin,
        until=max(begin, ended or _last(row, at)),
        ended=ended is not None,
        minimum=_minimum(row) if bought(row).startswith("FARGATE") else 0,
    )
    return SeenTask(span, service, bought(row).startswith("FARGATE"), tags_of(row.get("tags", [])))


def _last(row: TaskTypeDef, at: datetime) -> datetime:
    """The latest instant at which the task surely existed. A stopped task without a time of its stop is
    followed only to the last time in its row; the next look does not find the task, and so shows that it is
    gone.
    """
    if row.get("lastStatus") != "STOPPED":
        return at
    said = (_utc(row.get("executionStoppedAt")), _utc(row.get("stoppingAt")), _utc(row.get("startedAt")))
    return next((instant for instant in said if instant is not None), datetime.min.replace(tzinfo=UTC))


def bought(row: TaskTypeDef) -> str:
    """How the task is paid for, by the *task's* own provider, because a service may mix providers."""
    named = row.get("capacityProviderName", "")
    return named or row.get("launchType", "EC2")


def parts(row: TaskTypeDef, architecture: Architecture) -> tuple[Part, ...]:
    how = bought(row)
    if not how.startswith("FARGATE"):
        return (Part(OUTSIDE if how == "EXTERNAL" else INSTANCE, ONE),)
    overrides = row.get("overrides", {})
    vcpu = _milli(overrides.get("cpu") or row.get("cpu", ""))
    gb = _milli(overrides.get("memory") or row.get("memory", ""))
    if not (vcpu and gb):
        return (Part(UNSIZED, ONE),)
    bill = "spot" if how == SPOT else "fargate"
    kind = "windows" if _windows(row) else KINDS.get(_architecture(row, architecture), "unknown")
    size = (Part(f"{bill}.vcpu.{kind}", vcpu), Part(f"{bill}.gb.{kind}", gb))
    licence = (Part("fargate.licence.windows", vcpu),) if kind == "windows" else ()
    return (*size, *licence, *_storage(row))


def _storage(row: TaskTypeDef) -> tuple[Part, ...]:
    given = (
        row.get("overrides", {}).get("ephemeralStorage"),
        row.get("ephemeralStorage"),
        row.get("fargateEphemeralStorage"),
    )
    size = next((storage.get("sizeInGiB", 0) for storage in given if storage), 0)
    return (Part("fargate.storage", (size - FREE_STORAGE) * ONE),) if size > FREE_STORAGE else ()


def _architecture(row: TaskTypeDef, otherwise: Architecture) -> str:
    """The architecture from the task's row, else from its definition. The row saves a call for each
    revision.
    """
    for attribute in row.get("attributes", []):
        if attribute.get("name") == ARCHITECTURE:
            return attribute.get("value", "").upper()
    return otherwise(row)


def _windows(row: TaskTypeDef) -> bool:
    return row.get("platformFamily", "").upper().startswith("WINDOWS")


def _minimum(row: TaskTypeDef) -> int:
    return WINDOWS_MINIMUM if _windows(row) else MINIMUM


def _milli(text: str) -> int:
    """Thousandths of a vCPU or a GB. ECS gives CPU units and MiB; an override may also say ``1 vCPU``, ``.5
    vCPU`` or ``2 GB``.
    """
    found = SIZE.fullmatch(text)
    if found is None:
        return 0
    whole = float(found.group(1)) * (1 if found.group(2) else 1 / UNITS)
    return round(whole * ONE)


def _utc(instant: datetime | None) -> datetime | None:
    """Convert to UTC, because botocore returns instants in the host's zone."""
    return instant.astimezone(UTC) if instant else None
