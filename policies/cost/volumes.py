"""What a database's volume is paid for besides what it stores: operations a second and throughput, as far as
they are provisioned beyond what is included (facts/ecs 7.9).
"""

from __future__ import annotations

from dataclasses import dataclass

from policies.cost.spans import Part

_ONE = 1_000
_SMALL, _LARGE = (3_000, 125), (12_000, 500)
"""Operations a second and MiB a second that are included with a gp3 volume."""
_LARGE_FROM = {"oracle": 200, "sqlserver": None}
"""GiB from which an engine's volume counts as large; ``None``: never. For every other engine the limit is
400.
"""
_OTHERS = 400


@dataclass(frozen=True)
class Volume:
    """A volume as RDS reports it. ``gb``: GiB. ``iops`` and ``throughput`` (MiB a second): what is
    provisioned in all, with what is included; zero if not reported. ``zones``: in how many zones it exists.
    """

    type: str
    engine: str
    gb: int
    iops: int = 0
    throughput: int = 0
    zones: int = 1


def paid(volume: Volume) -> tuple[Part, ...]:
    """Return what is paid: thousandths of a GB, of an operation a second, of a MiB a second. Of gp3 some
    operations and throughput are included; io1 and io2 pay for each operation; the others pay for none.
    """
    parts = [Part(f"rds.storage.{volume.type}", volume.gb * volume.zones * _ONE)]
    iops, throughput = _beyond(volume)
    if iops:
        parts.append(Part(f"rds.iops.{volume.type}", iops * volume.zones * _ONE))
    if throughput:
        parts.append(Part(f"rds.throughput.{volume.type}", throughput * volume.zones * _ONE))
    return tuple(parts)


def _beyond(volume: Volume) -> tuple[int, int]:
    if volume.type in ("io1", "io2"):
        return volume.iops, 0
    if volume.type != "gp3":
        return 0, 0
    engines = (gib for name, gib in _LARGE_FROM.items() if name in volume.engine)
    large_from = next(engines, _OTHERS)
    iops, throughput = _LARGE if large_from is not None and volume.gb >= large_from else _SMALL
    return max(0, volume.iops - iops), max(0, volume.throughput - throughput)
