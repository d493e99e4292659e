"""What a schedule says of days that are over."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from policies.schedule.passed import passed
from policies.schedule.schedule import parse

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, at 10:00 in Berlin."""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2025-12-24T08:00/2025-12-26T20:00 Europe/Berlin", ["2025-12-24T08:00/2025-12-26T20:00"]),
        ("stop 2025-12-24T08:00 Europe/Berlin", ["stop 2025-12-24T08:00"]),
        ("start 2025-12-24T08:00 Europe/Berlin", ["start 2025-12-24T08:00"]),
        ("Mon-Fri 08:00-20:00 Europe/Berlin except 2024-12-24", ["2024-12-24"]),
        ("Mon 08:00-20:00 UTC except 2024-12-24/2025-01-01, 2026-12-24", ["2024-12-24/2025-01-01"]),
        ("Mon 08:00-20:00, 2026-03-02T08:00/2026-03-02T09:00 UTC", ["2026-03-02T08:00/2026-03-02T09:00"]),
        ("2026-03-02T08:00/2026-03-02T10:00 Europe/Berlin", ["2026-03-02T08:00/2026-03-02T10:00"]),
        ("2026-03-02T08:00/2026-03-02T10:01 Europe/Berlin", []),
        ("2026-03-01T09:00Z/2026-03-02T10:01+01:00", []),
        ("2025-12-24T08:00/2026-12-26T20:00 Europe/Berlin", []),
        ("Mon 08:00-20:00 UTC except 2025-12-24/2026-03-02", []),
        ("Mon 08:00-20:00 UTC except 2026-03-02", []),
        ("Mon 08:00-20:00 Pacific/Kiritimati except 2026-03-01", ["2026-03-01"]),
        ("Mon 08:00-20:00 Pacific/Pago_Pago except 2026-03-01", []),
        ("always", []),
    ],
)
def test_parts_that_never_come_again_are_named_as_written(text: str, parts: list[str]) -> None:
    assert list(passed(parse(text), NOW)) == parts
