"""Random lives of a clock on the fake store; ``tests/bot/db`` has them on real databases."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

from tests.handlers.clock.life import Life

TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=100 if os.environ.get("SOAK") == "1" else 12,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
