"""A fleet goes down as fast as ECS's limits allow at our share, and nobody hears of throttling."""

from __future__ import annotations

import pytest

from tests.bench.fleet import Fleet, Simulation

FEW = Fleet(environments=40)
"""Few environments, because the whole fleet of 500 is in ``make bench``. In a fleet this small the minute
that tasks take to end weighs much, so only the setting of the counts is held to the limit here.
"""


def test_the_time_allowed_is_for_the_counts_beyond_the_burst_at_our_share() -> None:
    assert FEW.allowed == pytest.approx((600 - 25) / 2.5)
    assert Fleet().allowed == pytest.approx((7_500 - 25) / 2.5)


def test_a_fleet_is_stopped_within_the_limits_without_mention_of_throttling() -> None:
    down = Simulation(FEW).run()
    assert down.ended == {"succeeded": FEW.environments}
    assert down.sent["UpdateService"] == FEW.counts
    assert (down.throttled, down.complaints) == (0, ())
    assert down.put_off > 0
    assert 0.9 < down.asked_ratio < 1.15, (down.arithmetic, down.seconds)
