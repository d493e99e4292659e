"""The state of an environment at a glance."""

from __future__ import annotations

import pytest

from policies.cost.glance import Glance, State, glance
from policies.cost.sightings import ServiceSeen


def seen(name: str, desired: int, running: int, healthy: bool | None = None) -> ServiceSeen:
    return ServiceSeen(name, desired, running, healthy)


@pytest.mark.parametrize(
    ("services", "state"),
    [
        (None, State.UNKNOWN),
        ((), State.EMPTY),
        ((seen("a", 1, 1), seen("b", 2, 3)), State.ON),
        ((seen("a", 1, 1), seen("b", 2, 1)), State.PARTLY),
        ((seen("a", 1, 1), seen("b", 0, 0)), State.PARTLY),
        ((seen("a", 1, 0),), State.PARTLY),
        ((seen("a", 0, 0), seen("b", 0, 0)), State.OFF),
        ((seen("a", 0, 0), seen("b", 0, 1)), State.STOPPING),
    ],
)
def test_an_environment_is_on_off_or_in_between(
    services: tuple[ServiceSeen, ...] | None, state: State
) -> None:
    assert glance(services).state is state


@pytest.mark.parametrize("services", [None, (), (seen("a", 1, 1),)])
def test_a_moving_environment_is_under_way_whatever_was_seen(
    services: tuple[ServiceSeen, ...] | None,
) -> None:
    assert glance(services, "starting").state is State.STARTING
    assert glance(services, "stopping").state is State.STOPPING


def test_health_covers_services_that_should_run_and_may_be_unknown() -> None:
    found = glance((seen("a", 1, 1, True), seen("b", 1, 1, False), seen("c", 1, 1), seen("d", 0, 0, False)))
    assert found == Glance(State.PARTLY, 3, 4, ("b",), 1)
