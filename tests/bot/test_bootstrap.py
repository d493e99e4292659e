"""What the wiring itself promises."""

from __future__ import annotations

import pytest

from bot.bootstrap import aws_settings
from bot.settings import read


@pytest.mark.parametrize("lease", [5, 10, 15, 60, 600])
def test_the_longest_change_ends_well_within_the_lease(lease: int) -> None:
    aws = aws_settings(read({"LAMPLIGHTER_LEASE_SECONDS": str(lease)}))
    assert aws.longest_change < lease * 0.8
