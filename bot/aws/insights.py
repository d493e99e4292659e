"""What an environment's tasks reserved, as Container Insights remembers it (facts/ecs 7.8)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.aws.discovery.live import LiveServices
from bot.aws.metrics import CloudWatch, Points, Series, Window
from bot.aws.place import Place
from policies.cost.insights import QUARTER, Reserved

NAMESPACE = "ECS/ContainerInsights"
UNITS_IN_A_VCPU = MIB_IN_A_GB = 1_024
"""CPU units in a vCPU, and MiB in a GB: a GB is a thousand thousandths of 1,024 MiB
(``policies.cost.spans.Part``).
"""
MINUTE = 60
KINDS = (("CpuReserved", "Sum"), ("MemoryReserved", "Sum"), ("RunningTaskCount", "SampleCount"))


@dataclass(frozen=True)
class ContainerInsights:
    """Implements ``handlers.ports.money.Insights``."""

    place: Place
    live: LiveServices

    def reserved(self, start: datetime, end: datetime) -> tuple[Reserved, ...]:
        own = self.live.membership().own
        series = [
            Series(NAMESPACE, metric, (("ClusterName", s.cluster), ("ServiceName", s.name)), statistic)
            for s in own
            for metric, statistic in KINDS
        ]
        window = Window(start, end, int(QUARTER.total_seconds()))
        found = CloudWatch(self.place).points(series, window) if series else []
        each = (
            point
            for number, service in enumerate(own)
            for point in _reserved(service.name, found[3 * number : 3 * number + 3])
        )
        return tuple(sorted(each, key=lambda point: (point.at, point.service)))


def _reserved(service: str, found: list[Points]) -> Iterator[Reserved]:
    """Reserved CPU and memory of one service by quarter. CloudWatch sums one sample a minute, whether the
    samples are of the service or of each task.
    """
    cpu, memory, samples = found
    longest = int(QUARTER.total_seconds())
    for at in sorted(cpu.keys() | memory.keys()):
        vcpu = round(cpu.get(at, 0) * MINUTE * 1_000 / UNITS_IN_A_VCPU)
        gb = round(memory.get(at, 0) * MINUTE * 1_000 / MIB_IN_A_GB)
        if vcpu or gb:
            seconds = min(longest, round(samples.get(at, longest / MINUTE)) * MINUTE)
            yield Reserved(service, at.astimezone(UTC), vcpu, gb, seconds)
