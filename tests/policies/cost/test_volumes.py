"""What a database's volume is paid for."""

from __future__ import annotations

import pytest

from policies.cost.volumes import Volume, paid


@pytest.mark.parametrize(
    ("volume", "parts"),
    [
        (Volume("gp3", "postgres", 20), {"storage.gp3": 20}),
        (Volume("gp3", "postgres", 399, 3_000, 125), {"storage.gp3": 399}),
        (Volume("gp3", "postgres", 400, 12_000, 500), {"storage.gp3": 400}),
        (
            Volume("gp3", "mysql", 400, 15_000, 600),
            {"storage.gp3": 400, "iops.gp3": 3_000, "throughput.gp3": 100},
        ),
        (Volume("gp3", "oracle-se2", 200, 12_500, 500), {"storage.gp3": 200, "iops.gp3": 500}),
        (
            Volume("gp3", "oracle-se2", 199, 3_001, 126),
            {"storage.gp3": 199, "iops.gp3": 1, "throughput.gp3": 1},
        ),
        (Volume("gp3", "custom-oracle-ee", 200, 12_500), {"storage.gp3": 200, "iops.gp3": 500}),
        (
            Volume("gp3", "sqlserver-se", 2_000, 4_000, 150),
            {"storage.gp3": 2_000, "iops.gp3": 1_000, "throughput.gp3": 25},
        ),
        (Volume("io1", "postgres", 100, 1_000), {"storage.io1": 100, "iops.io1": 1_000}),
        (Volume("io2", "postgres", 100, 3_000, 700), {"storage.io2": 100, "iops.io2": 3_000}),
        (Volume("gp2", "postgres", 100, 300), {"storage.gp2": 100}),
        (Volume("standard", "mysql", 100), {"storage.standard": 100}),
        (
            Volume("gp3", "postgres", 400, 12_100, 510, zones=2),
            {"storage.gp3": 800, "iops.gp3": 200, "throughput.gp3": 20},
        ),
    ],
)
def test_a_volume_pays_for_what_exceeds_the_included_amount(volume: Volume, parts: dict[str, int]) -> None:
    assert {part.item: part.milli for part in paid(volume)} == {
        f"rds.{item}": amount * 1_000 for item, amount in parts.items()
    }
