"""What DescribeTasks says of what is paid for: what a task uses, since when, until when (facts/ecs 7.3)."""

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
"""GB that each Fargate task has in any case."""
MINIMUM, WINDOWS_MINIMUM = 60, 300
"""Seconds that a Fargate task is billed at least."""
ARCHITECTURE = "ecs.cpu-architecture"
"""The attribute by which a task on Fargate says what it runs on (facts/ecs 7.3)."""
SIZE = re.compile(r"\s*(\d+(?:\.\d+)?|\.\d+)\s*(vcpu|gb)?\s*", re.IGNORECASE)
UNITS = 1_024
"""CPU units in a vCPU, MiB in a GB."""
ONE = 1_000
INSTANCE, OUTSIDE, UNSIZED = "ec2.task", "external.task", "fargate.task"
"""Items of tasks that have no price of their own: on instances, which are billed themselves; on machines
outside AWS; on Fargate, of a size that ECS does not tell."""
KINDS = {X86: "x86", ARM: "arm"}
WAITING = frozenset({"PROVISIONING", "PENDING", "ACTIVATING"})


@dataclass(frozen=True)
class SeenTask:
    """``span``: of nobody yet. ``service``: empty for one that no service keeps. ``tags``: its own."""

    span: Span
    service: str
    serverless: bool
    tags: Mapping[str, str]


Architecture = Callable[["TaskTypeDef"], str]
"""``X86_64`` or ``ARM64``, of a task that does not say so itself; empty if nobody knows."""


def seen_task(row: TaskTypeDef, at: datetime, architecture: Architecture) -> SeenTask | None:
    """``None`` for one whose image is not being pulled yet: nothing is paid for it so far, and once it is, it
    is counted from then on."""
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
    """When it was surely still there. One that is stopped without saying when is taken no further than to
    what it did say: that it is gone is told by the next look, which does not find it."""
    if row.get("lastStatus") != "STOPPED":
        return at
    said = (_utc(row.get("executionStoppedAt")), _utc(row.get("stoppingAt")), _utc(row.get("startedAt")))
    return next((instant for instant in said if instant is not None), datetime.min.replace(tzinfo=UTC))


def bought(row: TaskTypeDef) -> str:
    """By the *task's* own provider: a service may mix them."""
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
    """As the task says, else as its definition does: a call for each revision is spared where it does."""
    for attribute in row.get("attributes", []):
        if attribute.get("name") == ARCHITECTURE:
            return attribute.get("value", "").upper()
    return otherwise(row)


def _windows(row: TaskTypeDef) -> bool:
    return row.get("platformFamily", "").upper().startswith("WINDOWS")


def _minimum(row: TaskTypeDef) -> int:
    return WINDOWS_MINIMUM if _windows(row) else MINIMUM


def _milli(text: str) -> int:
    """Thousandths of a vCPU or a GB: ECS gives CPU units and MiB, an override also ``1 vCPU``, ``.5 vCPU`` or
    ``2 GB``."""
    found = SIZE.fullmatch(text)
    if found is None:
        return 0
    whole = float(found.group(1)) * (1 if found.group(2) else 1 / UNITS)
    return round(whole * ONE)


def _utc(instant: datetime | None) -> datetime | None:
    """botocore gives instants in the host's zone."""
    return instant.astimezone(UTC) if instant else None
