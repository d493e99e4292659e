"""ECS's reasons, said as a person would."""

from __future__ import annotations

import pytest

from policies.service.ecs_reasons import plainly, with_evidence
from tests.golden import Golden

REASONS = (
    "ECS deployment circuit breaker: tasks failed to start.",
    "ECS deployment circuit breaker: tasks failed container health checks.",
    "ECS deployment circuit breaker: tasks failed ELB health checks.",
    "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1234567890123456789.",
    "Service deployment stopped because the circuit breaker threshold was exceeded.",
    "Service deployment rolled back because the circuit breaker threshold was exceeded.",
    "Service deployment rolled back because of a StopServiceDeployment request.",
    "Service deployment stopped: tasks failed to start.",
    "tasks failed to start.",
    "tasks failed.",
    'An alarm "CPU" went off.',
    "",
)


def test_each_known_reason_is_a_clause_and_any_other_is_quoted(golden: Golden) -> None:
    assert {reason: plainly(reason) for reason in REASONS} == golden


@pytest.mark.parametrize("reason", REASONS)
def test_the_words_of_ecs_stand_only_in_quotation_marks(reason: str) -> None:
    """What is left without the quotation names no class or id of AWS's."""
    said = with_evidence(reason)
    own = "".join(said.split('"')[::2])
    for word in ("deployment circuit", "deploymentId", "threshold", "StopService", "ecs-svc"):
        assert word not in own
    if reason and not said.startswith("its tasks"):
        assert reason.rstrip(".").replace('"', "'") in said


def test_a_secret_in_a_reason_is_not_said() -> None:
    assert "hunter2" not in with_evidence("could not start: password=hunter2hunter2")
